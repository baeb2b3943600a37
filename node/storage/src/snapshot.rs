//! The chain as one committed block left it.

use std::sync::Arc;
use std::sync::Weak;

use rocksdb::{Direction, IteratorMode, ReadOptions};
use yilian_abi::state_key::is_index;
use yilian_crypto::Digest;
use yilian_executor::{ParentState, StateError, StoredValue};
use yilian_merkle::log::Frontier;
use yilian_merkle::state::StateProof;
use yilian_primitives::{Header, Height, TxId, ValidatorSet};
use yilian_state_tree::NodeRead;

use crate::columns::{self, STATE_KEYS};
use crate::{Inner, StorageError, Store, values};

/// Everything as of one height. It stays as it is while later blocks are committed.
pub struct Snapshot {
    /// The tip inside the database points to a snapshot, so the way back must not keep the database open.
    pub(crate) store: Weak<Inner>,
    pub(crate) header: Header,
    pub(crate) frontier: Frontier,
    pub(crate) deciders: ValidatorSet,
    pub(crate) next: ValidatorSet,
}

/// A snapshot together with the database it reads.
pub(crate) struct OpenSnapshot {
    inner: Arc<Inner>,
    snapshot: Arc<Snapshot>,
}

impl Snapshot {
    /// Header of the block.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The log after the block.
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Validators that decided the block.
    pub fn deciders(&self) -> &ValidatorSet {
        &self.deciders
    }

    /// Validators that decide the next block.
    pub fn next_validators(&self) -> &ValidatorSet {
        &self.next
    }

    /// This snapshot as executor and queries read it.
    pub fn open(self: &Arc<Self>) -> Result<Arc<dyn ParentState>, StorageError> {
        let inner = self.store.upgrade();
        let inner = inner.ok_or_else(|| StorageError("the database is closed".to_owned()))?;
        Ok(Arc::new(OpenSnapshot {
            inner,
            snapshot: Arc::clone(self),
        }))
    }

    /// Value and proof of presence or absence of a state key.
    pub fn prove(
        self: &Arc<Self>,
        key: &[u8],
    ) -> Result<(Option<StoredValue>, StateProof), StateError> {
        provable(key)?;
        let state = self.open()?;
        let value = state.value(key)?;
        let proof =
            yilian_state_tree::prove(state.tree(), self.header.height, &Digest::sha256(key))?;
        Ok((value, proof))
    }
}

/// The tree would prove of a key of an index that it is absent.
fn provable(key: &[u8]) -> Result<(), StateError> {
    match is_index(key) {
        true => Err(StateError(
            "an index is not in the state tree: nothing proves its keys".to_owned(),
        )),
        false => Ok(()),
    }
}

impl Store {
    /// Value and proof of presence or absence of a state key as of a height.
    pub fn prove(
        &self,
        height: Height,
        key: &[u8],
    ) -> Result<(Option<StoredValue>, StateProof), StateError> {
        provable(key)?;
        let from = self.state_from()?;
        if height < from {
            let reason =
                format!("the state of height {height} is no longer kept: expected {from} or later");
            return Err(StateError(reason));
        }
        let hash = Digest::sha256(key);
        let value = self.0.value_at(hash.as_bytes(), height)?;
        let proof = yilian_state_tree::prove(self.0.as_ref(), height, &hash)?;
        Ok((value, proof))
    }

    pub(crate) fn snapshot(
        &self,
        header: Header,
        frontier: Frontier,
        deciders: ValidatorSet,
        next: ValidatorSet,
    ) -> Arc<Snapshot> {
        Arc::new(Snapshot {
            store: Arc::downgrade(&self.0),
            header,
            frontier,
            deciders,
            next,
        })
    }
}

impl OpenSnapshot {
    /// The value of a key of the tree, from memory if it is known there.
    fn remembered(
        &self,
        key: &[u8],
        read: impl FnOnce(&Digest, Height) -> Result<Option<StoredValue>, StorageError>,
    ) -> Result<Option<StoredValue>, StateError> {
        let height = self.snapshot.header.height;
        if let Some(known) = self.inner.values.get(height, key) {
            return Ok(known);
        }
        let value = read(&Digest::sha256(key), height)?;
        self.inner.values.put(height, key, &value);
        Ok(value)
    }

    /// The value of a key of an index, if this snapshot has it: a later block may have written it.
    fn indexed(&self, bytes: &[u8]) -> Result<Option<StoredValue>, StateError> {
        let stored = values::decode(bytes)?;
        let written = self.snapshot.header.log_size;
        Ok(stored.filter(|stored| stored.writer < written))
    }
}

impl ParentState for OpenSnapshot {
    fn value(&self, key: &[u8]) -> Result<Option<StoredValue>, StateError> {
        if is_index(key) {
            let bytes = columns::get(&self.inner.db, STATE_KEYS, key)?;
            return Ok(bytes
                .map(|bytes| self.indexed(&bytes))
                .transpose()?
                .flatten());
        }
        // Who asks for a key that is absent is about to write it, mostly, and needs the same nodes of the tree. They are in memory
        // more often than the database's answer. If one is gone, the values know.
        self.remembered(key, |hash, height| {
            let tree = self.inner.as_ref();
            match yilian_state_tree::contains(tree, height, hash).unwrap_or(true) {
                true => self.inner.value_at(hash.as_bytes(), height),
                false => Ok(None),
            }
        })
    }

    fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, StoredValue)>, StateError> {
        let mut found = Vec::new();
        if from >= to || limit == 0 {
            return Ok(found);
        }
        let column = columns::handle(&self.inner.db, STATE_KEYS)?;
        let mut options = ReadOptions::default();
        options.set_iterate_upper_bound(to.to_vec());
        let mode = IteratorMode::From(from, Direction::Forward);
        for entry in self.inner.db.iterator_cf_opt(column, options, mode) {
            let (key, bytes) = entry.map_err(StorageError::from)?;
            // Keys of later blocks have no value at this height.
            let stored = match is_index(&key) {
                true => self.indexed(&bytes)?,
                false => self.remembered(&key, |hash, height| {
                    self.inner.value_at(hash.as_bytes(), height)
                })?,
            };
            if let Some(stored) = stored {
                found.push((key.to_vec(), stored));
                if found.len() == limit {
                    break;
                }
            }
        }
        Ok(found)
    }

    fn header(&self) -> &Header {
        &self.snapshot.header
    }

    fn frontier(&self) -> &Frontier {
        &self.snapshot.frontier
    }

    fn deciders(&self) -> &ValidatorSet {
        &self.snapshot.deciders
    }

    fn validators(&self) -> &ValidatorSet {
        &self.snapshot.next
    }

    fn has_transaction(&self, id: &TxId) -> Result<bool, StateError> {
        let place = self.inner.executed_at(id)?;
        Ok(place.is_some_and(|place| place.height <= self.snapshot.header.height))
    }

    fn tree(&self) -> &dyn NodeRead {
        self.inner.as_ref()
    }
}
