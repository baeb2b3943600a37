//! The tree that a node keeps: jmt 0.12 in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jmt::proof::SparseMerkleProof;
use jmt::storage::{LeafNode, Node, NodeBatch, NodeKey, TreeReader, TreeWriter};
use jmt::{KeyHash, OwnedValue, Sha256Jmt, Version};
use yilian_crypto::Digest;
use yilian_merkle::state::StateProof;

/// State keys with their values, or none to remove them.
pub(crate) type WriteSet = Vec<(Vec<u8>, Option<Vec<u8>>)>;
type Values = BTreeMap<KeyHash, BTreeMap<Version, Option<OwnedValue>>>;

#[derive(Default)]
struct Memory {
    nodes: Mutex<BTreeMap<NodeKey, Node>>,
    values: Mutex<Values>,
}

impl TreeReader for Memory {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        Ok(self.nodes.lock().expect("one thread").get(key).cloned())
    }

    fn get_value_option(&self, at: Version, key: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        let values = self.values.lock().expect("one thread");
        let history = values.get(&key);
        let last = history.and_then(|history| history.range(..=at).next_back());
        Ok(last.and_then(|(_, value)| value.clone()))
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        Ok(None)
    }
}

impl TreeWriter for Memory {
    fn write_node_batch(&self, batch: &NodeBatch) -> anyhow::Result<()> {
        let mut nodes = self.nodes.lock().expect("one thread");
        nodes.extend(batch.nodes().iter().map(|(k, n)| (k.clone(), n.clone())));
        let mut values = self.values.lock().expect("one thread");
        for ((version, key), value) in batch.values() {
            let history = values.entry(*key).or_default();
            history.insert(*version, value.clone());
        }
        Ok(())
    }
}

fn path(key: &[u8]) -> KeyHash {
    KeyHash(*Digest::sha256(key).as_bytes())
}

/// A tree after one version per write set.
pub(crate) struct Tree {
    memory: Memory,
    version: Version,
    pub(crate) root: Digest,
}

impl Tree {
    pub(crate) fn of(sets: &[WriteSet]) -> Self {
        let mut tree = Tree {
            memory: Memory::default(),
            version: 0,
            root: StateProof::EMPTY,
        };
        for (version, set) in (0..).zip(sets) {
            let values = set.iter().map(|(key, value)| (path(key), value.clone()));
            let jmt = Sha256Jmt::new(&tree.memory);
            let (root, batch) = jmt.put_value_set(values, version).expect("put");
            tree.memory
                .write_node_batch(&batch.node_batch)
                .expect("write");
            (tree.version, tree.root) = (version, Digest::from_bytes(root.0));
        }
        tree
    }

    pub(crate) fn prove(&self, key: &[u8]) -> StateProof {
        let jmt = Sha256Jmt::new(&self.memory);
        let (_, proof) = jmt.get_with_proof(path(key), self.version).expect("proof");
        compact(&proof)
    }
}

/// Parts of a jmt proof, from its serde form: the crate shows a proof's siblings to nobody.
fn compact(proof: &SparseMerkleProof<sha2::Sha256>) -> StateProof {
    let value = serde_json::to_value(proof).expect("serialises");
    let hash = |value: &serde_json::Value| -> Digest {
        let bytes: Vec<u8> = serde_json::from_value(value.clone()).expect("32 numbers");
        Digest::from_bytes(bytes.try_into().expect("32 bytes"))
    };
    let leaf = |value: &serde_json::Value| (hash(&value["key_hash"]), hash(&value["value_hash"]));
    let sibling = |value: &serde_json::Value| match value {
        serde_json::Value::String(_) => StateProof::EMPTY,
        node if node.get("Internal").is_some() => {
            let node = &node["Internal"];
            StateProof::inner_hash(&hash(&node["left_child"]), &hash(&node["right_child"]))
        }
        node => {
            let (key, value) = leaf(&node["Leaf"]);
            StateProof::leaf_hash(&key, &value)
        }
    };
    let siblings = value["siblings"].as_array().expect("a list");
    StateProof {
        leaf: (!value["leaf"].is_null()).then(|| leaf(&value["leaf"])),
        siblings: siblings.iter().map(sibling).collect(),
    }
}
