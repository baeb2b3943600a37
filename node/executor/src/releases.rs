//! Threshold releases that have fallen due.
//!
//! The development backend stands in until a threshold key exists: its seed is the hash of the certificate that the
//! block carries for its parent, which nobody can know before the block after the request is decided. The validators
//! that sign last can influence it, so it is **not for production**, and the chain parameters say so.

use yilian_abi::env::SYSTEM_CALLER;
use yilian_abi::records::{self, ReleaseRequest};
use yilian_abi::state_key;
use yilian_crypto::{Digest, Namespace};
use yilian_primitives::{Cause, Height, WriteEntry};

use crate::overlay::BlockOverlay;
use crate::parent::{ParentState, StateError};
use crate::transaction::{Call, release_args};

/// Most releases answered in one block; the rest wait for the next.
const PER_BLOCK_MAX: usize = 64;

/// The calls of releases that are due at a height, in key order.
pub(crate) fn due(
    block: &BlockOverlay,
    height: Height,
    parent_commit_hash: &Digest,
    backend: &str,
    fuel_limit: u64,
) -> Result<Vec<Call>, StateError> {
    let (from, to) = (
        state_key::releases_from(),
        state_key::releases_after(height),
    );
    let waiting = block.scan(&from, &to, PER_BLOCK_MAX)?;
    let mut calls = Vec::with_capacity(waiting.len());
    for (key, stored) in waiting {
        let Some(request) = records::from_bytes::<ReleaseRequest>(&stored.value) else {
            return Err(StateError("a release request is malformed".to_owned()));
        };
        let seed = Digest::tagged_parts(
            Namespace::DevelopmentRelease,
            &[parent_commit_hash.as_bytes(), request.identity.as_bytes()],
        );
        calls.push(Call {
            args: release_args(&request.identity, &seed, backend, request.requested_at),
            cause: Cause::Release(request.identity),
            contract: request.contract,
            method: request.method,
            fuel_limit,
            sender: SYSTEM_CALLER.to_owned(),
            signature: None,
            always: vec![WriteEntry { key, value: None }],
        });
    }
    Ok(calls)
}

/// Whether any release waits: then blocks must go on until it is due.
pub(crate) fn any_waiting(parent: &dyn ParentState) -> Result<bool, StateError> {
    let (from, to) = (
        state_key::releases_from(),
        state_key::releases_after(Height::MAX - 1),
    );
    Ok(!parent.scan(&from, &to, 1)?.is_empty())
}
