//! Who decides, as a node tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yilian_chain_records::membership::Proposal;
use yilian_chain_spec::Centre;
use yilian_primitives::Height;

/// Centres and what is proposed about them (`GET /v1/validators`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// Height of the answer.
    pub height: Height,
    /// Centres whose validators decide.
    pub centres: Vec<Centre>,
    /// Centres, or new keys of centres, whose nodes have not yet said that they run.
    pub candidates: Vec<Centre>,
    /// Validators of before that still hold shares of the release key.
    pub former: Vec<Centre>,
    /// Centres that had no part in the last block, with the height at which each was seen last.
    pub unseen: BTreeMap<String, Height>,
    /// Proposals, the first ones first.
    pub proposals: Vec<Proposal>,
}
