//! Name what the chain itself keeps: its validators, times, one-time senders.
//!
//! Records of the state that the chain reads without running a contract. No verifier needs them.

pub mod admission;
pub mod membership;
pub mod schedule;
