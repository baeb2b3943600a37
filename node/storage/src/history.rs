//! How long old state stays provable. How long bodies are kept is another matter, see `bodies`.
//!
//! Each block writes down what it made stale: nodes of the tree, and keys whose older values nobody reads any more who
//! looks at this height or a later one. A block that is committed later deletes them, in the batch that writes it.

use std::sync::{Mutex, PoisonError};

use rocksdb::{Direction, IteratorMode, WriteBatch};
use yilian_executor::CommittedBlock;
use yilian_primitives::Height;

use crate::columns::{self, META, STALE_NODES, STALE_VALUES, STATE_VALUES, TREE_NODES};
use crate::{StorageError, Store, damaged};

/// Key of the lowest height whose state is kept, in the meta column.
pub(crate) const STATE_FROM: &[u8] = b"state_from";
/// Fewest blocks whose state is kept: queries and snapshots under way read it.
pub const HISTORY_BLOCKS_MIN: u64 = 100;
/// Most entries that one block deletes, so that a window that was made smaller stalls nobody.
const DELETIONS_MAX: usize = 20_000;

/// Key and value as the database gives them.
type Entry = (Box<[u8]>, Box<[u8]>);

/// The last entries of what is stale that blocks of this process deleted. Without them each block would walk over the marks
/// that the database keeps of all that was deleted before, until their tables are merged.
#[derive(Default)]
pub(crate) struct Pruned {
    nodes: Mutex<Vec<u8>>,
    values: Mutex<Vec<u8>>,
}

/// Height and hash of a key that changed there.
pub(crate) fn stale_value_key(height: Height, hash: &[u8; 32]) -> Vec<u8> {
    [height.to_be_bytes().as_slice(), hash].concat()
}

impl Store {
    /// The lowest height whose state is provable.
    pub fn state_from(&self) -> Result<Height, StorageError> {
        let bytes = columns::get(&self.0.db, META, STATE_FROM)?;
        let Some(bytes) = bytes else { return Ok(0) };
        let bytes = bytes.try_into().map_err(|_| damaged("the history mark"))?;
        Ok(Height::from_be_bytes(bytes))
    }

    /// Writes down which nodes of the tree a block makes stale.
    pub(crate) fn put_stale_nodes(
        &self,
        batch: &mut WriteBatch,
        block: &CommittedBlock,
    ) -> Result<(), StorageError> {
        let nodes = columns::handle(&self.0.db, STALE_NODES)?;
        let since = block.block().header.height.to_be_bytes();
        for stale in &block.tree().stale {
            let key = [since.as_slice(), &stale.to_bytes()].concat();
            batch.put_cf(nodes, key, []);
        }
        Ok(())
    }

    /// Deletes what is below the window, now that a height is the tip.
    pub(crate) fn prune(&self, batch: &mut WriteBatch, tip: Height) -> Result<(), StorageError> {
        let Some(window) = self.0.history_blocks else {
            return Ok(());
        };
        let from = tip.saturating_sub(window.max(HISTORY_BLOCKS_MIN));
        if from == 0 || from <= self.state_from()? {
            return Ok(());
        }
        let db = &self.0.db;
        batch.put_cf(columns::handle(db, META)?, STATE_FROM, from.to_be_bytes());
        let (nodes, stale) = (
            columns::handle(db, TREE_NODES)?,
            columns::handle(db, STALE_NODES)?,
        );
        for (key, _) in self.stale(STALE_NODES, &self.0.pruned.nodes, from)? {
            batch.delete_cf(nodes, key.get(8..).unwrap_or_default());
            batch.delete_cf(stale, key);
        }
        let stale = columns::handle(db, STALE_VALUES)?;
        for (key, kept) in self.stale(STALE_VALUES, &self.0.pruned.values, from)? {
            let wrong = || damaged("the list of stale values");
            let (height, hash) = key.split_first_chunk::<8>().ok_or_else(wrong)?;
            let hash: &[u8; 32] = hash.try_into().map_err(|_| wrong())?;
            let height = Height::from_be_bytes(*height);
            // Newest first: everything older than this height stands after it. A removed key needs no mark either.
            let first = match *kept {
                [0] => columns::value_key(hash, height),
                _ => columns::value_key(hash, height.wrapping_sub(1)),
            };
            if height > 0 {
                self.delete_from(batch, &first)?;
            }
            batch.delete_cf(stale, key);
        }
        Ok(())
    }

    /// Deletes the values of a key from a version on. One by one: marks of whole ranges would slow down every read.
    fn delete_from(&self, batch: &mut WriteBatch, first: &[u8]) -> Result<(), StorageError> {
        let stored = columns::handle(&self.0.db, STATE_VALUES)?;
        let mut options = rocksdb::ReadOptions::default();
        options.set_prefix_same_as_start(true);
        let mode = IteratorMode::From(first, Direction::Forward);
        for entry in self.0.db.iterator_cf_opt(stored, options, mode) {
            let (key, _) = entry?;
            batch.delete_cf(stored, key);
        }
        Ok(())
    }

    /// Entries that are stale since a height or earlier, of those behind the ones that were taken before.
    fn stale(
        &self,
        column: &str,
        taken: &Mutex<Vec<u8>>,
        height: Height,
    ) -> Result<Vec<Entry>, StorageError> {
        let db = &self.0.db;
        let end = height.saturating_add(1).to_be_bytes();
        let mut options = rocksdb::ReadOptions::default();
        options.set_iterate_upper_bound(end.to_vec());
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mode = IteratorMode::From(&taken, Direction::Forward);
        let entries = db.iterator_cf_opt(columns::handle(db, column)?, options, mode);
        let entries = entries.take(DELETIONS_MAX).collect::<Result<Vec<_>, _>>()?;
        if let Some((last, _)) = entries.last() {
            *taken = last.to_vec();
        }
        Ok(entries)
    }
}
