//! What must survive a crash before any block holds it: proposals, waiting transactions, misbehaviour.

use rocksdb::{Direction, IteratorMode, WriteBatch};
use serde::{Deserialize, Serialize};
use yilian_crash_point::Write;
use yilian_crypto::Digest;
use yilian_primitives::limits::{BLOCK_BYTES_MAX, TRANSACTION_BYTES_MAX};
use yilian_primitives::{Address, BlockRef, Envelope, Height, TxId, VerifiedTransaction, codec};

use crate::columns::{self, MISBEHAVIOURS, POOL, UNDECIDED};
use crate::{StorageError, Store, damaged};

const PROPOSAL_BYTES_MAX: usize = BLOCK_BYTES_MAX + 1_024;
const POOLED_BYTES_MAX: usize = TRANSACTION_BYTES_MAX + 1_024;

/// A proposal that is not decided yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndecidedProposal {
    /// Height it is for.
    pub height: Height,
    /// Round in which it was proposed.
    pub round: u32,
    /// Earlier round in which more than two thirds prevoted it.
    pub valid_round: Option<u32>,
    /// Who proposed it in this round.
    pub proposer: Address,
    /// What is voted on.
    pub value: BlockRef,
    /// The encoded block.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
    /// Whether executing it gave what its header says.
    pub valid: bool,
}

fn undecided_key(height: Height, round: u32, value: &BlockRef) -> Vec<u8> {
    let mut key = height.to_be_bytes().to_vec();
    key.extend_from_slice(&round.to_be_bytes());
    key.extend_from_slice(value.header_hash.as_bytes());
    key
}

impl Store {
    /// Keeps a proposal; the same height, round and value again replaces it.
    pub fn keep_proposal(&self, proposal: &UndecidedProposal) -> Result<(), StorageError> {
        let column = columns::handle(&self.0.db, UNDECIDED)?;
        let key = undecided_key(proposal.height, proposal.round, &proposal.value);
        let bytes = codec::encode(proposal);
        let mut batch = WriteBatch::default();
        batch.put_cf(column, key, bytes);
        self.0.write(Write::Proposal, batch)
    }

    /// The proposals kept for a height, and for one round of it if given.
    pub fn kept_proposals(
        &self,
        height: Height,
        round: Option<u32>,
    ) -> Result<Vec<UndecidedProposal>, StorageError> {
        let column = columns::handle(&self.0.db, UNDECIDED)?;
        let mut prefix = height.to_be_bytes().to_vec();
        if let Some(round) = round {
            prefix.extend_from_slice(&round.to_be_bytes());
        }
        let mode = IteratorMode::From(&prefix, Direction::Forward);
        let mut kept = Vec::new();
        for entry in self.0.db.iterator_cf(column, mode) {
            let (key, bytes) = entry?;
            if !key.starts_with(&prefix) {
                break;
            }
            let proposal = codec::decode::<UndecidedProposal, PROPOSAL_BYTES_MAX>(&bytes);
            kept.push(proposal.map_err(|_| damaged("a kept proposal"))?);
        }
        Ok(kept)
    }

    /// Keeps transactions that wait, before their senders are told that they were accepted.
    pub fn keep_transactions(
        &self,
        transactions: &[VerifiedTransaction],
    ) -> Result<(), StorageError> {
        let column = columns::handle(&self.0.db, POOL)?;
        let mut batch = WriteBatch::default();
        for transaction in transactions {
            let bytes = codec::encode(transaction.envelope());
            batch.put_cf(column, transaction.id().0.as_bytes(), bytes);
        }
        self.0.write(Write::Transaction, batch)
    }

    /// Forgets transactions that left the pool without a block.
    pub fn forget_transactions(&self, ids: &[TxId]) -> Result<(), StorageError> {
        let column = columns::handle(&self.0.db, POOL)?;
        let mut batch = WriteBatch::default();
        for id in ids {
            batch.delete_cf(column, id.0.as_bytes());
        }
        self.0.write(Write::Forgotten, batch)
    }

    /// The transactions that waited when the node stopped.
    pub fn kept_transactions(&self) -> Result<Vec<VerifiedTransaction>, StorageError> {
        let column = columns::handle(&self.0.db, POOL)?;
        let mut kept = Vec::new();
        for entry in self.0.db.iterator_cf(column, IteratorMode::Start) {
            let (_, bytes) = entry?;
            let envelope = codec::decode::<Envelope, POOLED_BYTES_MAX>(&bytes);
            let envelope = envelope.map_err(|_| damaged("a waiting transaction"))?;
            kept.push(
                envelope
                    .verify()
                    .map_err(|_| damaged("a waiting transaction"))?,
            );
        }
        Ok(kept)
    }

    /// Keeps a validator's misbehaviour for those who must answer for it.
    pub fn keep_misbehaviour(
        &self,
        height: Height,
        address: &Address,
        what: &str,
    ) -> Result<(), StorageError> {
        let column = columns::handle(&self.0.db, MISBEHAVIOURS)?;
        let mut key = height.to_be_bytes().to_vec();
        key.extend_from_slice(address.as_bytes());
        key.extend_from_slice(Digest::sha256(what.as_bytes()).as_bytes());
        let mut batch = WriteBatch::default();
        batch.put_cf(column, key, what);
        self.0.write(Write::Misbehaviour, batch)
    }
}
