//! Roots, presence and proofs of any version that is kept.

use yilian_crypto::Digest;
use yilian_merkle::state::StateProof;

use crate::key::{DIGITS_MAX, Path, digit};
use crate::node::{CHILDREN, Child, Kind, Stands};
use crate::{NodeKey, NodeRead, TreeError, read};

/// Root hash of a version.
///
/// # Errors
/// If the version is not kept or cannot be read.
pub fn root(tree: &dyn NodeRead, version: u64) -> Result<Digest, TreeError> {
    Ok(read(tree, NodeKey::root(version))?.hash())
}

/// Whether a version holds something under the key of this hash.
///
/// # Errors
/// If a node of the version is not kept or cannot be read.
pub fn contains(tree: &dyn NodeRead, version: u64, key: &Digest) -> Result<bool, TreeError> {
    let mut path = Path::ROOT;
    let mut node = read(tree, NodeKey::root(version))?;
    while path.depth() < DIGITS_MAX {
        let place = digit(key.as_bytes(), path.depth());
        path = path.child(place);
        node = match node.child(place).map(|child| &child.kind) {
            None => return Ok(false),
            Some(Kind::Leaf { key: own, .. }) => return Ok(own == key),
            Some(Kind::Inner { version }) => {
                let version = *version;
                read(tree, NodeKey { version, path })?
            }
        };
    }
    Ok(false)
}

/// Proves under the root of a version what the key of this hash holds, or that it is absent.
///
/// # Errors
/// If a node of the version is not kept or cannot be read.
pub fn prove(tree: &dyn NodeRead, version: u64, key: &Digest) -> Result<StateProof, TreeError> {
    let (mut siblings, mut path) = (Vec::new(), Path::ROOT);
    let mut node = read(tree, NodeKey::root(version))?;
    let ended = |leaf: Option<&Child>, mut siblings: Vec<Digest>| {
        siblings.reverse();
        let leaf = leaf.and_then(|child| match child.kind {
            Kind::Leaf { key, value } => Some((key, value)),
            Kind::Inner { .. } => None,
        });
        Ok(StateProof { leaf, siblings })
    };
    while path.depth() < DIGITS_MAX {
        let place = digit(key.as_bytes(), path.depth());
        let (mut from, mut width) = (0, CHILDREN);
        while width > 1 {
            match node.stands(from, width) {
                Stands::Nothing => return ended(None, siblings),
                Stands::Leaf(child) => return ended(Some(child), siblings),
                Stands::More => {}
            }
            width /= 2;
            let middle = from.saturating_add(width);
            let other = match place < middle {
                true => middle,
                false => std::mem::replace(&mut from, middle),
            };
            siblings.push(node.range_hash(other, width));
        }
        path = path.child(place);
        node = match node.child(place) {
            Some(Child {
                kind: Kind::Inner { version },
                ..
            }) => read(
                tree,
                NodeKey {
                    version: *version,
                    path,
                },
            )?,
            leaf_or_nothing => return ended(leaf_or_nothing, siblings),
        };
    }
    ended(None, siblings)
}
