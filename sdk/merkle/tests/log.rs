//! The log against the definitions of RFC 6962, against published vectors, and against whoever tampers with proofs.

use std::collections::BTreeMap;

use proptest::prelude::*;
use yilian_crypto::Digest;
use yilian_merkle::cbor::Cbor;
use yilian_merkle::log::{
    ConsistencyProof, Frontier, InclusionProof, NodeRead, ProofError, SIZE_MAX, empty_root,
    leaf_hash, node_hash, prove_consistency, prove_inclusion, root, root_at,
};

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
            let before = nodes.0.insert((node.level, node.index), node.hash);
            assert!(before.is_none(), "a node is written once");
        }
    }
    nodes
}

/// Largest power of two below a length.
fn split(length: usize) -> usize {
    length.next_power_of_two() / 2
}

/// MTH of RFC 6962 section 2.1, as it is written there.
fn root_by_definition(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

/// PATH of RFC 6962 section 2.1.1, as it is written there.
fn path_by_definition(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = if index < left.len() {
        (path_by_definition(index, left), right)
    } else {
        (path_by_definition(index - left.len(), right), left)
    };
    path.push(root_by_definition(other));
    path
}

/// SUBPROOF of RFC 6962 section 2.1.2, as it is written there.
fn subproof_by_definition(old: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if whole {
            Vec::new()
        } else {
            vec![root_by_definition(leaves)]
        };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, other) = if old <= left.len() {
        (subproof_by_definition(old, left, whole), right)
    } else {
        (subproof_by_definition(old - left.len(), right, false), left)
    };
    proof.push(root_by_definition(other));
    proof
}

#[test]
fn roots_and_proofs_of_small_trees_are_those_of_the_definitions() {
    let (nodes, leaves) = (written(66), leaves(66));
    for size in 0..=66usize {
        let head = &leaves[..size];
        let expected = root_by_definition(head);
        assert_eq!(root(head), expected);
        assert_eq!(root_at(&nodes, size as u64), Ok(expected));
        for index in 0..size {
            let proof = prove_inclusion(&nodes, index as u64, size as u64).expect("in the tree");
            assert_eq!(proof.hashes, path_by_definition(index, head));
        }
        for old in 1..=size {
            let proof = prove_consistency(&nodes, old as u64, size as u64).expect("a beginning");
            assert_eq!(proof.hashes, subproof_by_definition(old, head, true));
        }
    }
}

#[test]
fn every_leaf_of_every_small_tree_is_proven_and_no_other() {
    let (nodes, leaves) = (written(40), leaves(40));
    for size in 1..=40u64 {
        let root = root_at(&nodes, size).expect("written");
        for index in 0..size {
            let proof = prove_inclusion(&nodes, index, size).expect("in the tree");
            for (place, leaf) in leaves.iter().enumerate() {
                let holds = proof.verify(leaf, &root).is_ok();
                assert_eq!(holds, place as u64 == index, "{index} of {size} at {place}");
            }
        }
        assert_eq!(
            prove_inclusion(&nodes, size, size),
            Err(ProofError::OutOfRange { index: size, size })
        );
    }
}

#[test]
fn an_inclusion_proof_holds_for_no_other_index_or_size_of_another_shape() {
    let nodes = written(20);
    for size in 1..=20u64 {
        let root = root_at(&nodes, size).expect("written");
        for index in 0..size {
            let leaf = nodes.node(0, index).expect("written");
            let good = prove_inclusion(&nodes, index, size).expect("in the tree");
            for other in (0..=24).filter(|other| *other != index) {
                let moved = InclusionProof {
                    index: other,
                    ..good.clone()
                };
                assert!(
                    moved.verify(&leaf, &root).is_err(),
                    "{index} as {other} of {size}"
                );
            }
        }
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
    assert_eq!(
        prove_consistency(&nodes, 3, 2),
        Err(ProofError::Shrinks { old: 3, new: 2 })
    );
    let empty = ConsistencyProof {
        old_size: 0,
        new_size: 0,
        hashes: Vec::new(),
    };
    assert!(empty.verify(&empty_root(), &root(1)).is_err());
}

#[test]
fn a_rewritten_history_is_not_consistent() {
    let honest = written(9);
    let mut rewritten = leaves(9);
    rewritten[2] = leaf_hash(b"another bid");
    let proof = prove_consistency(&honest, 5, 9).expect("a beginning");
    let old = root_at(&honest, 5).expect("written");
    assert_eq!(
        proof.verify(&old, &root(&rewritten)),
        Err(ProofError::OtherRoot)
    );
}

#[test]
fn a_missing_node_is_named() {
    let mut nodes = written(8);
    nodes.0.remove(&(2, 1));
    assert_eq!(
        prove_inclusion(&nodes, 0, 8),
        Err(ProofError::MissingNode { level: 2, index: 1 })
    );
    assert!(root_at(&nodes, u64::MAX).is_err());
}

#[test]
fn a_frontier_of_another_shape_is_refused() {
    let digest = leaf_hash(b"x");
    assert!(Frontier::new(3, vec![digest]).is_err());
    assert!(Frontier::new(0, vec![digest]).is_err());
    assert!(Frontier::new(u64::MAX, vec![digest; 64]).is_err());
    let stored = r#"{"size":2,"roots":[]}"#;
    assert!(serde_json::from_str::<Frontier>(stored).is_err());
}

#[test]
fn the_largest_frontier_takes_one_more_leaf_without_overflow() {
    let mut frontier = Frontier::new(SIZE_MAX, vec![leaf_hash(b"x")]).expect("the largest");
    frontier.append(leaf_hash(b"y"));
    assert_eq!(frontier.size(), SIZE_MAX + 1);
}

fn flip(digest: &mut Digest, bit: usize) {
    let mut bytes = *digest.as_bytes();
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    *digest = Digest::from_bytes(bytes);
}

proptest! {
    #[test]
    fn a_changed_inclusion_proof_is_refused(
        size in 2u64..700, pick: u64, spot: prop::sample::Index, bit in 0usize..256, change in 0u8..4,
    ) {
        let nodes = written(size);
        let index = pick % size;
        let root = root_at(&nodes, size).expect("written");
        let leaf = nodes.node(0, index).expect("written");
        let mut proof = prove_inclusion(&nodes, index, size).expect("in the tree");
        prop_assert!(proof.verify(&leaf, &root).is_ok());
        match change {
            0 => { let at = spot.index(proof.hashes.len()); flip(&mut proof.hashes[at], bit); }
            1 => { let at = spot.index(proof.hashes.len()); proof.hashes.remove(at); }
            2 => { proof.hashes.insert(spot.index(proof.hashes.len() + 1), leaf); }
            _ => { proof.index = (index + 1 + pick % (size - 1)) % size; }
        }
        prop_assert!(proof.verify(&leaf, &root).is_err());
    }

    #[test]
    fn a_changed_consistency_proof_is_refused(
        new in 2u64..700, pick: u64, spot: prop::sample::Index, bit in 0usize..256, change in 0u8..4,
    ) {
        let nodes = written(new);
        let old = 1 + pick % (new - 1);
        let (old_root, new_root) = (root_at(&nodes, old), root_at(&nodes, new));
        let (old_root, new_root) = (old_root.expect("written"), new_root.expect("written"));
        let mut proof = prove_consistency(&nodes, old, new).expect("a beginning");
        prop_assert!(proof.verify(&old_root, &new_root).is_ok());
        match change {
            0 => { let at = spot.index(proof.hashes.len()); flip(&mut proof.hashes[at], bit); }
            1 => { let at = spot.index(proof.hashes.len()); proof.hashes.remove(at); }
            2 => { proof.hashes.insert(spot.index(proof.hashes.len() + 1), old_root); }
            _ => { proof.old_size = new; }
        }
        prop_assert!(proof.verify(&old_root, &new_root).is_err());
    }

    #[test]
    fn a_frontier_goes_on_from_its_stored_form(size in 0u64..300, more in 0u64..40) {
        let all = leaves(size + more);
        let mut frontier = Frontier::default();
        for leaf in &all[..size as usize] {
            frontier.append(*leaf);
        }
        let mut again = Frontier::new(frontier.size(), frontier.roots().to_vec()).expect("its own shape");
        for leaf in &all[size as usize..] {
            again.append(*leaf);
        }
        prop_assert_eq!((again.size(), again.root()), (size + more, root_by_definition(&all)));
    }

    #[test]
    fn nothing_panics_on_any_sizes(
        index: u64, size: u64, count in 0usize..140, level in 0u32..64,
    ) {
        let hashes = vec![leaf_hash(b"h"); count];
        let one = leaf_hash(b"one");
        for (index, size) in [(index, size), (index >> level, size), (size - size.min(1), size)] {
            let inclusion = InclusionProof { index, size, hashes: hashes.clone() };
            let _ = inclusion.verify(&one, &one);
            let consistency =
                ConsistencyProof { old_size: index, new_size: size, hashes: hashes.clone() };
            let _ = consistency.verify(&one, &one);
            let _ = prove_inclusion(&Nodes(BTreeMap::new()), index, size);
            let _ = prove_consistency(&Nodes(BTreeMap::new()), index, size);
        }
    }

    #[test]
    fn cbor_round_trips_and_has_one_form(
        size in 2u64..300, pick: u64, place: prop::sample::Index, change in 1u8..,
    ) {
        let nodes = written(size);
        let inclusion = prove_inclusion(&nodes, pick % size, size).expect("in the tree");
        let consistency = prove_consistency(&nodes, pick % size, size).expect("a beginning");
        one_form(&inclusion, place, change)?;
        one_form(&consistency, place, change)?;
    }

    #[test]
    fn random_bytes_never_panic(bytes: Vec<u8>) {
        let _ = InclusionProof::from_cbor(&bytes);
        let _ = ConsistencyProof::from_cbor(&bytes);
    }
}

fn one_form<P: Cbor + PartialEq + std::fmt::Debug>(
    proof: &P,
    place: prop::sample::Index,
    change: u8,
) -> Result<(), TestCaseError> {
    let bytes = proof.to_cbor();
    let read = P::from_cbor(&bytes).expect("what was written");
    prop_assert_eq!(&read, proof);
    let mut changed = bytes.clone();
    changed[place.index(bytes.len())] ^= change;
    prop_assert!(!P::from_cbor(&changed).is_ok_and(|other| other == *proof));
    let mut longer = bytes;
    longer.push(0);
    prop_assert!(P::from_cbor(&longer).is_err());
    Ok(())
}
