//! Who decides: centres come, go and change their keys by transactions.
//!
//! Organisations that run a centre propose and approve; a candidate's node says itself that it runs. The set that a block
//! leaves decides the next one.

mod change;
mod proposal;
mod reach;
mod ready;

pub(crate) use ready::{may_join, ready};

use std::collections::BTreeSet;

use yilian_abi::state_key::SYSTEM;
use yilian_abi::{ContractRefusal, Reserved, records};
use yilian_chain_records::membership::{BlockEntry, Membership, block_key, membership_key, method};
use yilian_chain_spec::{Centre, ChainSpec};
use yilian_crypto::PublicKey;
use yilian_primitives::{Address, CommitCertificate, TimestampMs, ValidatorSet};
use yilian_vm::CallEnd;

use crate::access::{Caller, Read};
use crate::parent::{ParentState, StateError};
use crate::release::{Stop, View, ended, parse};
use crate::session::Session;

/// Fuel of every call here.
const FUEL: u64 = 1_000_000;

fn malformed(what: &str) -> StateError {
    StateError(format!("the state of validators: {what}"))
}

fn read_membership(bytes: Option<&[u8]>) -> Result<Membership, StateError> {
    bytes
        .and_then(records::from_bytes)
        .ok_or_else(|| malformed("no list of centres"))
}

/// Who decides, and who is on the way in or out.
pub fn membership(view: &mut dyn View) -> Result<Membership, StateError> {
    read_membership(view.get(&membership_key())?.as_deref())
}

fn store(session: &mut Session, membership: &Membership) {
    let stored = records::to_bytes(membership);
    session.overlay.set(membership_key(), Some(stored));
}

/// The validators of the centres in force. With the changes of a block included, those that decide the next one.
pub(crate) fn validators(view: &mut dyn View) -> Result<ValidatorSet, StateError> {
    let found = membership(view)?.validators();
    found.map_err(|error| malformed(&error.to_string()))
}

/// The entry of genesis. Addresses are left out: they stand in the specification, and centres may move.
pub(crate) fn first(spec: &ChainSpec) -> (Vec<u8>, Vec<u8>) {
    let centre = |centre: &Centre| Centre {
        p2p: String::new(),
        mempool: String::new(),
        ..centre.clone()
    };
    let membership = Membership {
        centres: spec.centres.iter().map(centre).collect(),
        ..Membership::default()
    };
    (membership_key(), records::to_bytes(&membership))
}

/// What the block after a parent writes of itself.
pub(crate) fn block_entry(
    parent: &dyn ParentState,
    time_ms: TimestampMs,
    proposer: &Address,
    certificate: Option<&CommitCertificate>,
) -> Result<(Vec<u8>, Vec<u8>), StateError> {
    let stored = parent.value(&block_key())?;
    let before = stored.and_then(|stored| records::from_bytes::<BlockEntry>(&stored.value));
    let signers = certificate.iter().flat_map(|one| &one.signatures);
    let mut seen: BTreeSet<Address> = signers.map(|(address, _)| *address).collect();
    seen.insert(*proposer);
    let before = before.unwrap_or_default();
    let entry = before.next(time_ms, parent.validators(), |one| seen.contains(one));
    Ok((block_key(), records::to_bytes(&entry)))
}

/// Whether a method changes who decides, and is called by organisations.
pub(crate) fn is_of_centres(contract: &str, name: &str) -> bool {
    contract == SYSTEM && method::OF_CENTRES.contains(&name)
}

/// Who runs a centre in force has a say, and nobody else: no entry of the permissions can take it away.
pub(crate) fn permit(
    read: &mut Read<'_>,
    caller: &Caller,
) -> Result<Result<(), ContractRefusal>, StateError> {
    let membership = read_membership(read(&membership_key())?.as_deref())?;
    let organisation = caller.acts_for().map(|one| &*one.code);
    if organisation.is_some_and(|code| membership.is_of(code)) {
        return Ok(Ok(()));
    }
    let who = organisation.unwrap_or("nobody");
    let detail = format!("{who} runs no centre in force: only those decide on validators");
    Ok(Err(ContractRefusal::reserved(Reserved::Forbidden, detail)))
}

/// Runs a method; gives how it ended and the fuel it burned. The caller has been let in.
pub(crate) fn call(
    session: &mut Session,
    name: &str,
    args: &[u8],
    fuel_limit: u64,
) -> Result<(CallEnd, u64), StateError> {
    if fuel_limit < FUEL {
        return Ok((CallEnd::Trapped("out of fuel".to_owned()), fuel_limit));
    }
    let organisation = session.caller.acts_for().map(|one| one.code.clone());
    let by = organisation.unwrap_or_default();
    let step = match name {
        method::PROPOSE => parse(args).and_then(|args| proposal::propose(session, &by, args)),
        method::APPROVE => parse(args).and_then(|args| proposal::approve(session, &by, &args)),
        _ => parse(args).and_then(|args| proposal::withdraw(session, &by, &args)),
    };
    ended(step, FUEL)
}

/// Nodes need no longer be connected to those that hold no share any more.
pub(crate) fn forget_former(session: &mut Session, holders: &[PublicKey]) -> Result<(), Stop> {
    let mut membership = membership(session)?;
    let before = membership.former.len();
    membership.former.retain(|one| holders.contains(&one.key));
    if membership.former.len() < before {
        store(session, &membership);
    }
    Ok(())
}

/// Puts a validator that decides no more among those that are remembered.
fn retire(membership: &mut Membership, centre: Centre) {
    membership.former.retain(|one| one.key != centre.key);
    if membership.former.len() >= yilian_chain_records::membership::LIST_MAX {
        membership.former.remove(0);
    }
    membership.former.push(centre);
}
