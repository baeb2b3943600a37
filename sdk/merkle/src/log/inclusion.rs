//! Proofs of inclusion: RFC 9162 section 2.1.3.

use serde::{Deserialize, Serialize};
use yilian_crypto::Digest;

use super::error::same_root;
use super::{HASHES_MAX, ProofError, node_hash};
use crate::cbor::{Cbor, CborError, Reader, Writer};

/// That a leaf stands at a place of a tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// Place of the leaf, from 0.
    pub index: u64,
    /// Leaves in the tree.
    pub size: u64,
    /// Siblings from the leaf to the root.
    pub hashes: Vec<Digest>,
}

impl InclusionProof {
    /// Verifies by the steps of RFC 9162 section 2.1.3.2, with the hash of the leaf.
    pub fn verify(&self, leaf: &Digest, root: &Digest) -> Result<(), ProofError> {
        let (index, size) = (self.index, self.size);
        let wrong_length = || ProofError::Length {
            got: self.hashes.len(),
        };
        if index >= size {
            return Err(ProofError::OutOfRange { index, size });
        }
        let (mut node, mut last) = (index, size - 1);
        let mut hash = *leaf;
        for sibling in &self.hashes {
            if last == 0 {
                return Err(wrong_length());
            }
            if node & 1 == 1 || node == last {
                hash = node_hash(sibling, &hash);
                // At the right edge: up to where this subtree is a right child.
                while node & 1 == 0 && node != 0 {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node_hash(&hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        if last != 0 {
            return Err(wrong_length());
        }
        same_root(&hash, root)
    }
}

/// `[index, size, [* hash]]`.
impl Cbor for InclusionProof {
    const WHAT: &'static str = "inclusion proof";
    const BYTES_MAX: usize = 64 + HASHES_MAX * 35;

    fn write(&self, writer: &mut Writer) {
        writer.array(3).uint(self.index).uint(self.size);
        writer.array(self.hashes.len());
        for hash in &self.hashes {
            writer.digest(hash);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(3, "an array of 3")?;
        Ok(InclusionProof {
            index: reader.uint("index of the leaf")?,
            size: reader.uint("size of the tree")?,
            hashes: reader.digests(HASHES_MAX, "an array of digests")?,
        })
    }
}
