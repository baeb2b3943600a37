//! Check what t of n centres released together.
//!
//! A release is a BLS signature of a group of centres on an *identity*, the name of a draw or of an opening. The
//! signature is unique, so nobody chooses it; fewer than t centres cannot make it, so nobody foresees it. This crate has
//! the public side: anyone checks a signature with the group's key, and gets the seed that follows from it.
//!
//! ```text
//! message   = part(chain id) ‖ SHA-256(group key) ‖ part(identity)
//! signature = BLS12-381, signatures in G1 (48 bytes), keys in G2 (96 bytes), over 0x11 ‖ "YILIAN/release/v1" ‖ message,
//!             hashed to the curve as BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_
//! seed      = SHA-256("YILIAN/release-seed/v1" ‖ 0x00 ‖ part(chain id) ‖ part(identity) ‖ signature ‖ part(contribution))
//! part(x)   = length of x as 4 bytes, most significant first ‖ x
//! ```
//!
//! The contribution is that of the supervising department, or empty. What is asked for is not in the message: a request
//! cannot be varied until its seed pleases.
//!
//! Sources: RFC 9380 (hashing to curves), draft-irtf-cfrg-bls-signature (minimal-signature-size).

mod key;
mod seed;

pub use key::{GroupKey, ReleaseError, ReleaseSignature, message};
pub use seed::seed;

/// Names of identities that contracts may not use: those of the chain itself.
pub const RESERVED_PREFIX: &str = "system/";

/// Least number of centres that make a release: n less the faults that the consensus bears, so that a quorum of blocks
/// and a quorum of releases are the same number.
pub const fn threshold(centres: u32) -> u32 {
    centres - centres.saturating_sub(1) / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_the_quorum_of_the_consensus() {
        let expected = [
            (1, 1),
            (2, 2),
            (3, 3),
            (4, 3),
            (7, 5),
            (10, 7),
            (16, 11),
            (17, 12),
        ];
        for (centres, quorum) in expected {
            assert_eq!(threshold(centres), quorum, "{centres} centres");
        }
    }
}
