//! The mark of a database that may be older than what its validator signed.
//!
//! A backup carries it from the moment it is made, and a directory that was copied gets it when it is opened. While it
//! stands the validator signs nothing: its votes and acknowledgements of meanwhile are not here.

use std::path::Path;

use rocksdb::WriteBatch;
use serde::{Deserialize, Serialize};
use yilian_crash_point::Write;
use yilian_primitives::{Height, codec};

use crate::acknowledgements::AcknowledgementHead;
use crate::columns::{self, META};
use crate::{StorageError, Store, damaged};

/// Key of the mark in the meta column.
const RESTORED: &[u8] = b"restored";
/// Key of the directory's identity in the meta column.
const HOME: &[u8] = b"home";

/// The validator may have signed what this database does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// Lowest height at which it signed nothing yet, by the word of the operator; none if nobody knows.
    pub sign_from: Option<Height>,
}

impl Restored {
    /// The mark as the database holds it.
    pub(crate) fn entry(&self) -> (&'static [u8], Vec<u8>) {
        (RESTORED, codec::encode(self))
    }
}

impl Store {
    /// The mark; none if this database knows all that was signed.
    pub fn restored(&self) -> Result<Option<Restored>, StorageError> {
        let bytes = columns::get(&self.0.db, META, RESTORED)?;
        let mark = bytes.map(|bytes| codec::decode::<Restored, 64>(&bytes));
        mark.transpose()
            .map_err(|_| damaged("the mark of a restored database"))
    }

    /// Sets the mark, or changes it.
    pub fn mark_restored(&self, mark: &Restored) -> Result<(), StorageError> {
        let (key, value) = mark.entry();
        let meta = columns::handle(&self.0.db, META)?;
        let mut batch = WriteBatch::default();
        batch.put_cf(meta, key, value);
        self.0.write(Write::Identity, batch)
    }

    /// Takes the mark away, and begins the chain of acknowledgements anew after a head that none of them has.
    pub fn lift_restored(&self, head: &AcknowledgementHead) -> Result<(), StorageError> {
        let mut batch = WriteBatch::default();
        batch.delete_cf(columns::handle(&self.0.db, META)?, RESTORED);
        self.put_acknowledgement_head(&mut batch, head)?;
        self.0.write(Write::Identity, batch)
    }

    /// Knows the directory again in which the validator signed last. In another one, a copy, it is marked.
    pub(crate) fn note_home(&self, path: &Path) -> Result<(), StorageError> {
        let home =
            identity(path).map_err(|error| StorageError(format!("{}: {error}", path.display())))?;
        let meta = columns::handle(&self.0.db, META)?;
        let known = columns::get(&self.0.db, META, HOME)?;
        if known.as_deref() == Some(home.as_slice()) {
            return Ok(());
        }
        let mut batch = WriteBatch::default();
        batch.put_cf(meta, HOME, home);
        // Before the first block nobody has signed anything.
        let signed = self.tip().is_some_and(|tip| tip.header().height > 0);
        if known.is_some() && signed && self.restored()?.is_none() {
            let (key, value) = Restored::default().entry();
            batch.put_cf(meta, key, value);
        }
        self.0.write(Write::Identity, batch)
    }
}

/// What tells a directory from its copies: its number in the file system, and when it was made.
fn identity(path: &Path) -> std::io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = 0u64;
    // Not every file system knows when.
    let made = metadata.created().ok();
    let since = made.and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
    let made_ns = since.map_or(0, |since| since.as_nanos());
    Ok([number.to_be_bytes().as_slice(), &made_ns.to_be_bytes()].concat())
}
