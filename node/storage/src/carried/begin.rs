//! Making a database from a snapshot. It is there as a whole and proven, or not at all.

use std::fs;
use std::path::Path;

use rocksdb::{WriteBatch, WriteOptions};
use yilian_abi::state_key::is_index;
use yilian_chain_spec::ChainSpec;
use yilian_crash_point::Write;
use yilian_crypto::Digest;
use yilian_executor::StoredValue;
use yilian_primitives::{Address, Header, Height, codec};

use super::chain::{Chain, Inputs};
use super::files::Input;
use super::{Kind, SnapshotError, SnapshotManifest, bodies, state};
use crate::bodies::BODIES_FROM;
use crate::columns::{self, META, STATE_KEYS};
use crate::commit::{TIP, Tip};
use crate::history::STATE_FROM;
use crate::manifest::{beside, move_to};
use crate::{Restored, StorageError, Store, damaged, values};

/// Bytes that are written together.
const BATCH_BYTES: usize = 4 << 20;

/// From what a database is to be made, and for whom.
pub struct Begin<'b> {
    /// Folder of the snapshot.
    pub from: &'b Path,
    /// Directory of the database, which is not there yet.
    pub to: &'b Path,
    /// The chain: all that is trusted.
    pub spec: &'b ChainSpec,
    /// The own validator's address, if the operator says that its key never signed: then the database is not marked.
    pub new_key: Option<Address>,
    /// Digest of the state that another centre gave for the same height.
    pub state: Option<Digest>,
    /// Told of each file that was read.
    pub done: &'b dyn Fn(&str),
}

/// A database that nobody uses before it is whole.
pub(super) struct Unfinished {
    pub(super) store: Store,
    batch: WriteBatch,
}

impl Unfinished {
    pub(super) fn put(
        &mut self,
        column: &str,
        key: &[u8],
        value: &[u8],
    ) -> Result<(), SnapshotError> {
        let column = columns::handle(&self.store.0.db, column)?;
        self.batch.put_cf(column, key, value);
        match self.batch.size_in_bytes() >= BATCH_BYTES {
            true => self.write(),
            false => Ok(()),
        }
    }

    /// Writes what is collected, so that it can be read. Without a log of its own: whoever stops here begins anew.
    pub(super) fn write(&mut self) -> Result<(), SnapshotError> {
        let mut options = WriteOptions::default();
        options.disable_wal(true);
        let batch = std::mem::take(&mut self.batch);
        Ok(self.store.0.db.write_opt(batch, &options)?)
    }

    /// What a key of the state holds. Only of what was written.
    pub(super) fn entry(&self, key: &[u8]) -> Result<Option<StoredValue>, StorageError> {
        let inner = &self.store.0;
        match is_index(key) {
            true => match columns::get(&inner.db, STATE_KEYS, key)? {
                Some(bytes) => values::decode(&bytes),
                None => Ok(None),
            },
            false => inner.value_at(Digest::sha256(key).as_bytes(), Height::MAX),
        }
    }

    /// The last write: with it there is a tip.
    fn end(mut self, entries: &[(&[u8], Vec<u8>)]) -> Result<(), SnapshotError> {
        self.write()?;
        let db = &self.store.0.db;
        for name in columns::ALL {
            db.flush_cf(columns::handle(db, name)?)?;
        }
        let (meta, mut batch) = (columns::handle(db, META)?, WriteBatch::default());
        for (key, value) in entries {
            batch.put_cf(meta, key, value);
        }
        Ok(self.store.0.write(Write::Identity, batch)?)
    }
}

/// Makes the database of a node from a snapshot, and proves every part of it on the way. Unless the key is said to be new
/// the database is marked as restored.
///
/// # Errors
/// If there is a database, the snapshot is damaged or not proven, or the disk fails. Then there is no database.
pub fn begin(begin: &Begin<'_>) -> Result<SnapshotManifest, SnapshotError> {
    let path = begin.to.display().to_string();
    if begin.to.exists() {
        return Err(SnapshotError::Occupied { path });
    }
    let spec_digest = begin.spec.digest();
    let manifest = SnapshotManifest::read(begin.from, &spec_digest)?;
    if let Some(expected) = begin.state.filter(|given| *given != manifest.state) {
        let got = manifest.state;
        return Err(SnapshotError::OtherState { got, expected });
    }
    let write = |source| SnapshotError::Write {
        path: path.clone(),
        source,
    };
    let place = beside(begin.to).map_err(write)?;
    let store = Store::open(&place, &spec_digest, None)?;
    let batch = WriteBatch::default();
    let taken = take(begin, &manifest, Unfinished { store, batch });
    if let Err(error) = taken {
        // What is wrong is said; that a rest could not be removed matters less, and is said the next time.
        let _ = fs::remove_dir_all(&place);
        return Err(error);
    }
    check(&place, &manifest)?;
    move_to(begin.to, &place).map_err(write)?;
    Ok(manifest)
}

fn take(
    begin: &Begin<'_>,
    manifest: &SnapshotManifest,
    mut into: Unfinished,
) -> Result<(), SnapshotError> {
    let input = |kind| Input::new(begin.from, kind, manifest, begin.done);
    let mut chain = Chain::new(begin.spec, begin.new_key);
    let mut inputs = Inputs {
        log: input(Kind::Log),
        certificates: input(Kind::Certificates),
        sets: input(Kind::Sets),
    };
    let header = chain.follow(&mut inputs, manifest.height, &mut into)?;
    if (header.hash(), header.time_ms) != (manifest.header_hash, manifest.time_ms) {
        return Err(inputs
            .log
            .wrong("the manifest names another header at its height"));
    }
    for input in [inputs.log, inputs.certificates, inputs.sets] {
        input.end()?;
    }
    if let (Some(address), Some(height)) = (begin.new_key, chain.found) {
        return Err(SnapshotError::Signed { address, height });
    }
    into.write()?;
    if is_short(&into.store, begin.spec, &header, manifest.bodies_from)? {
        let (reason, folder) = (
            "its bodies begin too late".to_owned(),
            begin.from.display().to_string(),
        );
        return Err(SnapshotError::NoSnapshot { folder, reason });
    }
    let writers = writers(&into.store, &header, manifest.bodies_from)?;
    let (digest, written) = state::take(input(Kind::State), &header, writers, &mut into)?;
    if digest != manifest.state {
        let reason = "it names another digest of the state".to_owned();
        let folder = begin.from.display().to_string();
        return Err(SnapshotError::NoSnapshot { folder, reason });
    }
    into.write()?;
    let (blocks, traces) = (input(Kind::Blocks), input(Kind::Traces));
    bodies::take(
        blocks,
        traces,
        manifest.bodies_from..=header.height,
        &written,
        &mut into,
    )?;
    let tip = Tip {
        height: header.height,
        frontier: chain.frontier,
        next_validators: chain.next.hash(),
    };
    let mut entries = vec![
        (TIP, codec::encode(&tip)),
        (STATE_FROM, header.height.to_be_bytes().to_vec()),
        (BODIES_FROM, manifest.bodies_from.to_be_bytes().to_vec()),
    ];
    if begin.new_key.is_none() {
        entries.push(Restored::default().entry());
    }
    into.end(&entries)
}

/// Whether a transaction of a block whose body does not come along could still be sent again: its sender is to learn from
/// this node too what came of it.
fn is_short(
    store: &Store,
    spec: &ChainSpec,
    tip: &Header,
    bodies_from: Height,
) -> Result<bool, StorageError> {
    let Some(below) = bodies_from.checked_sub(1) else {
        return Ok(false);
    };
    let below = header(store, below)?;
    Ok(below
        .time_ms
        .saturating_add(spec.parameters.valid_for_max_ms)
        >= tip.time_ms)
}

/// The first leaf of the first block whose body comes along, and the leaf of the last block's parent.
fn writers(store: &Store, tip: &Header, bodies_from: Height) -> Result<(u64, u64), StorageError> {
    let first = match bodies_from.checked_sub(1) {
        // Genesis has no traces.
        None => 1,
        Some(below) => header(store, below)?.log_size,
    };
    Ok((first, header(store, tip.height.saturating_sub(1))?.log_size))
}

fn header(store: &Store, height: Height) -> Result<Header, StorageError> {
    let header = store.header(height)?;
    header.ok_or_else(|| damaged(format!("header {height}")))
}

/// The database must open as any other one.
fn check(database: &Path, manifest: &SnapshotManifest) -> Result<(), SnapshotError> {
    let store = Store::open(database, &manifest.chain_spec, None)?;
    let hash = store.tip().map(|tip| tip.header().hash());
    match hash == Some(manifest.header_hash) {
        true => Ok(()),
        false => Err(damaged("the tip that was just written").into()),
    }
}
