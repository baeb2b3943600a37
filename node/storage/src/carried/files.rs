//! Rows of records in files that are no larger than an ordinary medium or transfer takes.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use yilian_crypto::Digest;

use super::{FILE_BYTES, Kind, SnapshotError, SnapshotManifest};
use crate::manifest::BackedUpFile;

/// Bytes that are read or written at once.
const BUFFER: usize = 1 << 20;

fn digest(hasher: Sha256) -> Digest {
    Digest::from_bytes(hasher.finalize().into())
}

/// Writes the records of a kind.
pub(super) struct Output<'f> {
    folder: &'f Path,
    kind: Kind,
    open: Option<Open>,
    files: Vec<BackedUpFile>,
    /// Over all records with their lengths, however they are spread over files.
    row: Sha256,
}

struct Open {
    file: BufWriter<File>,
    bytes: u64,
    hasher: Sha256,
}

impl<'f> Output<'f> {
    pub(super) fn new(folder: &'f Path, kind: Kind) -> Self {
        Output {
            folder,
            kind,
            open: None,
            files: Vec::new(),
            row: Sha256::new(),
        }
    }

    pub(super) fn put(&mut self, record: &[u8]) -> io::Result<()> {
        let length = u32::try_from(record.len())
            .map_err(io::Error::other)?
            .to_be_bytes();
        let mut open = match self.open.take() {
            Some(open) => open,
            None => Open {
                file: BufWriter::with_capacity(BUFFER, File::create_new(self.path())?),
                bytes: 0,
                hasher: Sha256::new(),
            },
        };
        for part in [&length, record] {
            open.file.write_all(part)?;
            open.hasher.update(part);
            open.bytes += part.len() as u64;
            self.row.update(part);
        }
        self.open = Some(open);
        match self
            .open
            .as_ref()
            .is_some_and(|open| open.bytes >= FILE_BYTES)
        {
            true => self.end_file(),
            false => Ok(()),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(self.kind.file(self.files.len()))
    }

    fn end_file(&mut self) -> io::Result<()> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        open.file
            .into_inner()
            .map_err(io::Error::other)?
            .sync_all()?;
        self.files.push(BackedUpFile {
            name: self.kind.file(self.files.len()),
            bytes: open.bytes,
            sha256: digest(open.hasher),
        });
        Ok(())
    }

    /// The files, and the digest over all records.
    pub(super) fn end(mut self) -> io::Result<(Vec<BackedUpFile>, Digest)> {
        self.end_file()?;
        Ok((self.files, digest(self.row)))
    }
}

/// Reads the records of a kind, one at a time.
pub(super) struct Input<'f> {
    folder: &'f Path,
    kind: Kind,
    /// Those that were not opened yet.
    files: &'f [BackedUpFile],
    open: Option<Opened<'f>>,
    record: Vec<u8>,
    row: Sha256,
    /// Told of each file that was read.
    done: &'f dyn Fn(&str),
    /// File of the record that was read last, and its number there.
    place: (&'f str, u64),
}

struct Opened<'f> {
    named: &'f BackedUpFile,
    file: BufReader<File>,
    left: u64,
    records: u64,
    hasher: Sha256,
}

impl<'f> Input<'f> {
    pub(super) fn new(
        folder: &'f Path,
        kind: Kind,
        manifest: &'f SnapshotManifest,
        done: &'f dyn Fn(&str),
    ) -> Self {
        Input {
            folder,
            kind,
            files: manifest.files_of(kind),
            open: None,
            record: Vec::new(),
            row: Sha256::new(),
            done,
            place: (kind.name(), 0),
        }
    }

    /// Reads the next record; false if there is none.
    pub(super) fn next(&mut self) -> Result<bool, SnapshotError> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => match self.files.split_first() {
                None => return Ok(false),
                Some((named, rest)) => {
                    self.files = rest;
                    open_file(self.folder, named)?
                }
            },
        };
        self.place = (&open.named.name, open.records);
        let length = open.read_length(self.kind.record_bytes_max())?;
        self.record.resize(length, 0);
        open.read(&mut self.record)?;
        self.row.update((length as u32).to_be_bytes());
        self.row.update(&self.record);
        open.records += 1;
        if open.left > 0 {
            self.open = Some(open);
            return Ok(true);
        }
        let got = digest(open.hasher);
        if got != open.named.sha256 {
            let reason = format!("digest {got}: expected {}", open.named.sha256);
            return Err(damaged(open.named, reason));
        }
        (self.done)(&open.named.name);
        Ok(true)
    }

    /// The record that was read last.
    pub(super) fn record(&self) -> &[u8] {
        &self.record
    }

    /// Reads a record that has to be there.
    pub(super) fn expect(&mut self, what: &str) -> Result<(), SnapshotError> {
        match self.next()? {
            true => Ok(()),
            false => Err(self.wrong(format!("after it {what} is missing"))),
        }
    }

    /// Refuses records beyond the last that belongs there; gives the digest over all of them with their lengths.
    pub(super) fn end(mut self) -> Result<Digest, SnapshotError> {
        match self.next()? {
            true => Err(self.wrong("nothing belongs here".to_owned())),
            false => Ok(digest(self.row)),
        }
    }

    /// A record of a file that is one row over all files proves nothing: it is named by its number in the row.
    pub(super) fn wrong_at(&self, height: u64, reason: String) -> SnapshotError {
        SnapshotError::NotProven {
            file: self.kind.name().to_owned(),
            record: height.saturating_sub(1),
            reason,
        }
    }

    /// The record that was read last proves nothing.
    pub(super) fn wrong(&self, reason: impl ToString) -> SnapshotError {
        let (file, record) = self.place;
        SnapshotError::NotProven {
            file: file.to_owned(),
            record,
            reason: reason.to_string(),
        }
    }
}

fn damaged(file: &BackedUpFile, reason: impl ToString) -> SnapshotError {
    SnapshotError::Damaged {
        file: file.name.clone(),
        reason: reason.to_string(),
    }
}

fn open_file<'f>(folder: &Path, named: &'f BackedUpFile) -> Result<Opened<'f>, SnapshotError> {
    let file = File::open(folder.join(&named.name)).map_err(|error| damaged(named, error))?;
    let length = file
        .metadata()
        .map_err(|error| damaged(named, error))?
        .len();
    if length != named.bytes || length == 0 {
        let reason = format!("{length} bytes: expected {}, and not none", named.bytes);
        return Err(damaged(named, reason));
    }
    Ok(Opened {
        named,
        file: BufReader::with_capacity(BUFFER, file),
        left: length,
        records: 0,
        hasher: Sha256::new(),
    })
}

impl Opened<'_> {
    fn read_length(&mut self, bytes_max: usize) -> Result<usize, SnapshotError> {
        let mut bytes = [0; 4];
        self.read(&mut bytes)?;
        let length = u32::from_be_bytes(bytes);
        let fits = usize::try_from(length)
            .ok()
            .filter(|length| *length <= bytes_max);
        let fits = fits.filter(|_| u64::from(length) <= self.left);
        fits.ok_or_else(|| {
            damaged(
                self.named,
                format!("record {}: {length} bytes", self.records),
            )
        })
    }

    fn read(&mut self, into: &mut [u8]) -> Result<(), SnapshotError> {
        let left = self.left.checked_sub(into.len() as u64);
        self.left = left.ok_or_else(|| damaged(self.named, "it ends within a record"))?;
        let read = self.file.read_exact(into);
        read.map_err(|error| damaged(self.named, error))?;
        self.hasher.update(&*into);
        Ok(())
    }
}
