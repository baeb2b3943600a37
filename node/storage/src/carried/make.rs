//! Making a snapshot of a database while its node goes on.

use std::path::Path;

use rocksdb::{DB, Direction, IteratorMode, ReadOptions, Snapshot};
use yilian_abi::state_key::is_index;
use yilian_crypto::Digest;
use yilian_executor::StoredValue;
use yilian_primitives::cbor::Cbor as _;
use yilian_primitives::{Header, HeaderLeaf, Height, codec};

use super::files::Output;
use super::{Kind, SnapshotError, SnapshotManifest, state};
use crate::bodies::{BODIES_FROM, read_mark};
use crate::columns::{self, *};
use crate::commit::{HeaderRecord, TIP, Tip};
use crate::manifest::sync_folder;
use crate::{StorageError, Store, damaged, values};

/// The database as of one moment, while its node goes on and deletes what falls out of its windows.
struct Moment<'d> {
    db: &'d DB,
    at: Snapshot<'d>,
}

type Entry = Result<(Box<[u8]>, Box<[u8]>), rocksdb::Error>;

impl<'d> Moment<'d> {
    fn get(&self, column: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.at.get_cf(columns::handle(self.db, column)?, key)?)
    }

    /// What has to be there.
    fn kept(&self, column: &str, key: &[u8]) -> Result<Vec<u8>, StorageError> {
        let found = self.get(column, key)?;
        found.ok_or_else(|| damaged(format!("an entry of column {column}")))
    }

    fn entries(
        &self,
        column: &str,
        from: &[u8],
    ) -> Result<impl Iterator<Item = Entry> + use<'_, 'd>, StorageError> {
        let mut options = ReadOptions::default();
        // Read once: the node's own reads are to stay in memory.
        options.fill_cache(false);
        let mode = IteratorMode::From(from, Direction::Forward);
        let column = columns::handle(self.db, column)?;
        Ok(self.at.iterator_cf_opt(column, options, mode))
    }

    fn header_record(&self, height: Height) -> Result<(HeaderRecord, Header), StorageError> {
        let wrong = || damaged(format!("header {height}"));
        let bytes = self.kept(HEADERS, &height.to_be_bytes())?;
        let record = codec::decode::<HeaderRecord, 8_192>(&bytes).map_err(|_| wrong())?;
        let header = Header::decode(&record.header).map_err(|_| wrong())?;
        Ok((record, header))
    }

    /// What a key of the state holds.
    fn entry(
        &self,
        key: &[u8],
        listed: &[u8],
        height: Height,
    ) -> Result<StoredValue, StorageError> {
        let wrong = || damaged("an entry of the state");
        if is_index(key) {
            return values::decode(listed)?.ok_or_else(wrong);
        }
        let hash = Digest::sha256(key);
        let newest = value_key(hash.as_bytes(), height);
        let (found, bytes) = self
            .entries(STATE_VALUES, &newest)?
            .next()
            .ok_or_else(wrong)??;
        match found.starts_with(hash.as_bytes()) {
            true => values::decode(&bytes)?.ok_or_else(wrong),
            false => Err(wrong()),
        }
    }
}

impl Store {
    /// Makes a snapshot of the tip in a new folder. `program` is the version of the program. With it come the bodies of
    /// the last heights in which a transaction could still be sent again, that is for `valid_for_ms` of block time.
    ///
    /// # Errors
    /// If the folder is there, cannot be written, or the database cannot be read; then what was begun is no snapshot.
    pub fn make_snapshot(
        &self,
        folder: &Path,
        program: &str,
        valid_for_ms: u64,
    ) -> Result<SnapshotManifest, SnapshotError> {
        let shown = folder.display().to_string();
        if folder.exists() {
            return Err(SnapshotError::Exists { folder: shown });
        }
        let write = |source| SnapshotError::Write {
            path: shown.clone(),
            source,
        };
        let db = &self.0.db;
        let at = db.snapshot();
        let moment = Moment { db, at };
        let tip = Tip::decode(&moment.kept(META, TIP)?)?;
        if tip.height == 0 {
            return Err(SnapshotError::NoBlock);
        }
        std::fs::create_dir_all(folder).map_err(write)?;
        let (_, header) = moment.header_record(tip.height)?;
        let bodies_from = bodies_from(&moment, &header, valid_for_ms)?;
        let (mut files, mut digest) = (Vec::new(), Digest::ZERO);
        for kind in Kind::ALL {
            let mut output = Output::new(folder, kind);
            let mut put = |record: &[u8]| output.put(record).map_err(write);
            match kind {
                Kind::Sets => sets(&moment, &mut put)?,
                Kind::Certificates => {
                    for entry in moment.entries(CERTIFICATES, &[])? {
                        put(&entry?.1)?;
                    }
                }
                Kind::Log => log(&moment, &header, &mut put)?,
                Kind::State => entries(&moment, tip.height, &mut put)?,
                Kind::Blocks => {
                    for height in bodies_from..=tip.height {
                        put(&moment.kept(BLOCKS, &height.to_be_bytes())?)?;
                    }
                }
                Kind::Traces => traces(&moment, bodies_from..=tip.height, &mut put)?,
            }
            let (written, over_all) = output.end().map_err(write)?;
            files.extend(written);
            if kind == Kind::State {
                digest = over_all;
            }
        }
        let manifest = SnapshotManifest {
            format: SnapshotManifest::FORMAT.to_owned(),
            chain_id: header.chain_id.clone(),
            chain_spec: self.chain()?,
            height: header.height,
            header_hash: header.hash(),
            time_ms: header.time_ms,
            bodies_from,
            state: digest,
            program: program.to_owned(),
            files,
            check: Digest::ZERO,
        };
        let manifest = manifest.checked();
        sync_folder(folder).map_err(write)?;
        manifest.write(folder).map_err(write)?;
        Ok(manifest)
    }
}

type Put<'p> = dyn FnMut(&[u8]) -> Result<(), SnapshotError> + 'p;

/// The lowest height whose transactions could still be sent again after the tip, or whose body is kept.
fn bodies_from(
    moment: &Moment<'_>,
    tip: &Header,
    valid_for_ms: u64,
) -> Result<Height, StorageError> {
    let kept = read_mark(moment.get(META, BODIES_FROM)?)?;
    let mut from = tip.height;
    while from > kept {
        let (_, below) = moment.header_record(from - 1)?;
        if below.time_ms.saturating_add(valid_for_ms) < tip.time_ms {
            break;
        }
        from -= 1;
    }
    Ok(from)
}

fn sets(moment: &Moment<'_>, put: &mut Put<'_>) -> Result<(), SnapshotError> {
    for entry in moment.entries(SET_CHANGES, &[])? {
        let (key, _) = entry?;
        let height = key.as_ref().try_into().map(Height::from_be_bytes);
        let height = height.map_err(|_| damaged("a change of the validators"))?;
        let (_, header) = moment.header_record(height)?;
        let hash = header.next_validators_hash;
        put(&moment.kept(VALIDATOR_SETS, hash.as_bytes())?)?;
    }
    Ok(())
}

fn log(moment: &Moment<'_>, tip: &Header, put: &mut Put<'_>) -> Result<(), SnapshotError> {
    for entry in moment.entries(LEAVES, &[])? {
        put(&entry?.1)?;
    }
    put(&HeaderLeaf(tip.clone()).encode())
}

fn entries(moment: &Moment<'_>, height: Height, put: &mut Put<'_>) -> Result<(), SnapshotError> {
    for entry in moment.entries(STATE_KEYS, &[])? {
        let (key, listed) = entry?;
        let stored = moment.entry(&key, &listed, height)?;
        let record = state::record(&key, &stored);
        put(&record.ok_or_else(|| damaged("a key of the state"))?)?;
    }
    Ok(())
}

fn traces(
    moment: &Moment<'_>,
    heights: std::ops::RangeInclusive<Height>,
    put: &mut Put<'_>,
) -> Result<(), SnapshotError> {
    for height in heights {
        let (record, _) = moment.header_record(height)?;
        for index in record.log_indexes() {
            put(&moment.kept(TRACES, &index.to_be_bytes())?)?;
        }
    }
    Ok(())
}
