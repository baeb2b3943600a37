//! Why a proof could not be made, or proves nothing.

use thiserror::Error;
use yilian_crypto::Digest;

/// A proof could not be made, or proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The leaf is beyond the tree.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    OutOfRange {
        /// Leaf asked for.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one.
    #[error("a tree of {old} leaves cannot grow into one of {new}")]
    Shrinks {
        /// Leaves of the older tree.
        old: u64,
        /// Leaves of the newer tree.
        new: u64,
    },
    /// A subtree was never written.
    #[error("log node at level {level}, index {index} is missing")]
    MissingNode {
        /// Level of the node.
        level: u8,
        /// Index of the node.
        index: u64,
    },
    /// Too few or too many hashes for these sizes.
    #[error("the proof has {got} hashes: another number belongs to these sizes")]
    Length {
        /// Hashes given.
        got: usize,
    },
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    OtherRoot,
}

pub(super) fn same_root(got: &Digest, expected: &Digest) -> Result<(), ProofError> {
    if got == expected {
        Ok(())
    } else {
        Err(ProofError::OtherRoot)
    }
}
