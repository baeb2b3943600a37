//! Crate `jmt` is the oracle: the same changes give the same roots, and every proof holds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jmt::storage::{LeafNode, Node as JmtNode, NodeKey as JmtKey, TreeReader};
use jmt::{KeyHash, OwnedValue, Sha256Jmt, Version};
use proptest::prelude::*;
use yilian_crypto::Digest;
use yilian_merkle::state::StateProof;
use yilian_state_tree::{Node, NodeKey, NodeRead, TreeError, contains, prove, root, update};

/// Keys with their values, or none to remove them.
type Changes = Vec<(Vec<u8>, Option<Vec<u8>>)>;

#[derive(Default)]
struct Kept(BTreeMap<Vec<u8>, Vec<u8>>);

impl NodeRead for Kept {
    fn node(&self, key: &NodeKey) -> Result<Option<Arc<Node>>, String> {
        let bytes = self.0.get(&key.to_bytes());
        let node = bytes.map(|bytes| Node::decode(bytes).map(Arc::new));
        node.transpose().map_err(|error| error.to_string())
    }
}

/// A tree with its states, version by version.
#[derive(Default)]
struct Tree {
    kept: Kept,
    stale: Vec<(u64, NodeKey)>,
    roots: Vec<Digest>,
    states: Vec<BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl Tree {
    fn of(versions: &[Changes]) -> Self {
        let mut tree = Tree::default();
        for changes in versions {
            tree.change(changes);
        }
        tree
    }

    fn change(&mut self, changes: &Changes) {
        let version = self.roots.len() as u64;
        let hash = |(key, value): &(Vec<u8>, Option<Vec<u8>>)| {
            (Digest::sha256(key), value.as_deref().map(Digest::sha256))
        };
        let before = version.checked_sub(1);
        let made = update(&self.kept, before, version, changes.iter().map(hash)).expect("reads");
        let nodes = made.nodes.iter();
        self.kept
            .0
            .extend(nodes.map(|(key, node)| (key.to_bytes(), node.encode())));
        self.stale
            .extend(made.stale.iter().map(|key| (version, *key)));
        self.roots.push(made.root);
        let mut state = self.states.last().cloned().unwrap_or_default();
        for (key, value) in changes {
            match value {
                Some(value) => state.insert(key.clone(), value.clone()),
                None => state.remove(key),
            };
        }
        self.states.push(state);
    }

    /// Deletes what no version from this one on needs.
    fn prune(&mut self, from: u64) {
        for (since, key) in &self.stale {
            if *since <= from {
                self.kept.0.remove(&key.to_bytes());
            }
        }
    }

    fn assert_proven(&self, version: usize, keys: &[Vec<u8>]) {
        let hash = root(&self.kept, version as u64).expect("kept");
        assert_eq!(hash, self.roots[version]);
        for key in keys {
            let proof = prove(&self.kept, version as u64, &Digest::sha256(key)).expect("kept");
            let value = self.states[version].get(key).map(Vec::as_slice);
            let held = contains(&self.kept, version as u64, &Digest::sha256(key));
            assert_eq!(held, Ok(value.is_some()), "version {version}");
            assert_eq!(proof.verify(&hash, key, value), Ok(()), "version {version}");
        }
    }
}

/// The roots that `jmt` gives.
fn oracle(versions: &[Changes]) -> Vec<Digest> {
    #[derive(Default)]
    struct Memory(Mutex<BTreeMap<JmtKey, JmtNode>>);

    impl TreeReader for Memory {
        fn get_node_option(&self, key: &JmtKey) -> anyhow::Result<Option<JmtNode>> {
            Ok(self.0.lock().expect("one thread").get(key).cloned())
        }

        fn get_value_option(&self, _: Version, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
            Ok(None)
        }

        fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(JmtKey, LeafNode)>> {
            Ok(None)
        }
    }

    let memory = Memory::default();
    let mut roots = Vec::new();
    for (version, changes) in (0..).zip(versions) {
        let hashed = changes
            .iter()
            .map(|(key, value)| (KeyHash(*Digest::sha256(key).as_bytes()), value.clone()));
        let made = Sha256Jmt::new(&memory).put_value_set(hashed, version);
        let (hash, batch) = made.expect("puts");
        let nodes = batch.node_batch.nodes().clone();
        memory.0.lock().expect("one thread").extend(nodes);
        roots.push(Digest::from_bytes(hash.0));
    }
    roots
}

/// Few keys, so that they are overwritten, removed and made again.
fn versions() -> impl Strategy<Value = Vec<Changes>> {
    let change = (0u16..300, proptest::option::weighted(0.6, any::<u8>()));
    let change = change
        .prop_map(|(key, value)| (key.to_be_bytes().to_vec(), value.map(|value| vec![value])));
    let changes = proptest::collection::vec(change, 1..120);
    proptest::collection::vec(changes, 1..8)
}

fn all_keys() -> Vec<Vec<u8>> {
    (0u16..320).map(|key| key.to_be_bytes().to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn roots_are_those_of_jmt_and_every_version_stays_provable(versions in versions()) {
        let tree = Tree::of(&versions);
        prop_assert_eq!(&tree.roots, &oracle(&versions));
        for version in 0..versions.len() {
            tree.assert_proven(version, &all_keys());
        }
    }

    #[test]
    fn what_is_stale_is_needed_by_no_later_version(versions in versions()) {
        let mut tree = Tree::of(&versions);
        let last = versions.len() - 1;
        tree.prune(last as u64);
        tree.assert_proven(last, &all_keys());
        // Nothing but the last version is left: each of its nodes is found on the way to some key.
        let whole = Tree::of(std::slice::from_ref(&tree.states[last].iter()
            .map(|(key, value)| (key.clone(), Some(value.clone()))).collect()));
        prop_assert_eq!(tree.kept.0.len(), whole.kept.0.len());
    }
}

#[test]
fn an_empty_tree_and_one_key_have_the_roots_of_the_protocol() {
    let one = vec![(b"key".to_vec(), Some(b"value".to_vec()))];
    let tree = Tree::of(&[Vec::new(), one, vec![(b"key".to_vec(), None)]]);
    let leaf = StateProof::leaf_hash(&Digest::sha256(b"key"), &Digest::sha256(b"value"));
    assert_eq!(tree.roots, [StateProof::EMPTY, leaf, StateProof::EMPTY]);
}

#[test]
fn the_last_of_two_changes_of_a_key_counts() {
    let twice = vec![
        (b"a".to_vec(), Some(b"1".to_vec())),
        (b"b".to_vec(), Some(b"1".to_vec())),
        (b"a".to_vec(), None),
        (b"b".to_vec(), Some(b"2".to_vec())),
    ];
    let once = vec![(b"b".to_vec(), Some(b"2".to_vec()))];
    assert_eq!(Tree::of(&[twice]).roots, Tree::of(&[once]).roots);
}

#[test]
fn thousands_of_keys_have_the_root_of_jmt() {
    let block = |from: u32| -> Changes {
        let key = |number: u32| number.to_be_bytes().to_vec();
        (from..from + 1_500)
            .map(|number| (key(number), Some(key(number))))
            .collect()
    };
    let versions: Vec<_> = (0..4)
        .map(|block_number| block(block_number * 1_000))
        .collect();
    assert_eq!(Tree::of(&versions).roots, oracle(&versions));
}

#[test]
fn a_missing_or_damaged_node_is_named() {
    let all: Changes = all_keys()
        .into_iter()
        .map(|key| (key, Some(vec![1])))
        .collect();
    let tree = Tree::of(&[all]);
    for place in tree.kept.0.keys() {
        let mut lacking = Kept(tree.kept.0.clone());
        lacking.0.remove(place);
        let mut damaged = Kept(tree.kept.0.clone());
        damaged.0.get_mut(place).expect("there").pop();
        let errors = [lacking, damaged].map(|kept| {
            let keys = all_keys();
            let proofs = keys.iter().map(|key| prove(&kept, 0, &Digest::sha256(key)));
            proofs.filter_map(Result::err).next().expect("an error")
        });
        assert!(matches!(errors[0], TreeError::Missing(_)));
        assert!(matches!(errors[1], TreeError::Unreadable { .. }));
    }
}
