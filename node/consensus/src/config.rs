//! What the engine is told when it starts.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use yilian_crypto::{PublicKey, SecretKey};

/// Configuration of one validator's engine.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Name in metrics and logs, usually the centre's.
    pub moniker: String,
    /// The validator's key. It signs votes and is the identity on the network.
    pub secret_key: SecretKey,
    /// Whether to take part. Without it the engine follows what the others decide and has no key to vote or propose with;
    /// the log of the current height is emptied.
    pub signs: bool,
    /// Where to listen, as a multiaddr: `/ip4/0.0.0.0/tcp/27000`.
    pub listen: String,
    /// The other validators. Nobody else is talked to.
    pub peers: Vec<Peer>,
    /// Directory for the engine's log of the current height; made if it is missing. One engine per directory.
    pub home: PathBuf,
    /// Timeouts and intervals, from the chain's parameters.
    pub timing: Timing,
    /// Largest encoded block, in bytes; bounds what a peer may send.
    pub block_bytes_max: usize,
    /// Rung (`notify_one`) when work arrived, so that a waiting engine asks [`crate::Chain::has_work`] again.
    pub wake: Arc<Notify>,
}

/// Another validator's place on the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Name for logs and status.
    pub name: String,
    /// Its validator key, which its network identity must prove.
    pub public_key: PublicKey,
    /// Where it listens, as a multiaddr without a peer id.
    pub address: String,
}

/// Timeouts and intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Wait for a proposal in round 0.
    pub propose: Duration,
    /// Wait for prevotes in round 0, once two thirds voted without agreeing.
    pub prevote: Duration,
    /// Wait for precommits in round 0, once two thirds voted without agreeing.
    pub precommit: Duration,
    /// Added to each of them per round.
    pub delta: Duration,
    /// Least time between the starts of two heights.
    pub block_interval: Duration,
    /// Longest wait for work before an empty block is made.
    pub idle_interval: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            propose: Duration::from_millis(3_000),
            prevote: Duration::from_millis(1_000),
            precommit: Duration::from_millis(1_000),
            delta: Duration::from_millis(500),
            block_interval: Duration::from_millis(500),
            idle_interval: Duration::from_millis(10_000),
        }
    }
}
