//! The state tree: a Jellyfish Merkle tree over SHA-256 of the state keys, one version per height.

use std::collections::BTreeMap;

use jmt::storage::{LeafNode, Node, NodeKey, TreeReader, TreeUpdateBatch};
use jmt::{KeyHash, OwnedValue, Sha256Jmt, Version};
use yilian_crypto::Digest;
use yilian_merkle::state::StateProof;
use yilian_primitives::{Header, Height};

use crate::block::StateChange;
use crate::parent::StateError;

/// jmt takes readers by a sized type.
struct Reader<'t>(&'t dyn TreeReader);

impl TreeReader for Reader<'_> {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        self.0.get_node_option(key)
    }

    fn get_value_option(&self, at: Version, key: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        self.0.get_value_option(at, key)
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        self.0.get_rightmost_leaf()
    }
}

fn failed(what: &str, error: impl core::fmt::Display) -> StateError {
    StateError(format!("state tree, {what}: {error:#}"))
}

fn key_hash(key: &[u8]) -> KeyHash {
    KeyHash(*Digest::sha256(key).as_bytes())
}

fn values(
    changes: &BTreeMap<Vec<u8>, StateChange>,
) -> impl Iterator<Item = (KeyHash, Option<OwnedValue>)> {
    changes.iter().map(|(key, change)| {
        let value = change.as_ref().map(|stored| stored.value.clone());
        (key_hash(key), value)
    })
}

/// Root and new nodes after a block. The parent's root is asserted first: jmt builds on an empty tree without a word
/// when a version is missing.
pub(crate) fn update(
    tree: &dyn TreeReader,
    parent: &Header,
    changes: &BTreeMap<Vec<u8>, StateChange>,
) -> Result<(Digest, TreeUpdateBatch), StateError> {
    let reader = Reader(tree);
    let tree = Sha256Jmt::new(&reader);
    let root = tree
        .get_root_hash(parent.height)
        .map_err(|error| failed("root of the parent", error))?;
    if root.0 != *parent.state_root.as_bytes() {
        let got = Digest::from_bytes(root.0);
        return Err(StateError(format!(
            "state tree at height {} has root {got} and the header says {}: the database is damaged",
            parent.height, parent.state_root
        )));
    }
    let version = parent.height + 1;
    let (root, batch) = tree
        .put_value_set(values(changes), version)
        .map_err(|error| failed("update", error))?;
    Ok((Digest::from_bytes(root.0), batch))
}

/// Root and nodes of the first version.
pub(crate) fn first(
    changes: &BTreeMap<Vec<u8>, StateChange>,
) -> Result<(Digest, TreeUpdateBatch), StateError> {
    let reader = Reader(&Nothing);
    let (root, batch) = Sha256Jmt::new(&reader)
        .put_value_set(values(changes), 0)
        .map_err(|error| failed("genesis", error))?;
    Ok((Digest::from_bytes(root.0), batch))
}

/// A proof of presence or absence of a state key at a height, for verifiers that do not know jmt.
pub fn state_proof(
    tree: &dyn TreeReader,
    height: Height,
    key: &[u8],
) -> Result<StateProof, StateError> {
    let reader = Reader(tree);
    let (_, proof) = Sha256Jmt::new(&reader)
        .get_with_proof(key_hash(key), height)
        .map_err(|error| failed("proof", error))?;
    let bytes = borsh::to_vec(&proof).map_err(|error| failed("proof", error))?;
    compact(&bytes).ok_or_else(|| failed("proof", "jmt's encoding is not the expected one"))
}

/// jmt shows a proof's siblings to nobody, so they are read from its borsh form: an optional leaf of 64 bytes, then a
/// list of siblings that are nothing (0), an inner node (1, two hashes) or a leaf (2, key and value hash).
fn compact(mut bytes: &[u8]) -> Option<StateProof> {
    let input = &mut bytes;
    let leaf = match take::<1>(input)?[0] {
        0 => None,
        _ => Some((digest(input)?, digest(input)?)),
    };
    let count = u32::from_le_bytes(take::<4>(input)?);
    let mut siblings = Vec::new();
    for _ in 0..count {
        siblings.push(match take::<1>(input)?[0] {
            0 => StateProof::EMPTY,
            1 => StateProof::inner_hash(&digest(input)?, &digest(input)?),
            2 => StateProof::leaf_hash(&digest(input)?, &digest(input)?),
            _ => return None,
        });
    }
    input.is_empty().then_some(StateProof { leaf, siblings })
}

fn take<const N: usize>(input: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = input.split_first_chunk::<N>()?;
    *input = rest;
    Some(*head)
}

fn digest(input: &mut &[u8]) -> Option<Digest> {
    take::<32>(input).map(Digest::from_bytes)
}

/// The tree before genesis.
struct Nothing;

impl TreeReader for Nothing {
    fn get_node_option(&self, _: &NodeKey) -> anyhow::Result<Option<Node>> {
        Ok(None)
    }

    fn get_value_option(&self, _: Version, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        Ok(None)
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        Ok(None)
    }
}
