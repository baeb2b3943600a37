//! Making proofs from complete subtrees.

use yilian_crypto::Digest;

use super::{ConsistencyProof, InclusionProof, NodeRead, ProofError, empty_root, node_hash};

/// Proves that leaf `index` is in the first `size` leaves.
pub fn prove_inclusion(
    nodes: &impl NodeRead,
    index: u64,
    size: u64,
) -> Result<InclusionProof, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { index, size });
    }
    let mut hashes = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let split = from + split_of(to - from);
        if index < split {
            hashes.push(range(nodes, split, to)?);
            to = split;
        } else {
            hashes.push(range(nodes, from, split)?);
            from = split;
        }
    }
    hashes.reverse();
    Ok(InclusionProof {
        index,
        size,
        hashes,
    })
}

/// Proves that the first `new` leaves begin with the first `old`.
pub fn prove_consistency(
    nodes: &impl NodeRead,
    old: u64,
    new: u64,
) -> Result<ConsistencyProof, ProofError> {
    if old > new {
        return Err(ProofError::Shrinks { old, new });
    }
    let mut hashes = Vec::new();
    if old > 0 && old < new {
        let (mut from, mut to) = (0, new);
        // Whether the subtree that is left is the whole old tree, whose root the verifier knows already.
        let mut whole = true;
        while to != old {
            let split = from + split_of(to - from);
            if old <= split {
                hashes.push(range(nodes, split, to)?);
                to = split;
            } else {
                hashes.push(range(nodes, from, split)?);
                from = split;
                whole = false;
            }
        }
        if !whole {
            hashes.push(range(nodes, from, to)?);
        }
        hashes.reverse();
    }
    Ok(ConsistencyProof {
        old_size: old,
        new_size: new,
        hashes,
    })
}

/// Root of the first `size` leaves.
pub fn root_at(nodes: &impl NodeRead, size: u64) -> Result<Digest, ProofError> {
    if size == 0 {
        Ok(empty_root())
    } else {
        range(nodes, 0, size)
    }
}

/// Largest power of two below `count`, which is at least 2.
fn split_of(count: u64) -> u64 {
    1 << (63 - (count - 1).leading_zeros())
}

/// Root of the leaves `[from, to)`, where `from` is where a subtree of the tree begins and `to` is beyond it.
fn range(nodes: &impl NodeRead, from: u64, to: u64) -> Result<Digest, ProofError> {
    let count = to - from;
    if count.is_power_of_two() {
        let level = count.trailing_zeros() as u8;
        let index = from >> level;
        return nodes
            .node(level, index)
            .ok_or(ProofError::MissingNode { level, index });
    }
    // The left part is complete, so this goes at most 64 deep.
    let split = from + split_of(count);
    let left = range(nodes, from, split)?;
    let right = range(nodes, split, to)?;
    Ok(node_hash(&left, &right))
}
