//! Writing a decided block: one batch, synced.

use std::ops::Range;
use std::sync::PoisonError;

use rocksdb::WriteBatch;
use serde::{Deserialize, Serialize};
use yilian_abi::state_key::is_index;
use yilian_crash_point::Write;
use yilian_crypto::Digest;
use yilian_executor::CommittedBlock;
use yilian_merkle::log::Frontier;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{Header, Height, codec};

use crate::columns::{self, *};
use crate::place::{InBlock, places};
use crate::{ExecutedTransaction, StorageError, Store, damaged, history, values};

/// Key of the tip in the meta column.
pub(crate) const TIP: &[u8] = b"tip";

/// Where a chain stands.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tip {
    pub(crate) height: Height,
    pub(crate) frontier: Frontier,
    pub(crate) next_validators: Digest,
}

impl Tip {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, StorageError> {
        codec::decode::<Tip, 16_384>(bytes).map_err(|_| damaged("the record of the tip"))
    }
}

/// A header with the place of its receipts.
#[derive(Serialize, Deserialize)]
pub(crate) struct HeaderRecord {
    #[serde(with = "serde_bytes")]
    pub(crate) header: Vec<u8>,
    /// Log index of the first receipt.
    pub(crate) receipts_from: u64,
    /// Number of receipts.
    pub(crate) receipts: u32,
}

impl HeaderRecord {
    /// Log indexes of its receipts.
    pub(crate) fn log_indexes(&self) -> Range<u64> {
        self.receipts_from..self.receipts_from.saturating_add(u64::from(self.receipts))
    }
}

fn what(header: &Header) -> Write {
    match header.next_validators_hash == header.validators_hash {
        true => Write::Commit,
        false => Write::CommitOfChange,
    }
}

impl Store {
    /// Writes a block and everything it does, and makes it the tip. Its transactions leave the pool, and proposals of
    /// its height and below are forgotten.
    ///
    /// # Errors
    /// If the block is not the one after the tip, or the disk fails; then nothing is written.
    pub fn commit(&self, block: &CommittedBlock) -> Result<(), StorageError> {
        let header = &block.block().header;
        let tip = self.tip();
        let expected = tip.as_ref().map_or(0, |tip| tip.header().height + 1);
        if header.height != expected {
            let got = header.height;
            return Err(StorageError(format!(
                "block {got} cannot be committed: expected block {expected}"
            )));
        }
        let mut batch = WriteBatch::default();
        self.put_block(&mut batch, block)?;
        let trace_bytes = self.put_log(&mut batch, block)?;
        self.put_state(&mut batch, block)?;
        self.put_stale_nodes(&mut batch, block)?;
        self.prune(&mut batch, header.height)?;
        self.prune_bodies(&mut batch, header)?;
        self.forget(&mut batch, block)?;
        self.0.write(what(header), batch)?;
        self.remember(block, &trace_bytes);
        // Between the database and the tip: whoever reads the new tip finds its values, and nobody those of the next one.
        self.0.values.advance(header.height, block.changes());
        for key in &block.tree().stale {
            self.0.nodes.replaced(key);
        }
        for (key, node) in &block.tree().nodes {
            self.0.nodes.put(key, node);
        }
        let deciders = match &tip {
            Some(tip) => tip.next_validators().clone(),
            None => block.next_validators().clone(),
        };
        let snapshot = self.snapshot(
            header.clone(),
            block.frontier().clone(),
            deciders,
            block.next_validators().clone(),
        );
        let mut tip = self.0.tip.write().unwrap_or_else(PoisonError::into_inner);
        *tip = Some(snapshot);
        Ok(())
    }

    fn put_block(
        &self,
        batch: &mut WriteBatch,
        block: &CommittedBlock,
    ) -> Result<(), StorageError> {
        let db = &self.0.db;
        let header = &block.block().header;
        let height = header.height.to_be_bytes();
        let record = HeaderRecord {
            header: header.encode(),
            receipts_from: block
                .executions()
                .first()
                .map_or(0, |first| first.log_index),
            receipts: u32::try_from(block.executions().len())
                .map_err(|_| StorageError("too many receipts in one block".to_owned()))?,
        };
        let bytes = block.block().encode();
        let transactions = InBlock::all(block.block(), &record);
        let column = columns::handle(db, TRANSACTIONS)?;
        for (id, place) in places(header.height, bytes.len(), transactions)? {
            batch.put_cf(column, id.0.as_bytes(), place.to_bytes());
        }
        batch.put_cf(columns::handle(db, BLOCKS)?, height, bytes);
        batch.put_cf(
            columns::handle(db, HEADERS)?,
            height,
            codec::encode(&record),
        );
        if let Some(certificate) = block.certificate() {
            let column = columns::handle(db, CERTIFICATES)?;
            batch.put_cf(column, height, certificate.encode());
        }
        let next = block.next_validators();
        let sets = columns::handle(db, VALIDATOR_SETS)?;
        batch.put_cf(sets, next.hash().as_bytes(), next.encode());
        if header.next_validators_hash != header.validators_hash {
            batch.put_cf(columns::handle(db, SET_CHANGES)?, height, []);
        }
        let tip = Tip {
            height: header.height,
            frontier: block.frontier().clone(),
            next_validators: next.hash(),
        };
        batch.put_cf(columns::handle(db, META)?, TIP, codec::encode(&tip));
        Ok(())
    }

    /// Gives how many bytes the trace of each execution has.
    fn put_log(
        &self,
        batch: &mut WriteBatch,
        block: &CommittedBlock,
    ) -> Result<Vec<usize>, StorageError> {
        let db = &self.0.db;
        let first = block.frontier().size() - block.leaves().len() as u64;
        let leaves = columns::handle(db, LEAVES)?;
        for (leaf, index) in block.leaves().iter().zip(first..) {
            batch.put_cf(leaves, index.to_be_bytes(), leaf);
        }
        let nodes = columns::handle(db, LOG_NODES)?;
        for node in block.log_nodes() {
            let key = columns::log_node_key(node.level, node.index);
            batch.put_cf(nodes, key, node.hash.as_bytes());
        }
        let traces = columns::handle(db, TRACES)?;
        let mut bytes = Vec::with_capacity(block.executions().len());
        for execution in block.executions() {
            let trace = codec::encode(&execution.trace);
            bytes.push(trace.len());
            batch.put_cf(traces, execution.log_index.to_be_bytes(), trace);
        }
        Ok(bytes)
    }

    /// Keeps the transactions of a block, whose executions are its last ones.
    fn remember(&self, block: &CommittedBlock, trace_bytes: &[usize]) {
        let transactions = block.block().transactions.iter().rev();
        let executions = block.executions().iter().zip(trace_bytes).rev();
        for (transaction, (execution, trace_bytes)) in transactions.zip(executions) {
            let (transaction, execution) = (transaction.clone(), execution.clone());
            let executed = ExecutedTransaction {
                transaction,
                execution,
            };
            self.0.executed.put(executed, *trace_bytes);
        }
    }

    fn put_state(
        &self,
        batch: &mut WriteBatch,
        block: &CommittedBlock,
    ) -> Result<(), StorageError> {
        let db = &self.0.db;
        let height = block.block().header.height;
        let keys = columns::handle(db, STATE_KEYS)?;
        let stored = columns::handle(db, STATE_VALUES)?;
        let stale = columns::handle(db, STALE_VALUES)?;
        for (key, change) in block.changes() {
            if is_index(key) {
                // Nobody proves it and no block reads it, so it needs neither versions nor a hash.
                match change {
                    Some(_) => batch.put_cf(keys, key, values::encode(change.as_ref())),
                    None => batch.delete_cf(keys, key),
                }
                continue;
            }
            let hash = Digest::sha256(key);
            // Nothing older is to be deleted of a key that is known to be new. Who deposits has looked.
            let is_new = change.is_some() && self.0.values.is_absent(height.wrapping_sub(1), key);
            if !is_new {
                let entry = history::stale_value_key(height, hash.as_bytes());
                batch.put_cf(stale, entry, [u8::from(change.is_some())]);
            }
            match change {
                Some(_) => batch.put_cf(keys, key, []),
                // A scan must not walk over everything that ever was. A query on an older snapshot may miss it.
                None => batch.delete_cf(keys, key),
            }
            let value_key = columns::value_key(hash.as_bytes(), height);
            batch.put_cf(stored, value_key, values::encode(change.as_ref()));
        }
        let nodes = columns::handle(db, TREE_NODES)?;
        for (key, node) in &block.tree().nodes {
            batch.put_cf(nodes, key.to_bytes(), node.encode());
        }
        Ok(())
    }

    fn forget(&self, batch: &mut WriteBatch, block: &CommittedBlock) -> Result<(), StorageError> {
        let db = &self.0.db;
        let pool = columns::handle(db, POOL)?;
        for transaction in &block.block().transactions {
            batch.delete_cf(pool, transaction.id().0.as_bytes());
        }
        let after = (block.block().header.height + 1).to_be_bytes();
        let undecided = columns::handle(db, UNDECIDED)?;
        batch.delete_range_cf(undecided, [0; 8].as_slice(), after.as_slice());
        Ok(())
    }
}
