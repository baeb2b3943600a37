//! Keep the state as a tree with a root for every height.
//!
//! A Jellyfish Merkle tree over SHA-256: its roots and proofs are those of crate `jmt`, which the tests hold it against. A
//! version is a height; nodes of a version never change, so every height stays provable until its nodes are deleted. All
//! changes of a block go down the tree together: each node on their ways is read, hashed and written once, however many
//! keys of the block are below it.
//!
//! The tree knows hashes of keys and of values only, and asks a [`NodeRead`] for nodes; where they are kept is not its
//! matter.
#![forbid(unsafe_code)]

mod build;
mod key;
mod node;
mod prove;
mod update;

pub use build::{Leaf, build};
pub use key::NodeKey;
pub use node::{MalformedNode, Node};
pub use prove::{contains, prove, root};
pub use update::{Change, Update, update};

use std::sync::Arc;

use thiserror::Error;

/// Gives nodes that were kept.
pub trait NodeRead {
    /// The node of a key, or none if there is none.
    ///
    /// # Errors
    /// In words for the operator, if it cannot be read.
    fn node(&self, key: &NodeKey) -> Result<Option<Arc<Node>>, String>;
}

/// A tree that has no version yet.
pub struct NoNodes;

impl NodeRead for NoNodes {
    fn node(&self, _: &NodeKey) -> Result<Option<Arc<Node>>, String> {
        Ok(None)
    }
}

/// The tree cannot be read: the node that keeps it is at fault.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TreeError {
    /// A node that another one names is not there.
    #[error("state tree: node {0} is missing")]
    Missing(NodeKey),
    /// A node cannot be read.
    #[error("state tree: node {key}: {reason}")]
    Unreadable {
        /// Which.
        key: NodeKey,
        /// Why.
        reason: String,
    },
}

fn read(tree: &dyn NodeRead, key: NodeKey) -> Result<Arc<Node>, TreeError> {
    match tree.node(&key) {
        Ok(Some(node)) => Ok(node),
        Ok(None) => Err(TreeError::Missing(key)),
        Err(reason) => Err(TreeError::Unreadable { key, reason }),
    }
}
