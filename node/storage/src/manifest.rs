//! What a backup holds, so that damage and mistakes are found before anything is replaced.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use yilian_crypto::Digest;
use yilian_primitives::{Height, TimestampMs};

/// Name of the manifest in the folder of a backup.
pub(crate) const MANIFEST: &str = "manifest.json";
/// Name of the folder with the database's files, beside it.
pub(crate) const DATABASE: &str = "db";
/// Largest manifest, in bytes: some twenty thousand files.
const BYTES_MAX: u64 = 4 << 20;
/// Bytes that are copied at once.
const PIECE: usize = 1 << 20;

/// What a backup holds. JSON, so that an operator reads it with `cat`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `yilian.backup.v1`.
    pub format: String,
    /// The chain.
    pub chain_id: String,
    /// Digest of its specification.
    pub chain_spec: Digest,
    /// Last block in the backup.
    pub height: Height,
    /// Hash of its header.
    pub header_hash: Digest,
    /// Its time, Unix time in ms.
    pub time_ms: TimestampMs,
    /// Layout of the database.
    pub database_format: u8,
    /// Version of the program that made it.
    pub program: String,
    /// The database's files.
    pub files: Vec<BackedUpFile>,
}

/// A file in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackedUpFile {
    /// Its name in the folder `db`.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Digest,
}

impl Manifest {
    /// The format that this program writes and reads.
    pub(crate) const FORMAT: &str = "yilian.backup.v1";

    /// Reads the manifest in the folder of a backup; an error says what is wrong with it.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        read_json(folder).map(|(manifest, _)| manifest)
    }

    /// Writes it: the last step of a backup, so that one without a manifest is none.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        write_json(folder, self)
    }
}

fn text_of(manifest: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(manifest)?;
    text.push(b'\n');
    Ok(text)
}

/// Reads the manifest in a folder, and says whether its bytes are those that would be written.
pub(crate) fn read_json<T: Serialize + DeserializeOwned>(
    folder: &Path,
) -> Result<(T, bool), String> {
    let file = File::open(folder.join(MANIFEST)).map_err(|error| error.to_string())?;
    let mut text = Vec::new();
    let read = file.take(BYTES_MAX).read_to_end(&mut text);
    read.map_err(|error| error.to_string())?;
    let manifest: T = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    let written = text_of(&manifest).map_err(|error| error.to_string())?;
    Ok((manifest, written == text))
}

/// Writes a manifest into a folder, whole or not at all.
pub(crate) fn write_json(folder: &Path, manifest: &impl Serialize) -> io::Result<()> {
    let text = text_of(manifest)?;
    let unfinished = folder.join("manifest.json.unfinished");
    let mut file = File::create(&unfinished)?;
    file.write_all(&text)?;
    file.sync_all()?;
    std::fs::rename(unfinished, folder.join(MANIFEST))?;
    sync_folder(folder)
}

impl BackedUpFile {
    /// Measures a file, and copies it to `to` on the way.
    pub(crate) fn of(name: &str, from: &Path, to: &mut dyn Write) -> io::Result<Self> {
        let mut file = File::open(from)?;
        let (mut hasher, mut bytes) = (Sha256::new(), 0);
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece)?;
            let Some(read) = piece.get(..read).filter(|read| !read.is_empty()) else {
                break;
            };
            hasher.update(read);
            to.write_all(read)?;
            bytes += read.len() as u64;
        }
        Ok(BackedUpFile {
            name: name.to_owned(),
            bytes,
            sha256: Digest::from_bytes(hasher.finalize().into()),
        })
    }
}

/// Where a database is made before it is whole: beside its place, so that moving it there is one step. What an earlier
/// attempt left is removed.
pub(crate) fn beside(place: &Path) -> io::Result<PathBuf> {
    let unfinished = place.with_extension("unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished)?;
    }
    Ok(unfinished)
}

/// Moves a database that is whole to its place, durably.
pub(crate) fn move_to(place: &Path, unfinished: &Path) -> io::Result<()> {
    sync_folder(unfinished)?;
    std::fs::rename(unfinished, place)?;
    sync_folder(place.parent().unwrap_or(Path::new(".")))
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
