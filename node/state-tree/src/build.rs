//! A version of the tree from all its leaves at once, in memory that does not grow with them.

use yilian_crypto::Digest;

use crate::NodeKey;
use crate::key::{Path, digit};
use crate::node::{Child, Node};

/// Hash of a key, and of what it holds.
pub type Leaf = (Digest, Digest);

/// Makes a version out of its leaves, which come by rising key and each once; gives the root hash. What comes in another
/// order leads to another root. `keep` takes every node, children before their parents.
///
/// # Errors
/// Those of `leaves` and `keep`.
pub fn build<E>(
    version: u64,
    leaves: impl Iterator<Item = Result<Leaf, E>>,
    keep: &mut dyn FnMut(NodeKey, Node) -> Result<(), E>,
) -> Result<Digest, E> {
    let mut work = Work {
        version,
        leaves,
        next: [None, None],
        keep,
    };
    work.take()?;
    work.take()?;
    let root = work.node(Path::ROOT)?;
    let hash = root.hash();
    (work.keep)(NodeKey::root(version), root)?;
    Ok(hash)
}

struct Work<'k, I, E> {
    version: u64,
    leaves: I,
    /// The next leaf and the one after it: whether a leaf stands alone is seen from both.
    next: [Option<Leaf>; 2],
    keep: &'k mut dyn FnMut(NodeKey, Node) -> Result<(), E>,
}

impl<I: Iterator<Item = Result<Leaf, E>>, E> Work<'_, I, E> {
    /// Takes the next leaf.
    fn take(&mut self) -> Result<(), E> {
        let [_, second] = self.next;
        self.next = [second, self.leaves.next().transpose()?];
        Ok(())
    }

    /// The node on a way, with all leaves below it. No deeper than a path has digits.
    fn node(&mut self, path: Path) -> Result<Node, E> {
        let mut children = Vec::new();
        while let [Some((key, value)), second] = self.next
            && path.leads_to(&key)
        {
            let place = digit(key.as_bytes(), path.depth());
            let below = path.child(place);
            let child =
                match second.is_some_and(|(other, _)| other != key && below.leads_to(&other)) {
                    false => {
                        self.take()?;
                        Child::leaf(key, value)
                    }
                    true => {
                        let node = self.node(below)?;
                        let child = Child::inner(node.hash(), self.version);
                        let key = NodeKey {
                            version: self.version,
                            path: below,
                        };
                        (self.keep)(key, node)?;
                        child
                    }
                };
            children.push((place, child));
        }
        Ok(Node::new(children))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use super::*;
    use crate::{NoNodes, update};
    use proptest::prelude::*;

    fn built(leaves: &BTreeMap<Digest, Digest>) -> (Digest, BTreeMap<NodeKey, Node>) {
        let mut nodes = BTreeMap::new();
        let each = leaves
            .iter()
            .map(|(key, value)| Ok::<_, Infallible>((*key, *value)));
        let Ok(root) = build(7, each, &mut |key, node| {
            nodes.insert(key, node);
            Ok(())
        });
        (root, nodes)
    }

    /// The tree that grows by changes.
    fn grown(leaves: &BTreeMap<Digest, Digest>) -> (Digest, BTreeMap<NodeKey, Node>) {
        let changes = leaves.iter().map(|(key, value)| (*key, Some(*value)));
        let grown = update(&NoNodes, None, 7, changes).expect("grows");
        let nodes = grown.nodes.into_iter();
        (
            grown.root,
            nodes.map(|(key, node)| (key, (*node).clone())).collect(),
        )
    }

    #[test]
    fn nothing_and_one_leaf_are_trees_too() {
        for count in 0..3u8 {
            let leaves = (0..count)
                .map(|n| (Digest::sha256(&[n]), Digest::sha256(b"v")))
                .collect();
            assert_eq!(built(&leaves), grown(&leaves), "{count} leaves");
        }
    }

    #[test]
    fn keys_that_differ_in_the_last_digit_alone_part_there() {
        let mut bytes = [7; 32];
        let one = Digest::from_bytes(bytes);
        bytes[31] ^= 1;
        let leaves = [(one, one), (Digest::from_bytes(bytes), one)].into();
        assert_eq!(built(&leaves), grown(&leaves));
        assert_eq!(built(&leaves).1.len(), 64);
    }

    proptest! {
        #[test]
        fn it_is_the_tree_that_grows_by_changes(numbers in proptest::collection::vec(any::<u16>(), 0..400)) {
            let leaf = |n: &u16| (Digest::sha256(&n.to_be_bytes()), Digest::sha256(&[1]));
            let leaves = numbers.iter().map(leaf).collect();
            prop_assert_eq!(built(&leaves), grown(&leaves));
        }

        #[test]
        fn keys_of_one_prefix_stand_deep(tails in proptest::collection::btree_set(any::<[u8; 3]>(), 0..60)) {
            let key = |tail: &[u8; 3]| {
                let mut bytes = [0xab; 32];
                bytes[20..23].copy_from_slice(tail);
                (Digest::from_bytes(bytes), Digest::sha256(tail))
            };
            let leaves = tails.iter().map(key).collect();
            prop_assert_eq!(built(&leaves), grown(&leaves));
        }
    }
}
