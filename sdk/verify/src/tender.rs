//! What the verifier reads in the state of ledger `tender`: canonical JSON at text keys.

use serde::Deserialize;
use yilian_crypto::Digest;
use yilian_merkle::log::{Frontier, leaf_hash};
use yilian_primitives::TimestampMs;

/// Name of the ledger.
pub(crate) const LEDGER: &str = "tender";

/// Key of a section's record.
pub(crate) fn record_key(tender: &str) -> String {
    format!("tender/{tender}")
}

/// Key of what a section pinned at its publication.
pub(crate) fn publication_key(tender: &str) -> String {
    format!("publication/{tender}")
}

/// Key of a sealed bid.
pub(crate) fn sealed_key(commitment: &Digest) -> String {
    format!("sealed/{commitment}")
}

/// The fields that claims need; the ledger writes more.
#[derive(Debug, Deserialize)]
pub(crate) struct TenderRecord {
    pub(crate) status: String,
    pub(crate) deadline_ms: Option<TimestampMs>,
    pub(crate) opening: Option<Opening>,
}

/// How an opening stands.
#[derive(Debug, Deserialize)]
pub(crate) struct Opening {
    pub(crate) held: Option<u64>,
    pub(crate) revealed: u64,
    /// Roots of the complete subtrees over the revealed commitments, the largest first (RFC 9162).
    pub(crate) list: Vec<Digest>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Publication {
    pub(crate) profile: Profile,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Profile {
    pub(crate) grace_ms: u64,
}

impl TenderRecord {
    /// Whether bids may still be revealed.
    pub(crate) fn is_open_for_reveals(&self) -> bool {
        ["registered", "published", "closed"].contains(&self.status.to_lowercase().as_str())
    }
}

impl Opening {
    /// Whether these commitments, in this order, are the revealed ones.
    pub(crate) fn is_over(&self, commitments: &[Digest]) -> bool {
        let mut frontier = Frontier::default();
        for commitment in commitments {
            frontier.append(leaf_hash(commitment.as_bytes()));
        }
        frontier.size() == self.revealed && frontier.roots() == self.list.as_slice()
    }
}
