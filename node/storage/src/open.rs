//! Opening a database, and refusing one that is foreign, newer or damaged.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, RwLock};

use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamilyDescriptor, DB, DBCompressionType, DBRecoveryMode,
    Options,
};
use thiserror::Error;
use yilian_crypto::Digest;
use yilian_primitives::codec;

use crate::cache::{NodeCache, ValueCache};
use crate::columns::{self, META};
use crate::commit::{TIP, Tip};
use crate::{Inner, Snapshot, StorageError, Store};

const FORMAT: &[u8] = b"format";
const CHAIN: &[u8] = b"chain";
/// Bytes of blocks of files kept in memory, for all columns together.
const BLOCK_CACHE_BYTES: usize = 64 << 20;
/// Bits per key of the filters: one key in a hundred that is not there is looked up in vain.
const BLOOM_BITS: f64 = 10.0;
/// Version of the layout.
const FORMAT_VERSION: u8 = 2;

/// The database may not be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Another process has it, the disk fails, or a file is damaged.
    #[error(
        "数据库无法打开 / the database in {path} cannot be opened: {reason}. 若另有进程在用，请先停止；若文件损坏，\
         请从备份恢复，或移走数据库（保留密钥与共识日志）后启动，按提示重新同步 / If another process holds it, stop that one; if \
         a file is damaged, restore a backup, or move the database away, keep the consensus log, and start: the node says \
         how to catch up"
    )]
    Unusable {
        /// The directory.
        path: String,
        /// What the database says.
        reason: String,
    },
    /// It belongs to another chain.
    #[error(
        "数据库属于另一条链 / the database in {path} is of another chain: its chain specification has digest {got}, \
         and the one given has {expected}. 请检查 chain_spec 与 data_dir / Check chain_spec and data_dir"
    )]
    OtherChain {
        /// The directory.
        path: String,
        /// Digest of the specification given.
        expected: Digest,
        /// Digest in the database.
        got: String,
    },
    /// It was written by another release.
    #[error(
        "数据库格式版本 {got}，本程序读取版本 {FORMAT_VERSION} / the database in {path} has format {got}, and this program reads \
         {FORMAT_VERSION}: 较新者请使用较新版本；较旧者请移走数据库（保留密钥与共识日志）后启动，按提示重新同步 / if it is newer, use a \
         newer release; if it is older, move the database away, keep the consensus log, and start: the node says how to catch up"
    )]
    OtherFormat {
        /// The directory.
        path: String,
        /// Format found.
        got: u8,
    },
    /// Its parts contradict each other.
    #[error(
        "数据库已损坏 / the database in {path} is damaged: {reason}. 请从备份恢复，或移走数据库（保留密钥与共识日志）后启动，\
         按提示重新同步 / restore a backup, or move the database away, keep the consensus log, and start: the node says how \
         to catch up"
    )]
    Damaged {
        /// The directory.
        path: String,
        /// What does not fit.
        reason: String,
    },
}

impl Store {
    /// Opens or makes the database of a chain in a directory, and checks that its tip fits together. `history_blocks` is
    /// the number of blocks below the tip whose state stays provable, at least [`crate::HISTORY_BLOCKS_MIN`]; without it
    /// all of them.
    pub fn open(
        path: &Path,
        chain_spec: &Digest,
        history_blocks: Option<u64>,
    ) -> Result<Self, OpenError> {
        let shown = path.display().to_string();
        let unusable = |reason: String| OpenError::Unusable {
            path: shown.clone(),
            reason,
        };
        let damaged = |reason: String| OpenError::Damaged {
            path: shown.clone(),
            reason,
        };
        std::fs::create_dir_all(path).map_err(|error| unusable(error.to_string()))?;
        let blocks = Cache::new_lru_cache(BLOCK_CACHE_BYTES);
        let columns = columns::ALL
            .iter()
            .map(|name| ColumnFamilyDescriptor::new(*name, column_options(&blocks)));
        let db = DB::open_cf_descriptors(&database_options(), path, columns)
            .map_err(|error| unusable(error.to_string()))?;
        let store = Store(Arc::new(Inner {
            db,
            tip: RwLock::new(None),
            history_blocks,
            nodes: NodeCache::new(),
            values: ValueCache::new(),
        }));
        store.check_identity(&shown, chain_spec)?;
        let tip = store.load_tip().map_err(|error| damaged(error.0))?;
        if let Some(tip) = &tip {
            store.check_tip(tip).map_err(damaged)?;
        }
        if let Some(tip) = &tip {
            store
                .0
                .values
                .advance(tip.header().height, &BTreeMap::new());
        }
        if let Ok(mut slot) = store.0.tip.write() {
            *slot = tip;
        }
        Ok(store)
    }

    fn check_identity(&self, path: &str, chain_spec: &Digest) -> Result<(), OpenError> {
        let unusable = |error: StorageError| OpenError::Unusable {
            path: path.to_owned(),
            reason: error.0,
        };
        let db = &self.0.db;
        let format = columns::get(db, META, FORMAT).map_err(unusable)?;
        match format.as_deref() {
            None => {
                let put = || -> Result<(), StorageError> {
                    let meta = columns::handle(db, META)?;
                    db.put_cf(meta, CHAIN, chain_spec.to_string())?;
                    db.put_cf(meta, FORMAT, [FORMAT_VERSION])?;
                    Ok(())
                };
                return put().map_err(unusable);
            }
            Some([FORMAT_VERSION]) => {}
            Some(other) => {
                return Err(OpenError::OtherFormat {
                    path: path.to_owned(),
                    got: other.first().copied().unwrap_or(0),
                });
            }
        }
        let chain = columns::get(db, META, CHAIN).map_err(unusable)?;
        let got = String::from_utf8_lossy(&chain.unwrap_or_default()).into_owned();
        if got == chain_spec.to_string() {
            Ok(())
        } else {
            Err(OpenError::OtherChain {
                path: path.to_owned(),
                expected: *chain_spec,
                got,
            })
        }
    }

    fn load_tip(&self) -> Result<Option<Arc<Snapshot>>, StorageError> {
        let Some(bytes) = columns::get(&self.0.db, META, TIP)? else {
            return Ok(None);
        };
        let missing = |what: &str| StorageError(format!("{what} of the tip is missing or damaged"));
        let tip = codec::decode::<Tip, 16_384>(&bytes).map_err(|_| missing("the record"))?;
        let header = self
            .header(tip.height)?
            .ok_or_else(|| missing("the header"))?;
        let sets = [&header.validators_hash, &tip.next_validators];
        let [deciders, next] = sets.map(|hash| self.validator_set(hash));
        let deciders = deciders?.ok_or_else(|| missing("the validator set"))?;
        let next = next?.ok_or_else(|| missing("the next validator set"))?;
        Ok(Some(self.snapshot(header, tip.frontier, deciders, next)))
    }

    /// The header, the log and the state tree of the tip must agree.
    fn check_tip(&self, tip: &Snapshot) -> Result<(), String> {
        let header = tip.header();
        let height = header.height;
        if tip.frontier().root() != header.log_root || tip.frontier().size() != header.log_size {
            return Err(format!(
                "the log at height {height} has another root than the header"
            ));
        }
        let root = yilian_state_tree::root(self.0.as_ref(), height);
        if root.map_err(|error| error.to_string())? != header.state_root {
            return Err(format!(
                "the state tree at height {height} has another root than the header"
            ));
        }
        if height > 0 && self.certificate(height).map_err(|error| error.0)?.is_none() {
            return Err(format!("the certificate of height {height} is missing"));
        }
        let bytes = self.block_bytes(height).map_err(|error| error.0)?;
        bytes
            .map(|_| ())
            .ok_or_else(|| format!("block {height} is missing"))
    }
}

fn database_options() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_paranoid_checks(true);
    options.set_max_open_files(-1);
    options.set_keep_log_file_num(4);
    options.set_max_total_wal_size(64 << 20);
    // A torn tail is what a crash leaves. Damage before it must be an error, not an older tip: a validator that forgets
    // committed blocks could sign twice.
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    options
}

fn column_options(blocks: &Cache) -> Options {
    let mut table = BlockBasedOptions::default();
    table.set_block_cache(blocks);
    // Whether a transaction was executed before is asked of everything that comes, and the answer is mostly no.
    table.set_bloom_filter(BLOOM_BITS, false);
    let mut options = Options::default();
    options.set_block_based_table_factory(&table);
    options.set_compression_type(DBCompressionType::Lz4);
    options.set_write_buffer_size(16 << 20);
    options
}
