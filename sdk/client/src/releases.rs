//! How threshold releases stand, as a node tells it.

use serde::{Deserialize, Serialize};
use yilian_primitives::Height;

/// How threshold releases stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseStatus {
    /// Key of the group, 192 hexadecimal digits; none before the first ceremony is over.
    pub group_key: Option<String>,
    /// Shares that make a release.
    pub threshold: u64,
    /// Shares in all.
    pub holders: u64,
    /// Shares that are no secret, because their holders were absent when they were dealt.
    pub revealed: u64,
    /// Whether a ceremony runs.
    pub ceremony: bool,
    /// Releases that wait.
    pub waiting: u64,
}

/// How threshold releases stand (`GET /v1/releases`); centres by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Releases {
    /// Who holds the key; none before the first ceremony is over.
    pub group: Option<ReleaseGroup>,
    /// The ceremony that runs.
    #[serde(default)]
    pub ceremony: Option<ReleaseCeremony>,
    /// Releases that wait, the oldest first.
    pub waiting: Vec<WaitingRelease>,
    /// What members did wrong, or did not do.
    #[serde(default)]
    pub faults: Vec<ReleaseFault>,
}

/// Who holds the release key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseGroup {
    /// Round of the ceremony that gave the shares.
    pub round: u64,
    /// Height since which they count.
    pub since: Height,
    /// Key of the group, 192 hexadecimal digits.
    pub key: String,
    /// Shares that make a release.
    pub threshold: u64,
    /// Holders in the order of their shares.
    pub holders: Vec<String>,
    /// Holders whose shares are no secret.
    pub revealed: Vec<String>,
}

/// A ceremony that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseCeremony {
    /// Number of the round.
    pub round: u64,
    /// `announce`, `deal`, `acknowledge` or `log`.
    pub phase: String,
    /// Last height of the phase.
    pub ends_at: Height,
    /// Whether the key is kept.
    pub reshare: bool,
    /// Centres that have not done their part.
    pub missing: Vec<String>,
}

/// A release that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRelease {
    /// What is to be released.
    pub identity: String,
    /// Ledger that asked.
    pub contract: String,
    /// Height at which it was asked for.
    pub requested_at: Height,
    /// Centres that gave their part.
    pub given: Vec<String>,
    /// Centres that did not.
    pub missing: Vec<String>,
}

/// What a member did wrong, or did not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseFault {
    /// The centre.
    pub centre: String,
    /// Round of the ceremony.
    pub round: u64,
    /// In which phase.
    pub phase: String,
    /// What.
    pub what: String,
}
