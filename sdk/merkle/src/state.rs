//! Proofs of presence and absence in the state tree, a Jellyfish Merkle tree with SHA-256.
//!
//! A path goes bit by bit from the root along SHA-256 of the state key. A subtree with one key is that key's leaf,
//! wherever it stands; an empty subtree has a fixed hash. So absence is shown either by an empty place on the path, or
//! by the leaf of another key that is alone in the subtree where this key would be.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_crypto::Digest;

use crate::cbor::{Cbor, CborError, Reader, Writer};

/// Bits of a path, and most siblings of a proof.
pub const DEPTH_MAX: usize = 256;

/// A compact proof about one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateProof {
    /// Key hash and value hash of the leaf at the end of the path; none if the place is empty.
    pub leaf: Option<(Digest, Digest)>,
    /// Siblings from the end of the path to the root.
    pub siblings: Vec<Digest>,
}

/// A proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateProofError {
    /// More siblings than a path has bits.
    #[error("the proof has {got} siblings: expected at most {DEPTH_MAX}")]
    TooDeep {
        /// Siblings given.
        got: usize,
    },
    /// It is about another key than the one asked for.
    #[error("the proof is about another key")]
    OtherKey,
    /// The key has another value.
    #[error("the key has another value")]
    OtherValue,
    /// The key is absent where presence was to be proven.
    #[error("the proof shows that the key is absent")]
    Absent,
    /// The key is present where absence was to be proven.
    #[error("the proof shows that the key is present")]
    Present,
    /// The leaf does not stand where the key would be.
    #[error("the leaf stands in another subtree than the key would")]
    OtherSubtree,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    OtherRoot,
}

impl StateProof {
    /// Hash of an empty subtree.
    pub const EMPTY: Digest = Digest::from_bytes(*b"SPARSE_MERKLE_PLACEHOLDER_HASH__");

    /// Hash of an inner node.
    pub fn inner_hash(left: &Digest, right: &Digest) -> Digest {
        Digest::sha256_parts(&[b"JMT::IntrnalNode", left.as_bytes(), right.as_bytes()])
    }

    /// Hash of a leaf.
    pub fn leaf_hash(key_hash: &Digest, value_hash: &Digest) -> Digest {
        Digest::sha256_parts(&[b"JMT::LeafNode", key_hash.as_bytes(), value_hash.as_bytes()])
    }

    /// Verifies that a state key has a value, or with none that it is absent, under a state root.
    pub fn verify(
        &self,
        root: &Digest,
        key: &[u8],
        expected: Option<&[u8]>,
    ) -> Result<(), StateProofError> {
        let depth = self.siblings.len();
        if depth > DEPTH_MAX {
            return Err(StateProofError::TooDeep { got: depth });
        }
        let path = Digest::sha256(key);
        self.check_leaf(&path, expected)?;
        let mut hash = match &self.leaf {
            Some((key_hash, value_hash)) => StateProof::leaf_hash(key_hash, value_hash),
            None => StateProof::EMPTY,
        };
        for (sibling, level) in self.siblings.iter().zip((0..depth).rev()) {
            hash = if bit(&path, level) {
                StateProof::inner_hash(sibling, &hash)
            } else {
                StateProof::inner_hash(&hash, sibling)
            };
        }
        if hash == *root {
            Ok(())
        } else {
            Err(StateProofError::OtherRoot)
        }
    }

    fn check_leaf(&self, path: &Digest, expected: Option<&[u8]>) -> Result<(), StateProofError> {
        match (expected, &self.leaf) {
            (Some(_), None) => Err(StateProofError::Absent),
            (Some(_), Some((key_hash, _))) if key_hash != path => Err(StateProofError::OtherKey),
            (Some(value), Some((_, value_hash))) if *value_hash != Digest::sha256(value) => {
                Err(StateProofError::OtherValue)
            }
            (Some(_), Some(_)) | (None, None) => Ok(()),
            (None, Some((key_hash, _))) if key_hash == path => Err(StateProofError::Present),
            (None, Some((key_hash, _))) => {
                let common = (0..DEPTH_MAX)
                    .take_while(|level| bit(key_hash, *level) == bit(path, *level))
                    .count();
                if common < self.siblings.len() {
                    Err(StateProofError::OtherSubtree)
                } else {
                    Ok(())
                }
            }
        }
    }
}

/// `[leaf or null, [* sibling or null]]`, a leaf being `[key hash, value hash]`. The sibling that is an empty subtree is
/// written as null and in no other way.
impl Cbor for StateProof {
    const WHAT: &'static str = "state proof";
    const BYTES_MAX: usize = 128 + DEPTH_MAX * 35;

    fn write(&self, writer: &mut Writer) {
        writer.array(2);
        match &self.leaf {
            Some((key, value)) => writer.array(2).digest(key).digest(value),
            None => writer.null(),
        };
        writer.array(self.siblings.len());
        for sibling in &self.siblings {
            if *sibling == StateProof::EMPTY {
                writer.null();
            } else {
                writer.digest(sibling);
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "an array of 2")?;
        let leaf = if reader.is_null() {
            None
        } else {
            reader.array_of(2, "a leaf of key hash and value hash, or null")?;
            Some((reader.digest("key hash")?, reader.digest("value hash")?))
        };
        let count = reader.array_up_to(DEPTH_MAX, "an array of at most 256 siblings")?;
        let mut siblings = Vec::with_capacity(count);
        for _ in 0..count {
            siblings.push(if reader.is_null() {
                StateProof::EMPTY
            } else {
                reader.digest("a sibling or null")?
            });
        }
        Ok(StateProof { leaf, siblings })
    }
}

fn bit(digest: &Digest, level: usize) -> bool {
    digest.as_bytes()[level / 8] >> (7 - level % 8) & 1 == 1
}
