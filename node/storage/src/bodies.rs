//! From which height on bodies are kept: blocks, transactions and traces. The log, headers, certificates, validator sets,
//! and which transactions were executed where stay for ever.
//!
//! A database that was begun from a snapshot has none below the snapshot's; one with a window deletes those that fall out
//! of it, a few with each block and in the batch that writes it.

use rocksdb::WriteBatch;
use yilian_primitives::cbor::Cbor as _;
use yilian_primitives::{Header, Height, TimestampMs, TxId};

use crate::columns::{self, BLOCKS, META, TRACES};
use crate::place::ExecutedAt;
use crate::{Inner, StorageError, Store, damaged};

/// Key of the lowest height whose body is kept, in the meta column.
pub(crate) const BODIES_FROM: &[u8] = b"bodies_from";
/// Fewest blocks whose bodies are kept: peers that were away for a while fetch them here.
pub const BODY_HISTORY_BLOCKS_MIN: u64 = 1_000;
/// Most records that one block deletes, about, so that a window that was made smaller stalls nobody.
const DELETIONS_MAX: u32 = 4_000;
/// Most blocks whose bodies one block deletes.
const BLOCKS_MAX: u64 = 64;

/// Which bodies are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyWindow {
    /// Blocks below the tip whose bodies are kept, at least [`BODY_HISTORY_BLOCKS_MIN`].
    pub blocks: u64,
    /// Block time before the tip's within which bodies are kept whatever their number, in ms: a transaction of this age
    /// could still be sent again.
    pub ms: u64,
}

impl BodyWindow {
    /// Whether a block's body is outside of the window, now that another one is the tip.
    fn is_past(&self, height: Height, time_ms: TimestampMs, tip: &Header) -> bool {
        let blocks = self.blocks.max(BODY_HISTORY_BLOCKS_MIN);
        height.saturating_add(blocks) < tip.height && time_ms.saturating_add(self.ms) < tip.time_ms
    }
}

impl Inner {
    fn bodies_from(&self) -> Result<Height, StorageError> {
        read_mark(columns::get(&self.db, META, BODIES_FROM)?)
    }
}

/// The height under [`BODIES_FROM`]; without an entry all bodies are kept.
pub(crate) fn read_mark(entry: Option<Vec<u8>>) -> Result<Height, StorageError> {
    let Some(bytes) = entry else { return Ok(0) };
    let bytes = bytes
        .try_into()
        .map_err(|_| damaged("the mark of bodies"))?;
    Ok(Height::from_be_bytes(bytes))
}

impl Store {
    /// The lowest height whose block, transactions and traces are here.
    pub fn bodies_from(&self) -> Result<Height, StorageError> {
        self.0.bodies_from()
    }

    /// From now on bodies outside of a window are deleted. Without this call all are kept; said again, the first counts.
    pub fn keep_bodies(&self, window: BodyWindow) {
        // Somebody said it before.
        let _ = self.0.bodies.set(window);
    }

    /// Where a transaction was executed, also if it is no longer kept itself.
    pub fn executed_at(&self, id: &TxId) -> Result<Option<ExecutedAt>, StorageError> {
        self.0.executed_at(id)
    }

    /// Deletes bodies that fall out of the window when a block becomes the tip.
    pub(crate) fn prune_bodies(
        &self,
        batch: &mut WriteBatch,
        tip: &Header,
    ) -> Result<(), StorageError> {
        let Some(window) = self.0.bodies.get() else {
            return Ok(());
        };
        let before = self.bodies_from()?;
        let (mut from, mut deleted) = (before, 0);
        // Below the block that is being written, of which nothing can be read yet.
        let end = tip.height.min(before.saturating_add(BLOCKS_MAX));
        while from < end && deleted < DELETIONS_MAX {
            let wrong = || damaged(format!("header {from}"));
            let record = self.0.header_record(from)?.ok_or_else(wrong)?;
            let header = Header::decode(&record.header).map_err(|_| wrong())?;
            if !window.is_past(from, header.time_ms, tip) {
                break;
            }
            batch.delete_cf(columns::handle(&self.0.db, BLOCKS)?, from.to_be_bytes());
            let traces = columns::handle(&self.0.db, TRACES)?;
            for index in record.log_indexes() {
                batch.delete_cf(traces, index.to_be_bytes());
            }
            deleted = deleted.saturating_add(record.receipts);
            from += 1;
        }
        if from > before {
            let meta = columns::handle(&self.0.db, META)?;
            batch.put_cf(meta, BODIES_FROM, from.to_be_bytes());
        }
        Ok(())
    }
}
