//! The next version: all changes of a block, once down the tree and up again.

use std::sync::Arc;

use yilian_crypto::Digest;

use crate::key::{Path, digit};
use crate::node::{CHILDREN, Child, Kind, Node};
use crate::{NodeKey, NodeRead, TreeError, read};

/// Hash of a key, and hash of what it is to hold, or nothing if it is to be removed.
pub type Change = (Digest, Option<Digest>);

/// What a version adds to the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Root hash of the version.
    pub root: Digest,
    /// Nodes that it made, its root among them, each below its parent in the list.
    pub nodes: Vec<(NodeKey, Arc<Node>)>,
    /// Nodes of earlier versions that are not in it any more.
    pub stale: Vec<NodeKey>,
}

/// Makes a version from an earlier one, or the first one. Every version has a root of its own, also one without changes.
///
/// Of two changes of a key the later one counts.
///
/// # Errors
/// If a node of the earlier version cannot be read.
pub fn update(
    tree: &dyn NodeRead,
    before: Option<u64>,
    version: u64,
    changes: impl IntoIterator<Item = Change>,
) -> Result<Update, TreeError> {
    let mut changes: Vec<Change> = changes.into_iter().collect();
    // Stable, so that of the same key the last one stays last.
    changes.sort_by_key(|(key, _)| *key);
    changes.reverse();
    changes.dedup_by_key(|(key, _)| *key);
    changes.reverse();
    let mut work = Work {
        tree,
        version,
        nodes: Vec::new(),
        stale: Vec::new(),
    };
    let key = NodeKey::root(version);
    let root = match before {
        Some(before) => {
            let before = NodeKey::root(before);
            let node = read(tree, before)?;
            work.stale.push(before);
            work.changed(&node, Path::ROOT, &changes)?
        }
        None => work.changed(&Node::default(), Path::ROOT, &changes)?,
    };
    let hash = root.hash();
    work.nodes.push((key, Arc::new(root)));
    work.nodes.reverse();
    Ok(Update {
        root: hash,
        nodes: work.nodes,
        stale: work.stale,
    })
}

struct Work<'t> {
    tree: &'t dyn NodeRead,
    version: u64,
    nodes: Vec<(NodeKey, Arc<Node>)>,
    stale: Vec<NodeKey>,
}

impl Work<'_> {
    /// A node with the changes of the keys below it, which are not none.
    fn changed(&mut self, node: &Node, path: Path, changes: &[Change]) -> Result<Node, TreeError> {
        let mut children = Vec::with_capacity(usize::from(CHILDREN));
        let mut rest = changes;
        for place in 0..CHILDREN {
            let (own, others) = split(rest, path.depth(), place);
            rest = others;
            let old = node.child(place);
            let child = match own.is_empty() {
                true => old.cloned(),
                false => self.child(old, path.child(place), own)?,
            };
            children.extend(child.map(|child| (place, child)));
        }
        Ok(Node::new(children))
    }

    fn child(
        &mut self,
        old: Option<&Child>,
        path: Path,
        changes: &[Change],
    ) -> Result<Option<Child>, TreeError> {
        let held = changes
            .iter()
            .filter_map(|(key, value)| Some((*key, (*value)?)));
        let mut leaves: Vec<(Digest, Digest)> = held.collect();
        match old.map(|child| &child.kind) {
            Some(Kind::Inner { version }) => {
                let key = NodeKey {
                    version: *version,
                    path,
                };
                let node = read(self.tree, key)?;
                self.stale.push(key);
                let node = self.changed(&node, path, changes)?;
                return Ok(self.settle(node, path));
            }
            // A leaf that is not changed itself moves down beside the others.
            Some(Kind::Leaf { key, value })
                if changes.binary_search_by_key(key, |(key, _)| *key).is_err() =>
            {
                let place = leaves.partition_point(|(other, _)| other < key);
                leaves.insert(place, (*key, *value));
            }
            Some(Kind::Leaf { .. }) | None => {}
        }
        Ok(self.grow(&leaves, path))
    }

    /// A subtree of leaves alone.
    fn grow(&mut self, leaves: &[(Digest, Digest)], path: Path) -> Option<Child> {
        if let [] | [_] = leaves {
            return leaves.first().map(|(key, value)| Child::leaf(*key, *value));
        }
        let mut children = Vec::new();
        let mut rest = leaves;
        for place in 0..CHILDREN {
            let (own, others) = split(rest, path.depth(), place);
            rest = others;
            let child = self.grow(own, path.child(place));
            children.extend(child.map(|child| (place, child)));
        }
        self.settle(Node::new(children), path)
    }

    /// A node as its parent's child: one with a single leaf is that leaf, and one with nothing is nothing.
    fn settle(&mut self, node: Node, path: Path) -> Option<Child> {
        match node.children() {
            [] => None,
            [(_, child)] if child.is_leaf() => Some(child.clone()),
            _ => {
                let child = Child::inner(node.hash(), self.version);
                let key = NodeKey {
                    version: self.version,
                    path,
                };
                self.nodes.push((key, Arc::new(node)));
                Some(child)
            }
        }
    }
}

/// Keys with something, by rising key.
type Part<'s, V> = &'s [(Digest, V)];

/// Those at the head whose key has a digit at a depth, and the others. All stand by rising key.
fn split<V>(sorted: Part<'_, V>, depth: usize, place: u8) -> (Part<'_, V>, Part<'_, V>) {
    sorted.split_at(sorted.partition_point(|(key, _)| digit(key.as_bytes(), depth) <= place))
}
