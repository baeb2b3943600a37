//! What was read or written lately, in memory. It holds nothing that the database does not hold, so it decides nothing.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_cache::{Weighter, sync, unsync};
use yilian_executor::{StateChange, StoredValue};
use yilian_primitives::{Height, TxId};
use yilian_state_tree::{Node, NodeKey};

use crate::ExecutedTransaction;

/// Bytes of tree nodes, about: most of a tree of a million keys, and the upper levels of a larger one. What is not here
/// is read from a random place of the database for each key that changes.
const NODES_BYTES: u64 = 192 << 20;
/// Bytes of state values.
const VALUES_BYTES: u64 = 32 << 20;
/// Bytes of executed transactions with their traces, about: those of the last few seconds.
const EXECUTED_BYTES: u64 = 32 << 20;
/// An entry's own bytes beside key and content, about.
const ENTRY_BYTES: u64 = 96;
/// Bytes of a node in memory, about: most have two or three children.
const NODE_BYTES: u64 = 512;
/// An executed transaction's own bytes, about, beside those that were sent and its trace's.
const PARSED_BYTES: u64 = 2_048;
/// A larger value is not kept: programs, which are kept compiled.
const VALUE_BYTES_MAX: usize = 64 << 10;

/// A cache of so many bytes, whose entries have about so many each.
fn bounded<K: Eq + Hash, V: Clone, W: Weighter<K, V> + Clone>(
    bytes: u64,
    entry_bytes: u64,
    weighter: W,
) -> sync::Cache<K, V, W> {
    let expected = usize::try_from(bytes / entry_bytes).unwrap_or(usize::MAX);
    sync::Cache::with_weighter(expected, bytes, weighter)
}

#[derive(Clone)]
struct NodeWeight;

impl Weighter<NodeKey, Arc<Node>> for NodeWeight {
    fn weight(&self, _: &NodeKey, node: &Arc<Node>) -> u64 {
        node.size_bytes() as u64 + ENTRY_BYTES
    }
}

/// Nodes of the state tree, of the tip mostly. A node of a version never changes, so none is ever wrong.
pub(crate) struct NodeCache(sync::Cache<NodeKey, Arc<Node>, NodeWeight>);

impl NodeCache {
    pub(crate) fn new() -> Self {
        NodeCache(bounded(NODES_BYTES, NODE_BYTES, NodeWeight))
    }

    pub(crate) fn get(&self, key: &NodeKey) -> Option<Arc<Node>> {
        self.0.get(key)
    }

    pub(crate) fn put(&self, key: &NodeKey, node: &Arc<Node>) {
        self.0.insert(*key, Arc::clone(node));
    }

    /// Makes room of a node that another one replaced: only who looks at an older height reads it.
    pub(crate) fn replaced(&self, key: &NodeKey) {
        self.0.remove(key);
    }
}

/// What a key holds; nothing if it is absent.
type Value = Option<StoredValue>;

#[derive(Clone)]
struct ValueWeight;

impl Weighter<Vec<u8>, Value> for ValueWeight {
    fn weight(&self, key: &Vec<u8>, value: &Value) -> u64 {
        let bytes = key.len() + value.as_ref().map_or(0, |stored| stored.value.len());
        bytes as u64 + ENTRY_BYTES
    }
}

struct Values {
    /// The height whose state the entries are; none before genesis.
    height: Option<Height>,
    entries: unsync::Cache<Vec<u8>, Value, ValueWeight>,
}

/// Values of the state at the tip. Who reads an older height reads the database.
pub(crate) struct ValueCache(Mutex<Values>);

impl ValueCache {
    /// Nothing is known before the tip is.
    pub(crate) fn new() -> Self {
        let expected = usize::try_from(VALUES_BYTES / 512).unwrap_or(usize::MAX);
        let entries = unsync::Cache::with_weighter(expected, VALUES_BYTES, ValueWeight);
        ValueCache(Mutex::new(Values {
            height: None,
            entries,
        }))
    }

    /// What is known of a key at a height.
    pub(crate) fn get(&self, height: Height, key: &[u8]) -> Option<Value> {
        let values = self.lock();
        if values.height != Some(height) {
            return None;
        }
        values.entries.get(key).cloned()
    }

    /// Whether a key is known to have no value at a height.
    pub(crate) fn is_absent(&self, height: Height, key: &[u8]) -> bool {
        let values = self.lock();
        values.height == Some(height) && matches!(values.entries.peek(key), Some(None))
    }

    /// Keeps what was read at a height, if that is still the tip.
    pub(crate) fn put(&self, height: Height, key: &[u8], value: &Value) {
        let mut values = self.lock();
        if values.height == Some(height) && fits(value) {
            values.entries.insert(key.to_vec(), value.clone());
        }
    }

    /// Goes on to the next height. Of what it changed only that is kept which was read before: most new keys are not read
    /// again soon.
    pub(crate) fn advance(&self, height: Height, changes: &BTreeMap<Vec<u8>, StateChange>) {
        let mut values = self.lock();
        for (key, change) in changes {
            if values.entries.peek(key).is_none() {
                continue;
            }
            match fits(change) {
                true => values.entries.insert(key.clone(), change.clone()),
                false => drop(values.entries.remove(key)),
            }
        }
        values.height = Some(height);
    }

    fn lock(&self) -> MutexGuard<'_, Values> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone)]
struct ExecutedWeight;

impl Weighter<TxId, Arc<(ExecutedTransaction, u64)>> for ExecutedWeight {
    fn weight(&self, _: &TxId, entry: &Arc<(ExecutedTransaction, u64)>) -> u64 {
        entry.1
    }
}

/// The last transactions that were executed: who sent one asks for its receipt as soon as there is one.
pub(crate) struct ExecutedCache(sync::Cache<TxId, Arc<(ExecutedTransaction, u64)>, ExecutedWeight>);

impl ExecutedCache {
    pub(crate) fn new() -> Self {
        ExecutedCache(bounded(EXECUTED_BYTES, PARSED_BYTES, ExecutedWeight))
    }

    pub(crate) fn get(&self, id: &TxId) -> Option<ExecutedTransaction> {
        self.0.get(id).map(|entry| entry.0.clone())
    }

    /// Keeps one; its trace has so many bytes.
    pub(crate) fn put(&self, executed: ExecutedTransaction, trace_bytes: usize) {
        let bytes = executed
            .transaction
            .size_bytes()
            .saturating_add(trace_bytes);
        // Parsed, each of its bytes is there about twice.
        let weight = (bytes as u64)
            .saturating_mul(2)
            .saturating_add(PARSED_BYTES);
        let id = executed.transaction.id();
        self.0.insert(id, Arc::new((executed, weight)));
    }
}

fn fits(value: &Value) -> bool {
    value
        .as_ref()
        .is_none_or(|stored| stored.value.len() <= VALUE_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(height: Height) -> ValueCache {
        let cache = ValueCache::new();
        cache.advance(height, &BTreeMap::new());
        cache
    }

    fn value(writer: u64) -> Value {
        Some(StoredValue {
            value: b"value".to_vec(),
            writer,
        })
    }

    #[test]
    fn a_value_is_known_at_the_tip_only() {
        let cache = at(7);
        cache.put(7, b"a", &value(1));
        cache.put(6, b"b", &value(1));
        assert_eq!(cache.get(7, b"a"), Some(value(1)));
        assert_eq!(cache.get(6, b"a"), None);
        assert_eq!(cache.get(7, b"b"), None);
        cache.advance(8, &BTreeMap::new());
        assert_eq!(cache.get(7, b"a"), None);
        assert_eq!(cache.get(8, b"a"), Some(value(1)));
        // Whoever read it before the block was written comes too late.
        cache.put(7, b"c", &value(1));
        assert_eq!(cache.get(8, b"c"), None);
    }

    #[test]
    fn a_block_changes_what_is_known() {
        let cache = at(0);
        for key in [b"changed", b"removed"] {
            cache.put(0, key, &value(1));
        }
        cache.put(0, b"made", &None);
        let changes = [
            (b"changed".to_vec(), value(2)),
            (b"removed".to_vec(), None),
            (b"made".to_vec(), value(3)),
            (b"unread".to_vec(), value(4)),
        ];
        cache.advance(1, &changes.into());
        assert_eq!(cache.get(1, b"changed"), Some(value(2)));
        assert_eq!(cache.get(1, b"removed"), Some(None));
        assert_eq!(cache.get(1, b"made"), Some(value(3)));
        assert_eq!(cache.get(1, b"unread"), None);
    }

    #[test]
    fn a_value_that_grew_too_large_is_forgotten() {
        let cache = at(0);
        cache.put(0, b"a", &value(1));
        let large = Some(StoredValue {
            value: vec![0; VALUE_BYTES_MAX + 1],
            writer: 2,
        });
        cache.advance(1, &[(b"a".to_vec(), large.clone())].into());
        assert_eq!(cache.get(1, b"a"), None);
        cache.put(1, b"a", &large);
        assert_eq!(cache.get(1, b"a"), None);
    }
}
