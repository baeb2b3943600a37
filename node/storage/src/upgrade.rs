//! Raising a database of an earlier format.

use rocksdb::{IteratorMode, WriteBatch};
use yilian_crash_point::Write;
use yilian_crypto::Digest;
use yilian_primitives::Height;
use yilian_state_tree::{Change, NoNodes, update};

use crate::bodies::read_mark;
use crate::columns::{self, BLOCKS, META, STALE_NODES, STATE_KEYS, TRANSACTIONS, TREE_NODES};
use crate::commit::{TIP, Tip};
use crate::history::STATE_FROM;
use crate::open::{FORMAT, FORMAT_VERSION};
use crate::place::{ExecutedAt, InBlock, Place, places};
use crate::{StorageError, Store, damaged};

/// Format in which the state tree has the form it has now.
const FORMAT_OF_TREE: u8 = 2;
/// Key of the height from which on entries of transactions have the form of format 2, in the meta column, while they are
/// made anew.
const PLACES_FROM: &[u8] = b"places_from";
/// Bytes of entries that are written and synced together, about.
const RAISED_BYTES: usize = 4 << 20;
/// Blocks between two words to the operator.
const PROGRESS_BLOCKS: u64 = 10_000;

/// Beyond every key of a node.
const AFTER_NODES: [u8; 128] = [0xff; 128];

impl Store {
    /// Raises the database from a format to the one after it, and so on to the last.
    ///
    /// # Errors
    /// If what is kept contradicts itself, or the disk fails. What was interrupted goes on when the database is opened again.
    pub(crate) fn raise_format(&self, from: u8) -> Result<(), StorageError> {
        if from < FORMAT_OF_TREE {
            self.raise_tree()?;
        }
        if from < FORMAT_VERSION {
            // The format first: half of the entries new, an earlier release would read damage.
            let meta = columns::handle(&self.0.db, META)?;
            let mut batch = WriteBatch::default();
            batch.put_cf(meta, PLACES_FROM, self.bodies_from()?.to_be_bytes());
            batch.put_cf(meta, FORMAT, [FORMAT_VERSION]);
            self.0.write(Write::Identity, batch)?;
        }
        self.raise_places()
    }

    /// Makes entries of transactions anew that have whole envelopes in them, as until format 2. Nothing is left to do in most
    /// databases.
    fn raise_places(&self) -> Result<(), StorageError> {
        let db = &self.0.db;
        let meta = columns::handle(db, META)?;
        let Some(mark) = columns::get(db, META, PLACES_FROM)? else {
            return Ok(());
        };
        let from = read_mark(Some(mark))?;
        let tip = columns::get(db, META, TIP)?;
        let end = match tip {
            Some(tip) => Tip::decode(&tip)?.height.saturating_add(1),
            None => from,
        };
        let mut batch = WriteBatch::default();
        for height in from..end {
            self.raise_places_of(&mut batch, height)?;
            if batch.size_in_bytes() > RAISED_BYTES {
                batch.put_cf(meta, PLACES_FROM, (height + 1).to_be_bytes());
                self.0.write(Write::Identity, std::mem::take(&mut batch))?;
            }
            if height % PROGRESS_BLOCKS == 0 {
                tracing::info!(height, end, "数据库升级中 | raising the database");
            }
        }
        batch.delete_cf(meta, PLACES_FROM);
        self.0.write(Write::Identity, batch)?;
        tracing::info!("数据库已升级 | database raised to format {FORMAT_VERSION}");
        Ok(())
    }

    fn raise_places_of(&self, batch: &mut WriteBatch, height: Height) -> Result<(), StorageError> {
        let db = &self.0.db;
        let wrong = || damaged(format!("block {height}"));
        let block = columns::get(db, BLOCKS, &height.to_be_bytes())?.ok_or_else(wrong)?;
        let record = self.0.header_record(height)?.ok_or_else(wrong)?;
        let column = columns::handle(db, TRANSACTIONS)?;
        let mut transactions = Vec::new();
        for log_index in record.log_indexes() {
            let Some(id) = self.receipt(log_index)?.transaction() else {
                continue;
            };
            let entry = columns::get(db, TRANSACTIONS, id.0.as_bytes())?.ok_or_else(wrong)?;
            // Height, log index, envelope.
            let at = ExecutedAt { height, log_index };
            let before = Place { at, envelope: None }.to_bytes().len();
            transactions.push(InBlock {
                id,
                log_index,
                envelope_bytes: entry.len().checked_sub(before).ok_or_else(wrong)?,
            });
        }
        for (id, place) in places(height, block.len(), transactions.into_iter())? {
            place.envelope_in(&block)?;
            batch.put_cf(column, id.0.as_bytes(), place.to_bytes());
        }
        Ok(())
    }

    /// Makes the state tree of the tip again, in one batch: format 1 kept it in another form. The log is as it was; state is
    /// provable from the tip on.
    ///
    /// # Errors
    /// If what is kept of the state does not have the root that the tip's header names, or the disk fails; then nothing is
    /// changed.
    fn raise_tree(&self) -> Result<(), StorageError> {
        let db = &self.0.db;
        let (meta, nodes) = (columns::handle(db, META)?, columns::handle(db, TREE_NODES)?);
        let mut batch = WriteBatch::default();
        for column in [nodes, columns::handle(db, STALE_NODES)?] {
            batch.delete_range_cf(column, [].as_slice(), AFTER_NODES.as_slice());
        }
        if let Some(tip) = columns::get(db, META, TIP)? {
            let height = Tip::decode(&tip)?.height;
            let header = self.header(height)?;
            let header = header.ok_or_else(|| damaged("the header of the tip"))?;
            let tree = update(&NoNodes, None, height, self.state_at(height)?);
            let tree = tree.map_err(|error| StorageError(error.to_string()))?;
            if tree.root != header.state_root {
                return Err(damaged(format!("the state at height {height}")));
            }
            for (key, node) in &tree.nodes {
                batch.put_cf(nodes, key.to_bytes(), node.encode());
            }
            batch.put_cf(meta, STATE_FROM, height.to_be_bytes());
            tracing::info!(
                height,
                "状态树已重建 | state tree made anew; state is provable from this height on"
            );
        }
        batch.put_cf(meta, FORMAT, [FORMAT_OF_TREE]);
        self.0.write(Write::Identity, batch)
    }

    /// Hashes of every key that has a value at a height, and of the value.
    fn state_at(&self, height: Height) -> Result<Vec<Change>, StorageError> {
        let keys = columns::handle(&self.0.db, STATE_KEYS)?;
        let mut state = Vec::new();
        for entry in self.0.db.iterator_cf(keys, IteratorMode::Start) {
            let (key, _) = entry?;
            let hash = Digest::sha256(&key);
            if let Some(stored) = self.0.value_at(hash.as_bytes(), height)? {
                state.push((hash, Some(Digest::sha256(&stored.value))));
            }
        }
        Ok(state)
    }
}
