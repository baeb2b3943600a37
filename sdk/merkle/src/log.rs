//! The append-only log: RFC 6962 section 2.1 and RFC 9162 section 2.1, with SHA-256.

mod consistency;
mod error;
mod frontier;
mod inclusion;
mod prove;

pub use consistency::ConsistencyProof;
pub use error::ProofError;
pub use frontier::{Frontier, FrontierError, SIZE_MAX};
pub use inclusion::InclusionProof;
pub use prove::{prove_consistency, prove_inclusion, root_at};

use yilian_crypto::Digest;

/// Longest proof that is read: two hashes for each bit of a size, and one to begin from.
pub const HASHES_MAX: usize = 129;

/// Hash of a leaf: SHA-256 of 0x00 and its bytes.
pub fn leaf_hash(leaf: &[u8]) -> Digest {
    Digest::sha256_parts(&[&[0], leaf])
}

/// Hash of an inner node: SHA-256 of 0x01 and its two children.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::sha256_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// Root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    Digest::sha256(&[])
}

/// Root over leaf hashes.
pub fn root(leaves: &[Digest]) -> Digest {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.append(*leaf);
    }
    frontier.root()
}

/// A complete subtree: `2^level` leaves from `index * 2^level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Height of the subtree; 0 is a leaf.
    pub level: u8,
    /// Place among the subtrees of its level.
    pub index: u64,
    /// Its root.
    pub hash: Digest,
}

/// Somewhere that complete subtrees were written to as [`Frontier::append`] gave them.
pub trait NodeRead {
    /// The root of a complete subtree; none if it was not written.
    fn node(&self, level: u8, index: u64) -> Option<Digest>;
}

impl<T: NodeRead + ?Sized> NodeRead for &T {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        (**self).node(level, index)
    }
}
