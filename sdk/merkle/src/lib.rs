//! Prove that a record is in the log or a value in the state.
//!
//! [`log`] is the append-only Merkle tree of RFC 6962 and RFC 9162; [`state`] verifies proofs of presence and absence
//! in a Jellyfish Merkle tree without linking one. Both kinds of proof have a JSON form (serde) and one deterministic
//! CBOR form ([`cbor`]). No input makes this crate panic.

pub mod cbor;
pub mod log;
pub mod state;
