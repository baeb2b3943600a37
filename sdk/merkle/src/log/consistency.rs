//! Proofs of consistency: RFC 9162 section 2.1.4.

use serde::{Deserialize, Serialize};
use yilian_crypto::Digest;

use super::error::same_root;
use super::{HASHES_MAX, ProofError, empty_root, node_hash};
use crate::cbor::{Cbor, CborError, Reader, Writer};

/// That a tree begins with all leaves of an older one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    /// Leaves in the older tree.
    pub old_size: u64,
    /// Leaves in the newer tree.
    pub new_size: u64,
    /// The proof.
    pub hashes: Vec<Digest>,
}

impl ConsistencyProof {
    /// Verifies by the steps of RFC 9162 section 2.1.4.2. From the empty tree everything is consistent.
    pub fn verify(&self, old_root: &Digest, new_root: &Digest) -> Result<(), ProofError> {
        let (old, new) = (self.old_size, self.new_size);
        if old > new {
            return Err(ProofError::Shrinks { old, new });
        }
        if old == 0 || old == new {
            return self.verify_without_hashes(old_root, new_root);
        }
        let wrong_length = || ProofError::Length {
            got: self.hashes.len(),
        };
        let mut hashes = self.hashes.iter();
        let first = if old.is_power_of_two() {
            *old_root
        } else {
            *hashes.next().ok_or_else(wrong_length)?
        };
        let (mut node, mut last) = (old - 1, new - 1);
        while node & 1 == 1 {
            node >>= 1;
            last >>= 1;
        }
        let (mut from_old, mut from_new) = (first, first);
        for sibling in hashes {
            if last == 0 {
                return Err(wrong_length());
            }
            if node & 1 == 1 || node == last {
                from_old = node_hash(sibling, &from_old);
                from_new = node_hash(sibling, &from_new);
                while node & 1 == 0 && node != 0 {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                from_new = node_hash(&from_new, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        if last != 0 {
            return Err(wrong_length());
        }
        same_root(&from_old, old_root)?;
        same_root(&from_new, new_root)
    }

    /// The same size, or from the empty tree: no hashes belong to it.
    fn verify_without_hashes(
        &self,
        old_root: &Digest,
        new_root: &Digest,
    ) -> Result<(), ProofError> {
        if !self.hashes.is_empty() {
            let got = self.hashes.len();
            return Err(ProofError::Length { got });
        }
        if self.old_size == 0 {
            same_root(old_root, &empty_root())?;
        }
        if self.old_size == self.new_size {
            same_root(old_root, new_root)?;
        }
        Ok(())
    }
}

/// `[old size, new size, [* hash]]`.
impl Cbor for ConsistencyProof {
    const WHAT: &'static str = "consistency proof";
    const BYTES_MAX: usize = 64 + HASHES_MAX * 35;

    fn write(&self, writer: &mut Writer) {
        writer.array(3).uint(self.old_size).uint(self.new_size);
        writer.array(self.hashes.len());
        for hash in &self.hashes {
            writer.digest(hash);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(3, "an array of 3")?;
        Ok(ConsistencyProof {
            old_size: reader.uint("size of the older tree")?,
            new_size: reader.uint("size of the newer tree")?,
            hashes: reader.digests(HASHES_MAX, "an array of digests")?,
        })
    }
}
