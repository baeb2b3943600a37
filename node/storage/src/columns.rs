//! The column families and their keys. Integers in keys are big-endian, so that keys stand in their order.

use rocksdb::{ColumnFamily, DB};

use crate::StorageError;

/// Format version, chain and tip.
pub(crate) const META: &str = "meta";
/// Height → encoded block.
pub(crate) const BLOCKS: &str = "blocks";
/// Height → header and where its receipts begin.
pub(crate) const HEADERS: &str = "headers";
/// Height → certificate.
pub(crate) const CERTIFICATES: &str = "certificates";
/// Hash → validator set.
pub(crate) const VALIDATOR_SETS: &str = "validator_sets";
/// Height → nothing: the validators of the next height are others than those that decided it.
pub(crate) const SET_CHANGES: &str = "set_changes";
/// Log index → leaf.
pub(crate) const LEAVES: &str = "leaves";
/// Level and index → root of a complete subtree of the log.
pub(crate) const LOG_NODES: &str = "log_nodes";
/// Log index → trace of a receipt.
pub(crate) const TRACES: &str = "traces";
/// Transaction id → height, log index, and where in its block its bytes are.
pub(crate) const TRANSACTIONS: &str = "transactions";
/// State keys that have a value, for scans → nothing; keys of an index → their value, of which there is the latest only.
pub(crate) const STATE_KEYS: &str = "state_keys";
/// Key hash and inverted height → value and its writer.
pub(crate) const STATE_VALUES: &str = "state_values";
/// Nodes of the state tree.
pub(crate) const TREE_NODES: &str = "tree_nodes";
/// Height, round and hash → proposal that is not decided yet.
pub(crate) const UNDECIDED: &str = "undecided";
/// Transaction id → transaction that waits.
pub(crate) const POOL: &str = "pool";
/// Height and counter → misbehaviour of a validator.
pub(crate) const MISBEHAVIOURS: &str = "misbehaviours";
/// Height and key of a tree node that is stale since then.
pub(crate) const STALE_NODES: &str = "stale_nodes";
/// Height and hash of a key that changed there → whether it has a value.
pub(crate) const STALE_VALUES: &str = "stale_values";
/// Height → cosignatures of witnesses.
pub(crate) const COSIGNATURES: &str = "cosignatures";
/// Digest of a submission → this validator's acknowledgement, and the head of their chain.
pub(crate) const ACKNOWLEDGEMENTS: &str = "acknowledgements";

pub(crate) const ALL: [&str; 20] = [
    META,
    BLOCKS,
    HEADERS,
    CERTIFICATES,
    VALIDATOR_SETS,
    SET_CHANGES,
    LEAVES,
    LOG_NODES,
    TRACES,
    TRANSACTIONS,
    STATE_KEYS,
    STATE_VALUES,
    TREE_NODES,
    UNDECIDED,
    POOL,
    MISBEHAVIOURS,
    COSIGNATURES,
    STALE_NODES,
    STALE_VALUES,
    ACKNOWLEDGEMENTS,
];

/// The handle of a column family. All are made when the database is opened.
pub(crate) fn handle<'d>(db: &'d DB, name: &str) -> Result<&'d ColumnFamily, StorageError> {
    db.cf_handle(name)
        .ok_or_else(|| StorageError(format!("column family {name} is missing")))
}

pub(crate) fn get(db: &DB, name: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
    Ok(db.get_cf(handle(db, name)?, key)?)
}

pub(crate) fn log_node_key(level: u8, index: u64) -> [u8; 9] {
    let mut key = [0; 9];
    key[0] = level;
    key[1..].copy_from_slice(&index.to_be_bytes());
    key
}

/// Bytes of the hash with which keys of [`STATE_VALUES`] begin.
pub(crate) const KEY_HASH_BYTES: usize = 32;

/// Newest version first: a seek to a version finds the newest that is not newer.
pub(crate) fn value_key(key_hash: &[u8; KEY_HASH_BYTES], version: u64) -> [u8; 40] {
    let mut key = [0; 40];
    key[..KEY_HASH_BYTES].copy_from_slice(key_hash);
    key[KEY_HASH_BYTES..].copy_from_slice(&(!version).to_be_bytes());
    key
}
