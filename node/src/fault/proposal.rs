//! Blocks that are wrong in themselves, from a proposer that means no good; only in a test build.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use yilian_consensus::{Attack, Candidate, Verdict};
use yilian_crypto::Digest;
use yilian_merkle::log;
use yilian_primitives::{Address, Block, VerifiedTransaction};

/// An hour, in ms.
const HOUR_MS: u64 = 3_600_000;
/// Bytes that are no block.
const NOISE: [u8; 512] = [0xa5; 512];

/// How many blocks were proposed.
static TURN: AtomicUsize = AtomicUsize::new(0);
/// What earlier blocks of this proposer held.
static EXECUTED: Mutex<Vec<VerifiedTransaction>> = Mutex::new(Vec::new());

/// What is proposed in place of a good block.
pub(super) fn candidate(block: &Block) -> Option<Candidate> {
    let turn = TURN.fetch_add(1, Ordering::Relaxed);
    let mut other = block.clone();
    match Attack::of_environment()? {
        Attack::WrongRoots => wrong_root(&mut other, turn),
        Attack::InvalidProposals if turn % 12 == 11 => {
            let (value, bytes) = (block.header.block_ref(), NOISE.to_vec());
            return Some(Candidate { value, bytes });
        }
        Attack::InvalidProposals => invalid(&mut other, turn % 12),
        _ => return None,
    }
    let (value, bytes) = (other.header.block_ref(), other.encode());
    Some(Candidate { value, bytes })
}

/// Liars find each other's blocks good.
pub(super) fn verdict(verdict: Verdict) -> Verdict {
    let attack = Attack::of_environment();
    match verdict {
        Verdict::Refused { value, .. }
            if attack.is_some_and(Attack::finds_anything_good)
                && value.header_hash != Digest::ZERO =>
        {
            Verdict::Valid(value)
        }
        verdict => verdict,
    }
}

fn wrong_root(block: &mut Block, turn: usize) {
    let header = &mut block.header;
    let root = match turn % 3 {
        0 => &mut header.state_root,
        1 => &mut header.log_root,
        _ => &mut header.next_validators_hash,
    };
    *root = Digest::sha256(root.as_bytes());
}

fn invalid(block: &mut Block, kind: usize) {
    let header = &mut block.header;
    match kind {
        0 => header.time_ms += HOUR_MS,
        1 => header.time_ms -= HOUR_MS,
        2 => header.parent_hash = Digest::sha256(header.parent_hash.as_bytes()),
        3 => header.height += 1,
        4 => header.proposer = Address::from_bytes([7; Address::LENGTH]),
        5 => header.chain_spec = Digest::ZERO,
        6 => header.parameters_hash = Digest::ZERO,
        7 => header.log_size += 1,
        8 => {
            // A certificate without a quorum.
            if let Some(certificate) = &mut block.parent_certificate {
                certificate.signatures.truncate(1);
                header.parent_commit_hash = certificate.hash();
            }
        }
        // A transaction twice, and one that was executed before.
        9 => {
            let first = block.transactions.first().cloned();
            with_more(block, first);
        }
        _ => {
            let executed = EXECUTED.lock().unwrap_or_else(PoisonError::into_inner);
            let old = executed.first().cloned();
            drop(executed);
            with_more(block, old);
        }
    }
    let mut executed = EXECUTED.lock().unwrap_or_else(PoisonError::into_inner);
    executed.extend(block.transactions.first().cloned());
    executed.truncate(1);
}

fn with_more(block: &mut Block, more: Option<VerifiedTransaction>) {
    block.transactions.extend(more);
    let leaf = |transaction| log::leaf_hash(&Block::transaction_leaf(transaction));
    let leaves: Vec<_> = block.transactions.iter().map(leaf).collect();
    block.header.transactions_root = log::root(&leaves);
    block.header.transaction_count = block.transactions.len() as u64;
}
