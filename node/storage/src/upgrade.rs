//! Raising a database of an earlier format.

use rocksdb::{IteratorMode, WriteBatch};
use yilian_crash_point::Write;
use yilian_crypto::Digest;
use yilian_primitives::Height;
use yilian_state_tree::{Change, NoNodes, update};

use crate::columns::{self, META, STALE_NODES, STATE_KEYS, TREE_NODES};
use crate::commit::{TIP, Tip};
use crate::history::STATE_FROM;
use crate::open::{FORMAT, FORMAT_VERSION};
use crate::{StorageError, Store, damaged};

/// Beyond every key of a node.
const AFTER_NODES: [u8; 128] = [0xff; 128];

impl Store {
    /// Makes the state tree of the tip again, in one batch: format 1 kept it in another form. The log is as it was; state is
    /// provable from the tip on.
    ///
    /// # Errors
    /// If what is kept of the state does not have the root that the tip's header names, or the disk fails; then nothing is
    /// changed.
    pub(crate) fn raise_format(&self) -> Result<(), StorageError> {
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
                "数据库已升级 | database raised to format {FORMAT_VERSION}; state is provable from this height on"
            );
        }
        batch.put_cf(meta, FORMAT, [FORMAT_VERSION]);
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
