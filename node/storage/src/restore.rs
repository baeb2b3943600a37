//! Putting a backup in the place of a lost database.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use thiserror::Error;
use yilian_crypto::Digest;

use crate::manifest::{BackedUpFile, DATABASE, Manifest, beside, move_to};
use crate::open::FORMAT_VERSION;
use crate::{OpenError, Restored, StorageError, Store};

/// A backup is not restored, and nothing was changed.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// There is no manifest, or it cannot be read.
    #[error(
        "{folder} 不是完整的备份 / {folder} is no finished backup: manifest.json: {reason}. 请另取一份 / Take another one"
    )]
    NoBackup {
        /// The folder.
        folder: String,
        /// What is wrong.
        reason: String,
    },
    /// It was made by a later release.
    #[error(
        "备份由较新版本生成（{got}）/ the backup was made by a later release ({program}) in {got}; this program reads {expected}: \
         请使用较新版本 / use a newer release"
    )]
    Newer {
        /// Formats found.
        got: String,
        /// Formats that this program reads.
        expected: String,
        /// Version of the program that made it.
        program: String,
    },
    /// It is of another chain.
    #[error(
        "备份属于另一条链 / the backup is of chain {chain_id}, whose specification has digest {got}; the one given has \
         {expected}. 请检查 chain_spec 与备份 / Check chain_spec, and which backup this is"
    )]
    OtherChain {
        /// Name of the backup's chain.
        chain_id: String,
        /// Digest of the specification given.
        expected: Digest,
        /// Digest in the backup.
        got: Digest,
    },
    /// A file is missing, or another one than was backed up.
    #[error(
        "备份已损坏 / the backup is damaged: file {name}: {reason}. 请另取一份备份，或不带备份运行 yiliand restore 重新同步 / Take \
         another backup, or run `yiliand restore` without one and let the node catch up"
    )]
    Damaged {
        /// The file.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is a database already.
    #[error(
        "数据库 {path} 已存在 / there is a database in {path}: 请先停止节点并移走它（勿删除）/ stop the node and move it away \
         first, and keep it"
    )]
    Occupied {
        /// Its directory.
        path: String,
    },
    /// The disk fails or is full.
    #[error("无法写入 {path} / {path} cannot be written: {source}")]
    Write {
        /// The directory.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The restored database does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The restored database cannot be read.
    #[error(transparent)]
    Database(#[from] StorageError),
}

/// Copies the database of a backup to a directory where there is none, and checks every byte on the way. It is there as a
/// whole or not at all. The database is marked as restored.
pub fn restore(from: &Path, to: &Path, chain_spec: &Digest) -> Result<Manifest, RestoreError> {
    let shown = to.display().to_string();
    if to.exists() {
        return Err(RestoreError::Occupied { path: shown });
    }
    let manifest = checked_manifest(from, chain_spec)?;
    let write = |source| RestoreError::Write {
        path: shown.clone(),
        source,
    };
    let unfinished = beside(to).map_err(write)?;
    fs::create_dir_all(&unfinished).map_err(write)?;
    for file in &manifest.files {
        copy(file, &from.join(DATABASE), &unfinished, &write)?;
    }
    check(&unfinished, &manifest)?;
    move_to(to, &unfinished).map_err(write)?;
    Ok(manifest)
}

fn checked_manifest(from: &Path, chain_spec: &Digest) -> Result<Manifest, RestoreError> {
    let manifest = Manifest::read(from).map_err(|reason| RestoreError::NoBackup {
        folder: from.display().to_string(),
        reason,
    })?;
    if manifest.format != Manifest::FORMAT || manifest.database_format > FORMAT_VERSION {
        return Err(RestoreError::Newer {
            got: format!("{}/{}", manifest.format, manifest.database_format),
            expected: format!("{}/{FORMAT_VERSION}", Manifest::FORMAT),
            program: manifest.program,
        });
    }
    if manifest.chain_spec != *chain_spec {
        return Err(RestoreError::OtherChain {
            chain_id: manifest.chain_id,
            expected: *chain_spec,
            got: manifest.chain_spec,
        });
    }
    Ok(manifest)
}

fn copy(
    file: &BackedUpFile,
    from: &Path,
    to: &Path,
    write: &dyn Fn(io::Error) -> RestoreError,
) -> Result<(), RestoreError> {
    let name = &file.name;
    let damaged = |reason: String| RestoreError::Damaged {
        name: name.clone(),
        reason,
    };
    // A name from outside must not lead out of the folder.
    if Path::new(name).file_name() != Some(name.as_ref()) {
        return Err(damaged("expected the plain name of a file".to_owned()));
    }
    let source = from.join(name);
    let length = fs::metadata(&source).map_err(|error| damaged(error.to_string()))?;
    if length.len() != file.bytes {
        let (got, expected) = (length.len(), file.bytes);
        return Err(damaged(format!("{got} bytes: expected {expected}")));
    }
    let mut copy = File::create(to.join(name)).map_err(write)?;
    let copied = BackedUpFile::of(name, &source, &mut copy).map_err(write)?;
    copy.sync_all().map_err(write)?;
    if copied != *file {
        let (got, expected) = (copied.sha256, file.sha256);
        return Err(damaged(format!("digest {got}: expected {expected}")));
    }
    Ok(())
}

/// The database must be the one that the manifest describes, and marked.
fn check(database: &Path, manifest: &Manifest) -> Result<(), RestoreError> {
    let store = Store::open(database, &manifest.chain_spec, None)?;
    let hash = store.tip().map(|tip| tip.header().hash());
    if hash != Some(manifest.header_hash) {
        return Err(RestoreError::Damaged {
            name: "manifest.json".to_owned(),
            reason: "the database ends with another block".to_owned(),
        });
    }
    if store.restored()?.is_none() {
        store.mark_restored(&Restored::default())?;
    }
    Ok(())
}
