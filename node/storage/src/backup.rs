//! Copying a database while its validator goes on.
//!
//! RocksDB makes a checkpoint: links to its tables, which never change, and a copy of the rest, all as of one moment. The
//! copy is marked as restored before it counts as a backup, so it cannot be started as if nothing had been signed since.

use std::io;
use std::path::Path;

use rocksdb::WriteOptions;
use rocksdb::checkpoint::Checkpoint;
use thiserror::Error;

use crate::columns::{self, META};
use crate::commit::{TIP, Tip};
use crate::manifest::{BackedUpFile, DATABASE, MANIFEST, Manifest, sync_folder};
use crate::open::{FORMAT_VERSION, database_options, open_columns};
use crate::{Restored, StorageError, Store, damaged};

/// No backup was made.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The folder is there already.
    #[error(
        "{folder} 已存在，备份须写入新目录 / {folder} exists: a backup goes into a new folder, so that it replaces none"
    )]
    Exists {
        /// The folder.
        folder: String,
    },
    /// The folder cannot be written, or its disk is full.
    #[error("无法写入备份 {folder} / the backup cannot be written to {folder}: {source}")]
    Write {
        /// The folder.
        folder: String,
        /// What the system said.
        source: io::Error,
    },
    /// The database cannot be read.
    #[error(transparent)]
    Database(#[from] StorageError),
}

impl From<rocksdb::Error> for BackupError {
    fn from(error: rocksdb::Error) -> Self {
        BackupError::Database(error.into())
    }
}

impl Store {
    /// Makes a backup in a new folder, which may be on another file system; one on the same costs little space. `program`
    /// is the version of the program.
    ///
    /// # Errors
    /// If the folder is there, cannot be written, or the database cannot be read; then what was begun is no backup.
    pub fn back_up(&self, folder: &Path, program: &str) -> Result<Manifest, BackupError> {
        let shown = folder.display().to_string();
        let write = |source| BackupError::Write {
            folder: shown.clone(),
            source,
        };
        if folder.exists() {
            return Err(BackupError::Exists { folder: shown });
        }
        std::fs::create_dir_all(folder).map_err(write)?;
        let database = folder.join(DATABASE);
        Checkpoint::new(&self.0.db)?.create_checkpoint(&database)?;
        let tip = mark(&database)?;
        let wrong = || damaged("the tip");
        let header = self.header(tip.height)?.ok_or_else(wrong)?;
        let manifest = Manifest {
            format: Manifest::FORMAT.to_owned(),
            chain_id: header.chain_id.clone(),
            chain_spec: self.chain()?,
            height: header.height,
            header_hash: header.hash(),
            time_ms: header.time_ms,
            database_format: FORMAT_VERSION,
            program: program.to_owned(),
            files: list(&database).map_err(write)?,
        };
        sync_folder(&database).map_err(write)?;
        manifest.write(folder).map_err(write)?;
        Ok(manifest)
    }
}

/// Marks a copy as restored; gives where its chain ends.
fn mark(database: &Path) -> Result<Tip, StorageError> {
    let mut options = database_options();
    options.set_disable_auto_compactions(true);
    let db = open_columns(&options, database)?;
    let (key, value) = Restored::default().entry();
    let mut synced = WriteOptions::default();
    synced.set_sync(true);
    db.put_cf_opt(columns::handle(&db, META)?, key, value, &synced)?;
    let tip = columns::get(&db, META, TIP)?.ok_or_else(|| damaged("the tip"))?;
    Tip::decode(&tip)
}

/// The files of a database that nobody has open, without those that are nobody's data.
fn list(database: &Path) -> io::Result<Vec<BackedUpFile>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(database)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == "LOCK" || name.starts_with("LOG") || name == MANIFEST {
            continue;
        }
        std::fs::File::open(entry.path())?.sync_all()?;
        files.push(BackedUpFile::of(&name, &entry.path(), &mut io::sink())?);
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}
