//! Versions of state values, for reading a state key at a height, and nodes of the state tree.

use std::sync::Arc;

use rocksdb::{Direction, IteratorMode, ReadOptions};
use yilian_executor::StoredValue;
use yilian_state_tree::{Node, NodeKey, NodeRead};

use crate::columns::{self, STATE_VALUES, TREE_NODES};
use crate::{Inner, StorageError, damaged};

/// `[1] writer value`, or `[0]` for a removed key.
pub(crate) fn encode(change: Option<&StoredValue>) -> Vec<u8> {
    match change {
        None => vec![0],
        Some(stored) => {
            let mut bytes = Vec::with_capacity(9 + stored.value.len());
            bytes.push(1);
            bytes.extend_from_slice(&stored.writer.to_be_bytes());
            bytes.extend_from_slice(&stored.value);
            bytes
        }
    }
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Option<StoredValue>, StorageError> {
    match bytes.split_first() {
        Some((0, [])) => Ok(None),
        Some((1, rest)) => {
            let (writer, value) = rest
                .split_first_chunk::<8>()
                .ok_or_else(|| damaged("a state value"))?;
            Ok(Some(StoredValue {
                writer: u64::from_be_bytes(*writer),
                value: value.to_vec(),
            }))
        }
        _ => Err(damaged("a state value")),
    }
}

impl Inner {
    /// The value of a key hash as of a height.
    pub(crate) fn value_at(
        &self,
        key_hash: &[u8; 32],
        height: u64,
    ) -> Result<Option<StoredValue>, StorageError> {
        let column = columns::handle(&self.db, STATE_VALUES)?;
        let from = columns::value_key(key_hash, height);
        let mut options = ReadOptions::default();
        options.set_prefix_same_as_start(true);
        let mode = IteratorMode::From(&from, Direction::Forward);
        match self.db.iterator_cf_opt(column, options, mode).next() {
            None => Ok(None),
            Some(entry) => {
                let (key, value) = entry?;
                if key.starts_with(key_hash) {
                    decode(&value)
                } else {
                    Ok(None)
                }
            }
        }
    }
}

impl NodeRead for Inner {
    fn node(&self, key: &NodeKey) -> Result<Option<Arc<Node>>, String> {
        if let Some(node) = self.nodes.get(key) {
            return Ok(Some(node));
        }
        let bytes = columns::get(&self.db, TREE_NODES, &key.to_bytes()).map_err(|error| error.0)?;
        let Some(bytes) = bytes else {
            return Ok(None);
        };
        let node = Arc::new(Node::decode(&bytes).map_err(|error| error.to_string())?);
        self.nodes.put(key, &node);
        Ok(Some(node))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_value_has_one_encoding(kind in 0u8..3, rest in proptest::collection::vec(any::<u8>(), 0..20)) {
            let bytes = [&[kind], rest.as_slice()].concat();
            if let Ok(read) = decode(&bytes) {
                prop_assert_eq!(encode(read.as_ref()), bytes);
            }
        }
    }

    #[test]
    fn values_and_removals_are_read_and_nothing_else_is() {
        let stored = StoredValue {
            writer: 7,
            value: b"value".to_vec(),
        };
        let read = |bytes: &[u8]| decode(bytes).map(|stored| stored.map(|s| (s.writer, s.value)));
        let value = read(&encode(Some(&stored))).expect("a value");
        assert_eq!(value, Some((7, b"value".to_vec())));
        assert_eq!(read(&encode(None)).expect("a removal"), None);
        for damaged in [&[][..], &[2], &[0, 0], &[1, 0, 0, 0, 0, 0, 0, 0]] {
            assert!(read(damaged).is_err(), "{damaged:?}");
        }
    }
}
