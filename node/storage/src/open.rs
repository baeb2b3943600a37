//! Opening a database, and refusing one that is foreign, newer or damaged.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use rocksdb::{
    BlockBasedIndexType, BlockBasedOptions, Cache, ColumnFamilyDescriptor, DB, DBCompressionType,
    DBRecoveryMode, Env, Options, SliceTransform, WriteBatch,
};
use thiserror::Error;
use yilian_crash_point::Write;
use yilian_crypto::Digest;

use crate::cache::{ExecutedCache, NodeCache, ValueCache};
use crate::columns::{self, *};
use crate::commit::{TIP, Tip};
use crate::history::Pruned;
use crate::{Inner, Snapshot, StorageError, Store, damaged};

pub(crate) const FORMAT: &[u8] = b"format";
const CHAIN: &[u8] = b"chain";
/// Bytes of blocks, indexes and filters of files kept in memory, for all columns together.
const BLOCK_CACHE_BYTES: usize = 128 << 20;
/// Files that the database keeps open. It has ever more of them, and a process may not open as many as it likes.
pub const OPEN_FILES_MAX: u32 = 1_536;
/// The open files are kept in so many parts, as a power of two. In the usual 64 a part has few files, and one that is read all
/// the time is closed when its part happens to have one more.
const OPEN_FILES_SHARD_BITS: i32 = 2;
/// Each level of a column has larger files than the one above it, so that their number hardly grows with the chain.
const FILE_SIZE_GROWTH: i32 = 2;
/// Bytes of a column kept in memory until a file is written.
const MEMORY_TABLE_BYTES: usize = 16 << 20;
/// The same of the state tree. Its keys begin with the height, so its files are never merged into larger ones, and a block
/// reads from all of them: of small ones a chain of some million records has more than may be open.
const TREE_MEMORY_TABLE_BYTES: usize = 64 << 20;
/// Bytes of the database's log from which on tables are written. The larger, the less is written again and again when
/// tables are merged, and the longer a start reads after a crash.
const LOG_BYTES_MAX: u64 = 128 << 20;
/// Bits per key of the filters: one key in a hundred that is not there is looked up in vain.
const BLOOM_BITS: f64 = 10.0;
/// Share of the memory of what is not in files yet that says which keys are not there.
const MEMORY_BLOOM_SHARE: f64 = 0.02;
/// Version of the layout. A release reads every earlier one, and raises it when it opens the database: from then on an
/// earlier release refuses it. A change that an earlier release may not overlook raises the version:
/// 2 knows the mark of a restored database, and keeps the state tree in another form; 3 keeps the bytes of a transaction in
/// its block alone.
pub(crate) const FORMAT_VERSION: u8 = 3;
/// The earliest version there was.
const FORMAT_FIRST: u8 = 1;

/// The database may not be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Another process has it, the disk fails, or a file is damaged.
    #[error(
        "数据库无法打开 / the database in {path} cannot be opened: {reason}. 若另有进程在用，请先停止；若文件损坏，\
         请移走数据库（勿删除），再运行 yiliand restore（--from 备份；无备份则重新同步）/ If another process holds it, stop that one; \
         if a file is damaged, move the database away, keep it, and run `yiliand restore`, --from a backup, or without one to \
         catch up from genesis"
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
        "数据库由较新版本写入（{got}）/ the database in {path} was written by a later release: it has {got}, and this program \
         reads formats up to {FORMAT_VERSION}. 请使用较新版本，勿删除数据 / Use a newer release, and keep the data"
    )]
    OtherFormat {
        /// The directory.
        path: String,
        /// What was found.
        got: String,
    },
    /// Its parts contradict each other.
    #[error(
        "数据库已损坏 / the database in {path} is damaged: {reason}. 请移走数据库（勿删除），再运行 yiliand restore（--from 备份；\
         无备份则重新同步）/ move the database away, keep it, and run `yiliand restore`, --from a backup, or without one to catch \
         up from genesis"
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
        refuse_unknown_columns(path)?;
        let db =
            open_columns(&database_options(), path).map_err(|error| unusable(error.to_string()))?;
        let store = Store(Arc::new(Inner {
            db,
            tip: RwLock::new(None),
            history_blocks,
            pruned: Pruned::default(),
            bodies: OnceLock::new(),
            nodes: NodeCache::new(),
            values: ValueCache::new(),
            executed: ExecutedCache::new(),
            failure: Mutex::new(None),
        }));
        store.check_identity(&shown, chain_spec)?;
        let tip = store.load_tip().map_err(|error| damaged(error.0))?;
        if let Some(tip) = &tip {
            store.check_tip(tip).map_err(damaged)?;
            let height = tip.header().height;
            store.0.values.advance(height, &BTreeMap::new());
        }
        if let Ok(mut slot) = store.0.tip.write() {
            *slot = tip;
        }
        store.note_home(path).map_err(|error| unusable(error.0))?;
        Ok(store)
    }

    fn check_identity(&self, path: &str, chain_spec: &Digest) -> Result<(), OpenError> {
        let unusable = |error: StorageError| OpenError::Unusable {
            path: path.to_owned(),
            reason: error.0,
        };
        let db = &self.0.db;
        let format = columns::get(db, META, FORMAT).map_err(unusable)?;
        let Some(format) = format else {
            let put = || -> Result<(), StorageError> {
                let meta = columns::handle(db, META)?;
                let mut batch = WriteBatch::default();
                batch.put_cf(meta, CHAIN, chain_spec.to_string());
                batch.put_cf(meta, FORMAT, [FORMAT_VERSION]);
                self.0.write(Write::Identity, batch)
            };
            return put().map_err(unusable);
        };
        let format = match format.as_slice() {
            [format @ FORMAT_FIRST..=FORMAT_VERSION] => *format,
            other => {
                return Err(OpenError::OtherFormat {
                    path: path.to_owned(),
                    got: format!("format {}", other.first().copied().unwrap_or(0)),
                });
            }
        };
        let chain = columns::get(db, META, CHAIN).map_err(unusable)?;
        let got = String::from_utf8_lossy(&chain.unwrap_or_default()).into_owned();
        if got != chain_spec.to_string() {
            return Err(OpenError::OtherChain {
                path: path.to_owned(),
                expected: *chain_spec,
                got,
            });
        }
        self.raise_format(format).map_err(unusable)
    }

    /// Digest of the chain's specification.
    pub(crate) fn chain(&self) -> Result<Digest, StorageError> {
        let text = columns::get(&self.0.db, META, CHAIN)?.unwrap_or_default();
        let digest = String::from_utf8_lossy(&text).parse();
        digest.map_err(|_| damaged("the digest of the chain specification"))
    }

    fn load_tip(&self) -> Result<Option<Arc<Snapshot>>, StorageError> {
        let Some(bytes) = columns::get(&self.0.db, META, TIP)? else {
            return Ok(None);
        };
        let missing = |what: &str| StorageError(format!("{what} of the tip is missing or damaged"));
        let tip = Tip::decode(&bytes)?;
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

/// A column that this program does not know says that a later release wrote the database.
fn refuse_unknown_columns(path: &Path) -> Result<(), OpenError> {
    if !path.join("CURRENT").exists() {
        return Ok(());
    }
    // What cannot be listed cannot be opened either, which says more.
    let found = DB::list_cf(&Options::default(), path).unwrap_or_default();
    let known = |name: &String| name == "default" || columns::ALL.contains(&name.as_str());
    match found.into_iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => Err(OpenError::OtherFormat {
            path: path.display().to_string(),
            got: format!("column {name}"),
        }),
    }
}

/// Opens a database with all its columns, whatever chain it is of.
pub(crate) fn open_columns(options: &Options, path: &Path) -> Result<DB, rocksdb::Error> {
    let blocks = Cache::new_lru_cache(BLOCK_CACHE_BYTES);
    let columns = columns::ALL
        .iter()
        .map(|name| ColumnFamilyDescriptor::new(*name, column_options(name, &blocks)));
    DB::open_cf_descriptors(options, path, columns)
}

pub(crate) fn database_options() -> Options {
    let mut options = Options::default();
    options.create_if_missing(true);
    options.create_missing_column_families(true);
    options.set_paranoid_checks(true);
    options.set_max_open_files(i32::try_from(OPEN_FILES_MAX).unwrap_or(i32::MAX));
    options.set_table_cache_num_shard_bits(OPEN_FILES_SHARD_BITS);
    options.set_keep_log_file_num(4);
    options.set_max_total_wal_size(LOG_BYTES_MAX);
    // Merging tables takes a core for seconds, and blocks come meanwhile: at the same priority those waited three times as long.
    if let Ok(mut env) = Env::new() {
        env.lower_thread_pool_cpu_priority();
        options.set_env(&env);
    }
    // A torn tail is what a crash leaves. Damage before it must be an error, not an older tip: a validator that forgets
    // committed blocks could sign twice.
    options.set_wal_recovery_mode(DBRecoveryMode::TolerateCorruptedTailRecords);
    options
}

fn column_options(name: &str, blocks: &Cache) -> Options {
    let mut table = BlockBasedOptions::default();
    table.set_block_cache(blocks);
    // Whether a transaction was executed before is asked of everything that comes, and the answer is mostly no. A node of the
    // state tree that is looked for is there.
    if name != TREE_NODES {
        table.set_bloom_filter(BLOOM_BITS, false);
    }
    // Else each open file keeps its index and filter in memory, about 100 bytes for a deposit that was ever made. In pieces,
    // since a whole filter would be read for one key.
    table.set_cache_index_and_filter_blocks(true);
    table.set_index_type(BlockBasedIndexType::TwoLevelIndexSearch);
    table.set_partition_filters(true);
    table.set_pin_top_level_index_and_filter(true);
    table.set_pin_l0_filter_and_index_blocks_in_cache(true);
    let mut options = Options::default();
    if name == STATE_VALUES {
        // Its reads seek, for the newest version of a key, and mostly there is none: who deposits looks whether it was there.
        options.set_prefix_extractor(SliceTransform::create_fixed_prefix(KEY_HASH_BYTES));
        options.set_memtable_prefix_bloom_ratio(MEMORY_BLOOM_SHARE);
        table.set_whole_key_filtering(false);
    }
    options.set_block_based_table_factory(&table);
    options.set_compression_type(match name {
        // Hashes, or gone soon.
        LOG_NODES | STALE_NODES | STALE_VALUES | TRANSACTIONS | TREE_NODES => {
            DBCompressionType::None
        }
        _ => DBCompressionType::Lz4,
    });
    options.set_write_buffer_size(match name {
        TREE_NODES => TREE_MEMORY_TABLE_BYTES,
        _ => MEMORY_TABLE_BYTES,
    });
    options.set_target_file_size_multiplier(FILE_SIZE_GROWTH);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDS: u32 = 60_000;

    /// What open files keep in memory beside the block cache, which is bounded.
    #[test]
    fn a_long_chain_takes_no_more_memory_than_a_short_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = open_columns(&database_options(), folder.path()).expect("opens");
        let leaves = columns::handle(&db, columns::LEAVES).expect("a column");
        for number in 0..RECORDS {
            let leaf = Digest::sha256(&number.to_be_bytes());
            db.put_cf(leaves, u64::from(number).to_be_bytes(), leaf.as_bytes())
                .expect("writes");
        }
        db.flush_cf(leaves).expect("flushes");
        let held = db
            .property_int_value_cf(leaves, "rocksdb.estimate-table-readers-mem")
            .expect("a property")
            .expect("a number");
        // A filter alone has 75 kB.
        assert!(held < 16 << 10, "{held} bytes");
    }
}
