//! Keep blocks, state and log, and hand out proofs.
//!
//! One RocksDB database; a block is one write batch, synced to disk, so a crash leaves a whole block or none. State is
//! kept by version: a reader holds a [`Snapshot`] of one height for as long as it likes while blocks go on.

mod acknowledgements;
mod backup;
mod bodies;
mod cache;
mod carried;
mod columns;
mod commit;
mod cosignatures;
mod history;
mod journal;
mod manifest;
mod open;
mod place;
mod read;
mod restore;
mod restored;
mod snapshot;
#[cfg(feature = "crash-points")]
mod torn;
mod upgrade;
mod values;
mod write;

pub use acknowledgements::AcknowledgementHead;
pub use backup::BackupError;
pub use bodies::{BODY_HISTORY_BLOCKS_MIN, BodyWindow};
pub use carried::{Begin, SnapshotError, SnapshotManifest, begin};
pub use history::HISTORY_BLOCKS_MIN;
pub use journal::UndecidedProposal;
pub use manifest::{BackedUpFile, Manifest};
pub use open::{OPEN_FILES_MAX, OpenError};
pub use place::ExecutedAt;
pub use read::{ExecutedTransaction, StoredBlock};
pub use restore::{RestoreError, restore};
pub use restored::Restored;
pub use snapshot::Snapshot;

use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use rocksdb::DB;
use thiserror::Error;

use crate::cache::{ExecutedCache, NodeCache, ValueCache};
use crate::history::Pruned;

/// The database could not be read or written. The message is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("database: {0}")]
pub struct StorageError(pub String);

impl From<rocksdb::Error> for StorageError {
    fn from(error: rocksdb::Error) -> Self {
        StorageError(error.to_string())
    }
}

/// A write that failed at a crash point.
impl From<std::io::Error> for StorageError {
    fn from(error: std::io::Error) -> Self {
        StorageError(error.to_string())
    }
}

impl From<StorageError> for yilian_executor::StateError {
    fn from(error: StorageError) -> Self {
        yilian_executor::StateError(error.0)
    }
}

pub(crate) fn damaged(what: impl core::fmt::Display) -> StorageError {
    StorageError(format!(
        "{what} is missing or damaged: move the database away, keep it, and run `yiliand restore`, --from a backup, or without one to catch up from genesis"
    ))
}

/// The database of one chain. Cheap to clone.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: DB,
    pub(crate) tip: RwLock<Option<Arc<Snapshot>>>,
    /// Blocks below the tip whose state is kept; without it all of them.
    pub(crate) history_blocks: Option<u64>,
    pub(crate) pruned: Pruned,
    /// Which bodies are kept; unset all of them.
    pub(crate) bodies: OnceLock<BodyWindow>,
    pub(crate) nodes: NodeCache,
    pub(crate) values: ValueCache,
    pub(crate) executed: ExecutedCache,
    /// The first write that failed.
    pub(crate) failure: Mutex<Option<StorageError>>,
}

impl Store {
    /// The last committed block and everything it left behind; none before genesis.
    pub fn tip(&self) -> Option<Arc<Snapshot>> {
        self.0
            .tip
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
