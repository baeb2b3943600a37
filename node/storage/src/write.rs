//! The one way to the disk.

use std::sync::PoisonError;

use rocksdb::{WriteBatch, WriteOptions};
use yilian_crash_point::{Point, Write, pass};

use crate::{Inner, StorageError, Store};

impl Inner {
    /// Writes a batch whole or not at all. After a failure nothing is written any more: what is on the disk then nobody
    /// knows, and another attempt to sync may say that it is there when it is not.
    pub(crate) fn write(&self, what: Write, batch: WriteBatch) -> Result<(), StorageError> {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = failure.as_ref() {
            return Err(error.clone());
        }
        // Others write at the same time: the database joins them in one sync.
        drop(failure);
        let written = self.write_once(what, batch);
        if let Err(error) = &written {
            failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            failure.get_or_insert_with(|| error.clone());
        }
        written
    }

    fn write_once(&self, what: Write, batch: WriteBatch) -> Result<(), StorageError> {
        pass(Point::Before(what))?;
        let mut options = WriteOptions::default();
        options.set_sync(is_promised(what));
        #[cfg(feature = "crash-points")]
        let batch = crate::torn::first_half_written(&self.db, what, batch)?;
        self.db.write_opt(batch, &options)?;
        Ok(pass(Point::After(what))?)
    }
}

/// Whether somebody is told afterwards that it is there. What is not may be lost with the power, and is made again.
fn is_promised(what: Write) -> bool {
    !matches!(what, Write::Forgotten | Write::Cosignature)
}

impl Store {
    /// Why nothing is written any more, if that is so: then the node has to stop.
    pub fn failure(&self) -> Option<StorageError> {
        let failure = self.0.failure.lock();
        failure.unwrap_or_else(PoisonError::into_inner).clone()
    }
}
