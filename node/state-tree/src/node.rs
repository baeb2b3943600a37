//! A node: up to sixteen children, and their hash.

use thiserror::Error;
use yilian_crypto::Digest;
use yilian_merkle::state::StateProof;

/// Children of a node, at most.
pub(crate) const CHILDREN: u8 = 16;
/// Bytes of the two maps before the children.
const MAPS_BYTES: usize = 4;

/// What stands at a digit of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Child {
    pub(crate) hash: Digest,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The only key in its subtree, kept in its parent.
    Leaf { key: Digest, value: Digest },
    /// A node of its own, and the version that made it.
    Inner { version: u64 },
}

impl Child {
    pub(crate) fn leaf(key: Digest, value: Digest) -> Self {
        Child {
            hash: StateProof::leaf_hash(&key, &value),
            kind: Kind::Leaf { key, value },
        }
    }

    pub(crate) fn inner(hash: Digest, version: u64) -> Self {
        Child {
            hash,
            kind: Kind::Inner { version },
        }
    }

    pub(crate) fn is_leaf(&self) -> bool {
        matches!(self.kind, Kind::Leaf { .. })
    }
}

/// A node of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// By rising digit. Most nodes have two or three and are kept in memory, so no place is kept for those that are not there.
    children: Box<[(u8, Child)]>,
}

/// Bytes are no node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the bytes are no node of the state tree")]
pub struct MalformedNode;

/// What stands in a range of a node's digits.
pub(crate) enum Stands<'n> {
    /// Nothing.
    Nothing,
    /// One leaf and nothing else.
    Leaf(&'n Child),
    /// Something else.
    More,
}

impl Node {
    /// `children` stand by rising digit.
    pub(crate) fn new(children: Vec<(u8, Child)>) -> Self {
        Node {
            children: children.into_boxed_slice(),
        }
    }

    pub(crate) fn children(&self) -> &[(u8, Child)] {
        &self.children
    }

    pub(crate) fn child(&self, digit: u8) -> Option<&Child> {
        let place = self.children.binary_search_by_key(&digit, |(own, _)| *own);
        self.children.get(place.ok()?).map(|(_, child)| child)
    }

    /// Hash of the node.
    pub fn hash(&self) -> Digest {
        hash_of(&self.children, 0, CHILDREN)
    }

    /// Hash of what stands in a range of digits, `from` and `width` a half, a quarter and so on of a node.
    pub(crate) fn range_hash(&self, from: u8, width: u8) -> Digest {
        hash_of(self.range(from, width), from, width)
    }

    pub(crate) fn stands(&self, from: u8, width: u8) -> Stands<'_> {
        match self.range(from, width) {
            [] => Stands::Nothing,
            [(_, child)] if child.is_leaf() => Stands::Leaf(child),
            _ => Stands::More,
        }
    }

    fn range(&self, from: u8, width: u8) -> &[(u8, Child)] {
        let place = |digit: u8| self.children.partition_point(|(own, _)| *own < digit);
        let range = place(from)..place(from.saturating_add(width));
        self.children.get(range).unwrap_or_default()
    }

    /// The bytes for disk: a map of the digits that have a child (2 bytes), one of those that are leaves (2 bytes, both
    /// big-endian, the highest bit for digit 0), then each child: hash of the key and hash of the value (32 bytes each) of a
    /// leaf; version (8 bytes, big-endian) and hash (32 bytes) of an inner node.
    pub fn encode(&self) -> Vec<u8> {
        let (mut present, mut leaves) = (0u16, 0u16);
        let mut bytes = vec![0; MAPS_BYTES];
        for (digit, child) in &self.children {
            let bit = 0x8000u16 >> digit;
            present |= bit;
            match &child.kind {
                Kind::Leaf { key, value } => {
                    leaves |= bit;
                    bytes.extend_from_slice(key.as_bytes());
                    bytes.extend_from_slice(value.as_bytes());
                }
                Kind::Inner { version } => {
                    bytes.extend_from_slice(&version.to_be_bytes());
                    bytes.extend_from_slice(child.hash.as_bytes());
                }
            }
        }
        let maps = [present.to_be_bytes(), leaves.to_be_bytes()].concat();
        bytes.splice(..MAPS_BYTES, maps);
        bytes
    }

    /// Reads a node.
    ///
    /// # Errors
    /// If the bytes are not exactly what [`Node::encode`] writes.
    pub fn decode(bytes: &[u8]) -> Result<Self, MalformedNode> {
        let input = &mut &*bytes;
        let [present, leaves] = [take(input)?, take(input)?].map(u16::from_be_bytes);
        if leaves & !present != 0 {
            return Err(MalformedNode);
        }
        let mut children = Vec::with_capacity(present.count_ones() as usize);
        for digit in 0..CHILDREN {
            let bit = 0x8000u16 >> digit;
            if present & bit == 0 {
                continue;
            }
            let child = match leaves & bit {
                0 => {
                    let version = u64::from_be_bytes(take(input)?);
                    Child::inner(Digest::from_bytes(take(input)?), version)
                }
                _ => Child::leaf(
                    Digest::from_bytes(take(input)?),
                    Digest::from_bytes(take(input)?),
                ),
            };
            children.push((digit, child));
        }
        match input.is_empty() {
            true => Ok(Node::new(children)),
            false => Err(MalformedNode),
        }
    }

    /// Bytes of the node in memory, about.
    pub fn size_bytes(&self) -> usize {
        size_of::<Node>() + self.children.len() * size_of::<(u8, Child)>()
    }
}

/// A subtree with one leaf is that leaf, an empty one has a hash of its own, and every other one has two halves.
fn hash_of(children: &[(u8, Child)], from: u8, width: u8) -> Digest {
    match children {
        [] => StateProof::EMPTY,
        [(_, child)] if child.is_leaf() || width <= 1 => child.hash,
        _ => {
            let half = width / 2;
            let middle = from.saturating_add(half);
            let place = children.partition_point(|(digit, _)| *digit < middle);
            let (left, right) = children.split_at(place);
            StateProof::inner_hash(&hash_of(left, from, half), &hash_of(right, middle, half))
        }
    }
}

fn take<const N: usize>(input: &mut &[u8]) -> Result<[u8; N], MalformedNode> {
    let (head, rest) = input.split_first_chunk::<N>().ok_or(MalformedNode)?;
    *input = rest;
    Ok(*head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn node() -> impl Strategy<Value = Node> {
        let child = (
            any::<bool>(),
            any::<[u8; 32]>(),
            any::<[u8; 32]>(),
            any::<u64>(),
        );
        let child = child.prop_map(|(leaf, one, other, version)| match leaf {
            true => Child::leaf(Digest::from_bytes(one), Digest::from_bytes(other)),
            false => Child::inner(Digest::from_bytes(one), version),
        });
        let children = proptest::collection::btree_map(0u8..CHILDREN, child, 0..=16);
        children.prop_map(|children| Node::new(children.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn a_node_reads_as_it_was_written(node in node()) {
            let bytes = node.encode();
            let leaves = node.children().iter().filter(|(_, child)| child.is_leaf()).count();
            let inner = node.children().len() - leaves;
            prop_assert_eq!(bytes.len(), MAPS_BYTES + leaves * 64 + inner * 40);
            prop_assert_eq!(Node::decode(&bytes), Ok(node));
        }

        #[test]
        fn what_reads_has_these_bytes_and_no_others(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(node) = Node::decode(&bytes) {
                prop_assert_eq!(node.encode(), bytes);
            }
        }

        #[test]
        fn a_node_cut_short_or_longer_is_refused(node in node(), cut in any::<prop::sample::Index>()) {
            let bytes = node.encode();
            let shorter = bytes.get(..cut.index(bytes.len())).unwrap_or_default();
            prop_assert_eq!(Node::decode(shorter), Err(MalformedNode));
            prop_assert_eq!(Node::decode(&[bytes, vec![0]].concat()), Err(MalformedNode));
        }
    }
}
