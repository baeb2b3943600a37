//! Hold transactions until a block takes them.
//!
//! [`Pool`] is a plain data structure with a thread that writes its journal: no clock, no task, no network. [`gossip`] spreads what it holds to the other
//! validators over a swarm of its own, so that a flood of transactions never delays a vote.

pub mod gossip;

mod held;
mod intake;
mod journal;
mod limits;
mod metrics;
mod pool;
mod recent;
mod shelf;
mod sponsor;
mod writer;

#[cfg(test)]
pub(crate) mod testing;

pub use intake::Taken;
pub use journal::{Journal, JournalError};
pub use limits::PoolLimits;
pub use metrics::PoolMetrics;
pub use pool::{Inserted, Pool};
pub use sponsor::Sponsor;
