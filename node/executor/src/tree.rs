//! What of a block's changes goes into the state tree.

use std::collections::BTreeMap;

use yilian_abi::state_key::is_index;
use yilian_crypto::Digest;
use yilian_primitives::Header;
use yilian_state_tree::{Change, NodeRead, TreeError, Update};

use crate::block::StateChange;
use crate::parent::StateError;

impl From<TreeError> for StateError {
    fn from(error: TreeError) -> Self {
        StateError(error.to_string())
    }
}

/// All but indexes.
fn proven(changes: &BTreeMap<Vec<u8>, StateChange>) -> impl Iterator<Item = Change> {
    let proven = changes.iter().filter(|(key, _)| !is_index(key));
    proven.map(|(key, change)| {
        let value = change.as_ref().map(|stored| Digest::sha256(&stored.value));
        (Digest::sha256(key), value)
    })
}

/// The tree after a block. The parent's root is asserted first: what grows on a damaged tree must not be voted for.
pub(crate) fn update(
    tree: &dyn NodeRead,
    parent: &Header,
    changes: &BTreeMap<Vec<u8>, StateChange>,
) -> Result<Update, StateError> {
    let root = yilian_state_tree::root(tree, parent.height)?;
    if root != parent.state_root {
        return Err(StateError(format!(
            "state tree at height {} has root {root} and the header says {}: the database is damaged",
            parent.height, parent.state_root
        )));
    }
    let version = parent.height + 1;
    Ok(yilian_state_tree::update(
        tree,
        Some(parent.height),
        version,
        proven(changes),
    )?)
}

/// The tree of the first version.
pub(crate) fn first(changes: &BTreeMap<Vec<u8>, StateChange>) -> Result<Update, StateError> {
    Ok(yilian_state_tree::update(
        &yilian_state_tree::NoNodes,
        None,
        0,
        proven(changes),
    )?)
}
