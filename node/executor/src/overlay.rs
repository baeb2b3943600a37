//! Writes that are not in the state yet: of the block so far, and of the call that runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use yilian_crypto::Digest;
use yilian_primitives::{ReadEntry, WriteEntry};
use yilian_vm::Pair;

use crate::block::StateChange;
use crate::parent::{ParentState, StateError, StoredValue};

/// Writes of the block so far, over the parent's state.
pub(crate) struct BlockOverlay {
    parent: Arc<dyn ParentState>,
    changes: BTreeMap<Vec<u8>, StateChange>,
}

impl BlockOverlay {
    pub(crate) fn new(parent: Arc<dyn ParentState>) -> Self {
        BlockOverlay {
            parent,
            changes: BTreeMap::new(),
        }
    }

    pub(crate) fn value(&self, key: &[u8]) -> Result<Option<StoredValue>, StateError> {
        match self.changes.get(key) {
            Some(change) => Ok(change.clone()),
            None => self.parent.value(key),
        }
    }

    /// Entries of `[from, to)` in key order, at most `limit`.
    pub(crate) fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<BTreeMap<Vec<u8>, StoredValue>, StateError> {
        if from >= to || limit == 0 {
            return Ok(BTreeMap::new());
        }
        let changed: Vec<_> = self.changes.range(from.to_vec()..to.to_vec()).collect();
        // Each removed key can hide at most one entry of the parent, so this many are enough.
        let hidden = changed
            .iter()
            .filter(|(_, change)| change.is_none())
            .count();
        let below = self.parent.scan(from, to, limit.saturating_add(hidden))?;
        let mut entries: BTreeMap<Vec<u8>, StoredValue> = below.into_iter().collect();
        for (key, change) in changed {
            match change {
                Some(value) => entries.insert(key.clone(), value.clone()),
                None => entries.remove(key),
            };
        }
        while entries.len() > limit {
            entries.pop_last();
        }
        Ok(entries)
    }

    pub(crate) fn apply(&mut self, writes: &[WriteEntry], writer: u64) {
        for write in writes {
            let change = write
                .value
                .clone()
                .map(|value| StoredValue { value, writer });
            self.changes.insert(write.key.clone(), change);
        }
    }

    pub(crate) fn into_changes(self) -> BTreeMap<Vec<u8>, StateChange> {
        self.changes
    }
}

/// What a key is to hold; nothing if it is removed.
type Write = Option<Vec<u8>>;

/// Reads and writes of one call, with savepoints for the calls nested in it.
#[derive(Default)]
pub(crate) struct CallOverlay {
    writes: BTreeMap<Vec<u8>, Write>,
    /// What stood in `writes` before each write, to undo them.
    undo: Vec<(Vec<u8>, Option<Write>)>,
    reads: Vec<ReadEntry>,
    read_places: BTreeMap<Vec<u8>, usize>,
}

impl CallOverlay {
    pub(crate) fn get(
        &mut self,
        block: &BlockOverlay,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, StateError> {
        if let Some(own) = self.writes.get(key) {
            return Ok(own.clone());
        }
        let stored = block.value(key)?;
        self.note_read(key, stored.as_ref());
        Ok(stored.map(|stored| stored.value))
    }

    pub(crate) fn scan(
        &mut self,
        block: &BlockOverlay,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<Pair>, StateError> {
        if from >= to || limit == 0 {
            return Ok(Vec::new());
        }
        let own: Vec<_> = self
            .writes
            .range(from.to_vec()..to.to_vec())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let hidden = own.iter().filter(|(_, value)| value.is_none()).count();
        let below = block.scan(from, to, limit.saturating_add(hidden))?;
        let mut entries: BTreeMap<Vec<u8>, (Vec<u8>, Option<StoredValue>)> = below
            .into_iter()
            .map(|(key, stored)| (key, (stored.value.clone(), Some(stored))))
            .collect();
        for (key, value) in own {
            match value {
                Some(value) => entries.insert(key, (value, None)),
                None => entries.remove(&key),
            };
        }
        let mut found = Vec::new();
        for (key, (value, stored)) in entries.into_iter().take(limit) {
            if stored.is_some() {
                self.note_read(&key, stored.as_ref());
            }
            found.push((key, value));
        }
        Ok(found)
    }

    fn note_read(&mut self, key: &[u8], stored: Option<&StoredValue>) {
        if self.read_places.contains_key(key) {
            return;
        }
        self.read_places.insert(key.to_vec(), self.reads.len());
        self.reads.push(ReadEntry {
            key: key.to_vec(),
            value: stored.map(|stored| Digest::sha256(&stored.value)),
            writer: stored.map(|stored| stored.writer),
        });
    }

    pub(crate) fn set(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        let before = self.writes.insert(key.clone(), value);
        self.undo.push((key, before));
    }

    pub(crate) fn write_count(&self) -> usize {
        self.writes.len()
    }

    pub(crate) fn savepoint(&self) -> usize {
        self.undo.len()
    }

    pub(crate) fn roll_back(&mut self, savepoint: usize) {
        while self.undo.len() > savepoint {
            let Some((key, before)) = self.undo.pop() else {
                return;
            };
            match before {
                Some(value) => self.writes.insert(key, value),
                None => self.writes.remove(&key),
            };
        }
    }

    /// Reads in the order of first use, and writes in key order.
    pub(crate) fn into_parts(self) -> (Vec<ReadEntry>, Vec<WriteEntry>) {
        let writes = self
            .writes
            .into_iter()
            .map(|(key, value)| WriteEntry { key, value })
            .collect();
        (self.reads, writes)
    }
}
