//! The right edge of the tree: all that appending needs.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_crypto::Digest;

use super::{Node, empty_root, node_hash};

/// Most leaves of a log. Adding one never overflows below it, and a thousand leaves a second reach it in 146 million years.
pub const SIZE_MAX: u64 = 1 << 62;

/// Size of a log and the roots of its maximal complete subtrees, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form")]
pub struct Frontier {
    size: u64,
    roots: Vec<Digest>,
}

#[derive(Deserialize)]
struct Form {
    size: u64,
    roots: Vec<Digest>,
}

/// Size and roots form no frontier.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FrontierError {
    /// The number of roots does not belong to the size.
    #[error("frontier of size {size}: expected {} roots, got {got}", size.count_ones())]
    Roots {
        /// Size given.
        size: u64,
        /// Roots given.
        got: usize,
    },
    /// More leaves than [`SIZE_MAX`].
    #[error("frontier of size {size}: expected at most {SIZE_MAX}")]
    Size {
        /// Size given.
        size: u64,
    },
}

impl TryFrom<Form> for Frontier {
    type Error = FrontierError;

    fn try_from(form: Form) -> Result<Self, FrontierError> {
        Frontier::new(form.size, form.roots)
    }
}

impl Frontier {
    /// A frontier of a size with its roots, largest subtree first.
    pub fn new(size: u64, roots: Vec<Digest>) -> Result<Self, FrontierError> {
        if size > SIZE_MAX {
            return Err(FrontierError::Size { size });
        }
        if roots.len() != size.count_ones() as usize {
            let got = roots.len();
            return Err(FrontierError::Roots { size, got });
        }
        Ok(Frontier { size, roots })
    }

    /// Appends a leaf hash; gives the complete subtrees that are new, the leaf first.
    pub fn append(&mut self, leaf: Digest) -> Vec<Node> {
        let mut node = Node {
            level: 0,
            index: self.size,
            hash: leaf,
        };
        let mut nodes = vec![node];
        // Each trailing one bit of the old size is a subtree that now has a sibling.
        while node.index & 1 == 1 {
            let Some(left) = self.roots.pop() else { break };
            node = Node {
                level: node.level + 1,
                index: node.index >> 1,
                hash: node_hash(&left, &node.hash),
            };
            nodes.push(node);
        }
        self.roots.push(node.hash);
        self.size += 1;
        nodes
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the maximal complete subtrees, largest first.
    pub fn roots(&self) -> &[Digest] {
        &self.roots
    }

    /// Root of the tree.
    pub fn root(&self) -> Digest {
        let folded = self
            .roots
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right));
        folded.unwrap_or_else(empty_root)
    }
}
