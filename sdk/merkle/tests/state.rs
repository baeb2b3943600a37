//! State proofs against the tree that makes them: jmt 0.12 is the oracle.

mod oracle;

use oracle::{Tree, WriteSet};
use proptest::prelude::*;
use yilian_crypto::Digest;
use yilian_merkle::cbor::Cbor;
use yilian_merkle::state::{StateProof, StateProofError};

fn key(number: u32) -> Vec<u8> {
    format!("tender\0bid/{number}").into_bytes()
}

fn value(number: u32) -> Vec<u8> {
    format!("{{\"amount_fen\":{number}}}").into_bytes()
}

fn entries(numbers: impl IntoIterator<Item = u32>) -> WriteSet {
    numbers
        .into_iter()
        .map(|number| (key(number), Some(value(number))))
        .collect()
}

#[test]
fn in_an_empty_tree_everything_is_absent() {
    let tree = Tree::of(&[vec![]]);
    assert_eq!(tree.root, StateProof::EMPTY);
    let proof = tree.prove(&key(1));
    assert_eq!(proof.leaf, None);
    assert_eq!(proof.verify(&tree.root, &key(1), None), Ok(()));
    assert_eq!(
        proof.verify(&tree.root, &key(1), Some(&value(1))),
        Err(StateProofError::Absent)
    );
}

#[test]
fn a_single_leaf_is_the_whole_tree() {
    let tree = Tree::of(&[entries([1])]);
    let proof = tree.prove(&key(1));
    assert!(proof.siblings.is_empty());
    assert_eq!(proof.verify(&tree.root, &key(1), Some(&value(1))), Ok(()));
    assert_eq!(
        proof.verify(&tree.root, &key(1), None),
        Err(StateProofError::Present)
    );
    assert_eq!(
        proof.verify(&tree.root, &key(1), Some(&value(2))),
        Err(StateProofError::OtherValue)
    );
    // The same leaf shows that every other key is absent.
    let beside = tree.prove(&key(2));
    assert_eq!(beside.leaf, proof.leaf);
    assert_eq!(beside.verify(&tree.root, &key(2), None), Ok(()));
    assert_eq!(
        beside.verify(&tree.root, &key(2), Some(&value(2))),
        Err(StateProofError::OtherKey)
    );
}

#[test]
fn a_proof_of_absence_is_for_its_own_place_only() {
    let tree = Tree::of(&[entries(0..200)]);
    let (mut empty_places, mut beside_a_leaf) = (0, 0);
    for number in 200..600 {
        let proof = tree.prove(&key(number));
        assert_eq!(proof.verify(&tree.root, &key(number), None), Ok(()));
        match proof.leaf {
            None => empty_places += 1,
            Some(_) => beside_a_leaf += 1,
        }
        for present in 0..200 {
            assert!(proof.verify(&tree.root, &key(present), None).is_err());
        }
    }
    assert!(
        empty_places > 50 && beside_a_leaf > 50,
        "both shapes were met"
    );
}

#[test]
fn removed_and_changed_values_are_seen_at_their_version() {
    let tree = Tree::of(&[
        entries(0..50),
        vec![(key(7), None), (key(8), Some(value(99)))],
        vec![],
    ]);
    assert_eq!(
        tree.prove(&key(7)).verify(&tree.root, &key(7), None),
        Ok(())
    );
    let changed = tree.prove(&key(8));
    assert_eq!(
        changed.verify(&tree.root, &key(8), Some(&value(99))),
        Ok(())
    );
    assert_eq!(
        changed.verify(&tree.root, &key(8), Some(&value(8))),
        Err(StateProofError::OtherValue)
    );
}

#[test]
fn a_leaf_of_another_subtree_does_not_show_absence() {
    let tree = Tree::of(&[entries(0..64)]);
    for number in 0..64 {
        let proof = tree.prove(&key(number));
        // The holder of a value's proof may not use it to deny another value.
        for other in (0..64).filter(|other| *other != number) {
            assert!(proof.verify(&tree.root, &key(other), None).is_err());
        }
    }
}

#[test]
fn a_proof_deeper_than_a_path_is_refused() {
    let proof = StateProof {
        leaf: None,
        siblings: vec![StateProof::EMPTY; 257],
    };
    assert_eq!(
        proof.verify(&StateProof::EMPTY, b"k", None),
        Err(StateProofError::TooDeep { got: 257 })
    );
    assert!(StateProof::from_cbor(&proof.to_cbor()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn our_verifier_agrees_with_the_tree(
        first in prop::collection::btree_set(0u32..400, 0..120),
        removed in prop::collection::btree_set(0u32..400, 0..40),
        asked in prop::collection::vec(0u32..500, 20),
    ) {
        let gone = removed.iter().map(|number| (key(*number), None)).collect();
        let tree = Tree::of(&[entries(first.iter().copied()), gone]);
        for number in asked {
            let proof = tree.prove(&key(number));
            let present = first.contains(&number) && !removed.contains(&number);
            let (shown, denied) = (value(number), proof.verify(&tree.root, &key(number), None));
            let shown = proof.verify(&tree.root, &key(number), Some(&shown));
            prop_assert_eq!((shown.is_ok(), denied.is_ok()), (present, !present));
        }
    }

    #[test]
    fn a_changed_proof_is_refused(
        count in 2u32..150, pick: u32, absent: bool, spot: prop::sample::Index, bit in 0usize..256,
        change in 0u8..6,
    ) {
        let tree = Tree::of(&[entries(0..count)]);
        let number = if absent { count + pick % 500 } else { pick % count };
        let (key, shown) = (key(number), value(number));
        let expected = (!absent).then_some(shown.as_slice());
        let good = tree.prove(&key);
        prop_assert_eq!(good.verify(&tree.root, &key, expected), Ok(()));
        let mut bad = good.clone();
        let depth = bad.siblings.len();
        prop_assume!(depth > 0);
        match change {
            0 => flip(&mut bad.siblings[spot.index(depth)], bit),
            1 => { bad.siblings.remove(spot.index(depth)); }
            2 => bad.siblings.insert(spot.index(depth + 1), StateProof::EMPTY),
            3 => bad.siblings.swap(0, spot.index(depth)),
            4 => bad.leaf = bad.leaf.take().xor(Some((Digest::ZERO, Digest::ZERO))),
            _ => match &mut bad.leaf {
                Some((key, value)) => flip(if absent { key } else { value }, bit),
                None => bad.leaf = Some((Digest::ZERO, Digest::ZERO)),
            },
        }
        prop_assume!(bad != good);
        prop_assert!(bad.verify(&tree.root, &key, expected).is_err());
    }

    #[test]
    fn cbor_round_trips_and_has_one_form(
        count in 0u32..100, pick in 0u32..200, place: prop::sample::Index, change in 1u8..,
    ) {
        let proof = Tree::of(&[entries(0..count)]).prove(&key(pick));
        let bytes = proof.to_cbor();
        prop_assert_eq!(StateProof::from_cbor(&bytes), Ok(proof.clone()));
        let json = serde_json::to_string(&proof).expect("serialises");
        prop_assert_eq!(&serde_json::from_str::<StateProof>(&json).expect("reads"), &proof);
        let mut changed = bytes.clone();
        changed[place.index(bytes.len())] ^= change;
        prop_assert_ne!(StateProof::from_cbor(&changed), Ok(proof));
    }

    #[test]
    fn random_proofs_and_bytes_never_panic(
        bytes: Vec<u8>, count in 0usize..300, key: Vec<u8>, leaf: Option<([u8; 32], [u8; 32])>,
    ) {
        let _ = StateProof::from_cbor(&bytes);
        let proof = StateProof {
            leaf: leaf.map(|(k, v)| (Digest::from_bytes(k), Digest::from_bytes(v))),
            siblings: vec![StateProof::EMPTY; count],
        };
        let _ = proof.verify(&Digest::ZERO, &key, None);
        let _ = proof.verify(&Digest::ZERO, &key, Some(&bytes));
    }
}

#[test]
fn an_empty_sibling_that_is_spelt_out_is_refused() {
    let proof = StateProof {
        leaf: None,
        siblings: vec![StateProof::EMPTY],
    };
    let null = [0x82, 0xf6, 0x81, 0xf6];
    assert_eq!(proof.to_cbor(), null);
    let mut spelt = vec![0x82, 0xf6, 0x81, 0x58, 33];
    spelt.extend(StateProof::EMPTY.to_tagged());
    assert!(StateProof::from_cbor(&spelt).is_err());
}

fn flip(digest: &mut Digest, bit: usize) {
    let mut bytes = *digest.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    *digest = Digest::from_bytes(bytes);
}
