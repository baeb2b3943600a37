//! Name what ledgers ask of the chain itself: times, one-time senders.
//!
//! Records of the state that the chain reads without running a contract. No verifier needs them.

pub mod admission;
pub mod schedule;
