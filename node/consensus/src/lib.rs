//! Agree on the next block.
//!
//! The adapter to the Malachite engine (Tendermint), the only crate that names it. The engine votes on a
//! [`yilian_primitives::BlockRef`]; the block travels beside it in signed parts. The chain is seen through one port,
//! [`Chain`], which a thread of its own calls, one call at a time, so that slow execution never blocks the network.
//!
//! What keeps a validator from signing two things: the engine's log (`consensus.wal`) of the current height, and
//! [`Chain::keep`], by which a proposal is durable before anything about it is said. Never copy a validator's key to a
//! second machine without both.

mod app;
#[cfg(feature = "byzantine")]
mod byzantine;
mod certificate;
mod config;
mod context;
mod engine;
mod handle;
mod height_params;
mod identity;
mod inbox;
mod log_check;
mod metrics;
mod pacing;
mod part;
mod port;
mod roster;
mod settings;
mod sign_bytes;
mod signing;
mod streams;
mod tally;
#[cfg(test)]
mod testing;
mod wire;

#[cfg(feature = "byzantine")]
pub use byzantine::Attack;
pub use config::{EngineConfig, Peer, Timing};
pub use engine::start;
pub use handle::{EngineFailure, EngineHandle, StartError, Status};
pub use log_check::{LogError, logged_height};
pub use metrics::{metrics_text, register_metrics};
pub use port::{Candidate, Chain, ChainError, KeptProposal, Verdict};
