//! Prove that a record is in the log, or a value in the state.
//!
//! [`log`] is the append-only Merkle tree of RFC 6962 and RFC 9162; [`state`] verifies proofs of presence and absence
//! in a Jellyfish Merkle tree without linking one.

pub mod log;
pub mod state;
