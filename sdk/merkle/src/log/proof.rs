//! Proofs of inclusion (RFC 9162 section 2.1.3) and of consistency (section 2.1.4).

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_crypto::Digest;

use super::{NodeRead, empty_root, node_hash};

/// Longest proof that is read: two hashes for each bit of a size.
const HASHES_MAX: usize = 130;

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

impl InclusionProof {
    /// Verifies by the steps of RFC 9162 section 2.1.3.2.
    pub fn verify(&self, leaf: &Digest, root: &Digest) -> Result<(), ProofError> {
        let (index, size) = (self.index, self.size);
        if index >= size {
            return Err(ProofError::OutOfRange { index, size });
        }
        let wrong_length = ProofError::Length {
            got: self.hashes.len(),
        };
        if self.hashes.len() > HASHES_MAX {
            return Err(wrong_length);
        }
        let (mut node, mut last) = (index, size - 1);
        let mut hash = *leaf;
        for sibling in &self.hashes {
            if last == 0 {
                return Err(wrong_length);
            }
            if node & 1 == 1 || node == last {
                hash = node_hash(sibling, &hash);
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
            return Err(wrong_length);
        }
        same_root(&hash, root)
    }
}

impl ConsistencyProof {
    /// Verifies by the steps of RFC 9162 section 2.1.4.2. From the empty tree everything is consistent.
    pub fn verify(&self, old_root: &Digest, new_root: &Digest) -> Result<(), ProofError> {
        let (old, new) = (self.old_size, self.new_size);
        if old > new {
            return Err(ProofError::Shrinks { old, new });
        }
        let wrong_length = ProofError::Length {
            got: self.hashes.len(),
        };
        if old == new || old == 0 {
            if !self.hashes.is_empty() {
                return Err(wrong_length);
            }
            let expected = if old == 0 { empty_root() } else { *new_root };
            return same_root(&expected, old_root);
        }
        if self.hashes.len() > HASHES_MAX {
            return Err(wrong_length);
        }
        let mut hashes = self.hashes.iter();
        let first = if old.is_power_of_two() {
            *old_root
        } else {
            *hashes.next().ok_or_else(|| wrong_length.clone())?
        };
        let (mut node, mut last) = (old - 1, new - 1);
        while node & 1 == 1 {
            node >>= 1;
            last >>= 1;
        }
        let (mut from_old, mut from_new) = (first, first);
        for sibling in hashes {
            if last == 0 {
                return Err(wrong_length);
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
            return Err(wrong_length);
        }
        same_root(&from_old, old_root)?;
        same_root(&from_new, new_root)
    }
}

fn same_root(got: &Digest, expected: &Digest) -> Result<(), ProofError> {
    if got == expected {
        Ok(())
    } else {
        Err(ProofError::OtherRoot)
    }
}

/// Proves that leaf `index` is in the first `size` leaves.
pub fn prove_inclusion(
    nodes: &impl NodeRead,
    index: u64,
    size: u64,
) -> Result<InclusionProof, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { index, size });
    }
    let mut hashes = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let split = from + split_of(to - from);
        if index < split {
            hashes.push(range(nodes, split, to)?);
            to = split;
        } else {
            hashes.push(range(nodes, from, split)?);
            from = split;
        }
    }
    hashes.reverse();
    Ok(InclusionProof {
        index,
        size,
        hashes,
    })
}

/// Proves that the first `new` leaves begin with the first `old`.
pub fn prove_consistency(
    nodes: &impl NodeRead,
    old: u64,
    new: u64,
) -> Result<ConsistencyProof, ProofError> {
    if old > new {
        return Err(ProofError::Shrinks { old, new });
    }
    let mut hashes = Vec::new();
    if old > 0 && old < new {
        let (mut from, mut to) = (0, new);
        // `whole`: the subtree that is left is one whole of the old tree, which the verifier knows already.
        let mut whole = true;
        while to != old {
            let split = from + split_of(to - from);
            if old <= split {
                hashes.push(range(nodes, split, to)?);
                to = split;
            } else {
                hashes.push(range(nodes, from, split)?);
                from = split;
                whole = false;
            }
        }
        if !whole {
            hashes.push(range(nodes, from, to)?);
        }
        hashes.reverse();
    }
    Ok(ConsistencyProof {
        old_size: old,
        new_size: new,
        hashes,
    })
}

/// Root of the first `size` leaves.
pub fn root_at(nodes: &impl NodeRead, size: u64) -> Result<Digest, ProofError> {
    if size == 0 {
        Ok(empty_root())
    } else {
        range(nodes, 0, size)
    }
}

/// Largest power of two below `count`, which is at least 2.
fn split_of(count: u64) -> u64 {
    1 << (63 - (count - 1).leading_zeros())
}

/// Root of the leaves `[from, to)`, where `from` is where a subtree of the tree begins.
fn range(nodes: &impl NodeRead, from: u64, to: u64) -> Result<Digest, ProofError> {
    let count = to - from;
    if count.is_power_of_two() {
        let level = count.trailing_zeros() as u8;
        let index = from >> level;
        return nodes
            .node(level, index)
            .ok_or(ProofError::MissingNode { level, index });
    }
    let split = from + split_of(count);
    let left = range(nodes, from, split)?;
    let right = range(nodes, split, to)?;
    Ok(node_hash(&left, &right))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::log::{Frontier, leaf_hash, root};

    struct Nodes(BTreeMap<(u8, u64), Digest>);

    impl NodeRead for Nodes {
        fn node(&self, level: u8, index: u64) -> Option<Digest> {
            self.0.get(&(level, index)).copied()
        }
    }

    fn leaves(count: u64) -> Vec<Digest> {
        (0..count).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    fn written(count: u64) -> Nodes {
        let mut nodes = Nodes(BTreeMap::new());
        let mut frontier = Frontier::default();
        for leaf in leaves(count) {
            for node in frontier.append(leaf) {
                nodes.0.insert((node.level, node.index), node.hash);
            }
        }
        nodes
    }

    /// RFC 6962 section 2.1, as it is written there.
    fn root_by_definition(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(split_of(leaves.len() as u64) as usize);
                node_hash(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    #[test]
    fn the_published_vectors_of_certificate_transparency_hold() {
        // Leaves and roots of the reference implementation of RFC 6962 (merkletree tests).
        let inputs = [
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let decode = |hex: &str| -> Vec<u8> {
            (0..hex.len() / 2)
                .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex"))
                .collect()
        };
        let mut hashes = Vec::new();
        for (input, expected) in inputs.iter().zip(roots) {
            hashes.push(leaf_hash(&decode(input)));
            assert_eq!(root(&hashes).to_hex(), expected);
        }
        assert_eq!(
            empty_root().to_hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proven_and_no_other() {
        let (nodes, leaves) = (written(40), leaves(40));
        for size in 1..=40u64 {
            let root = root_by_definition(&leaves[..size as usize]);
            assert_eq!(root_at(&nodes, size), Ok(root));
            for index in 0..size {
                let proof = prove_inclusion(&nodes, index, size).expect("in the tree");
                for (place, leaf) in leaves.iter().enumerate() {
                    let holds = proof.verify(leaf, &root).is_ok();
                    assert_eq!(holds, place as u64 == index, "{index} of {size} at {place}");
                }
            }
            assert!(prove_inclusion(&nodes, size, size).is_err());
        }
    }

    #[test]
    fn every_small_tree_is_consistent_with_its_beginnings_only() {
        let (nodes, leaves) = (written(33), leaves(33));
        let root = |size: u64| root_by_definition(&leaves[..size as usize]);
        for new in 0..=33 {
            for old in 0..=new {
                let proof = prove_consistency(&nodes, old, new).expect("a beginning");
                proof.verify(&root(old), &root(new)).expect("consistent");
                for other in (0..=33).filter(|other| *other != old) {
                    assert!(proof.verify(&root(other), &root(new)).is_err());
                }
                for other in (0..=33).filter(|other| *other != new && old != 0) {
                    assert!(proof.verify(&root(old), &root(other)).is_err());
                }
            }
        }
        assert!(prove_consistency(&nodes, 3, 2).is_err());
    }

    proptest! {
        #[test]
        fn a_tampered_inclusion_proof_is_refused(
            size in 2u64..300, pick in any::<u64>(), spot in any::<prop::sample::Index>(), change in 0u8..4,
        ) {
            let nodes = written(size);
            let index = pick % size;
            let root = root_at(&nodes, size).expect("written");
            let leaf = nodes.node(0, index).expect("written");
            let mut proof = prove_inclusion(&nodes, index, size).expect("in the tree");
            let good = proof.clone();
            match change {
                0 => { let at = spot.index(proof.hashes.len()); proof.hashes[at] = leaf_hash(b"x"); }
                1 => { proof.hashes.pop(); }
                2 => { proof.hashes.push(leaf); }
                _ => { proof.index = (index + 1) % size; }
            }
            prop_assert!(good.verify(&leaf, &root).is_ok());
            prop_assert!(proof.verify(&leaf, &root).is_err());
        }

        #[test]
        fn nothing_panics_on_any_sizes(
            index in any::<u64>(), size in any::<u64>(), count in 0usize..140,
        ) {
            let hashes = vec![leaf_hash(b"h"); count];
            let one = leaf_hash(b"one");
            let inclusion = InclusionProof { index, size, hashes: hashes.clone() };
            let _ = inclusion.verify(&one, &one);
            let consistency = ConsistencyProof { old_size: index, new_size: size, hashes };
            let _ = consistency.verify(&one, &one);
        }
    }
}
