//! The state of a height: rebuilt as a tree, whose root its header names.

use rocksdb::{IteratorMode, ReadOptions};
use yilian_abi::state_key::is_index;
use yilian_crypto::Digest;
use yilian_executor::StoredValue;
use yilian_primitives::{Header, limits::STATE_KEY_BYTES_MAX};
use yilian_state_tree::build;

use super::begin::Unfinished;
use super::files::Input;
use super::{STATE_FRAME_BYTES, SnapshotError};
use crate::columns::{self, STATE_KEYS, STATE_VALUES, TREE_NODES, value_key};
use crate::{damaged, values};

/// A record of the state: writer (8 bytes, big-endian), length of the key (2), key, value.
pub(super) fn record(key: &[u8], stored: &StoredValue) -> Option<Vec<u8>> {
    let length = u16::try_from(key.len()).ok()?;
    let mut record = Vec::with_capacity(STATE_FRAME_BYTES + key.len() + stored.value.len());
    record.extend_from_slice(&stored.writer.to_be_bytes());
    record.extend_from_slice(&length.to_be_bytes());
    record.extend_from_slice(key);
    record.extend_from_slice(&stored.value);
    Some(record)
}

/// Key, writer and value of a record.
fn read(record: &[u8]) -> Option<(&[u8], StoredValue)> {
    let (writer, rest) = record.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (key, value) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let stored = StoredValue {
        writer: u64::from_be_bytes(*writer),
        value: value.to_vec(),
    };
    Some((key, stored)).filter(|_| key.len() <= STATE_KEY_BYTES_MAX)
}

/// How many entries were written by the leaves from one on.
pub(super) struct Written {
    /// By any of them.
    pub(super) since: u64,
    /// By the leaf of the last block's parent: the entry that a block makes of itself.
    pub(super) by_block: u64,
}

/// Takes the state of a height. `first` is a leaf of the log, and `of_block` the one of the last block's parent.
pub(super) fn take(
    mut input: Input<'_>,
    header: &Header,
    (first, of_block): (u64, u64),
    into: &mut Unfinished,
) -> Result<(Digest, Written), SnapshotError> {
    let mut before: Option<Vec<u8>> = None;
    let mut written = Written {
        since: 0,
        by_block: 0,
    };
    while input.next()? {
        let Some((key, stored)) = read(input.record()) else {
            return Err(input.wrong("it is no entry of the state"));
        };
        if before.as_deref().is_some_and(|before| before >= key) {
            return Err(input.wrong("expected keys to rise"));
        }
        if stored.writer >= header.log_size {
            let (got, size) = (stored.writer, header.log_size);
            return Err(input.wrong(format!("written by leaf {got} of a log of {size}")));
        }
        written.since += u64::from(stored.writer >= first);
        written.by_block += u64::from(stored.writer == of_block);
        let value = values::encode(Some(&stored));
        match is_index(key) {
            true => into.put(STATE_KEYS, key, &value)?,
            false => {
                into.put(STATE_KEYS, key, &[])?;
                let hash = Digest::sha256(key);
                into.put(
                    STATE_VALUES,
                    &value_key(hash.as_bytes(), header.height),
                    &value,
                )?;
            }
        }
        before = Some(key.to_vec());
    }
    grow(header, into)?.then_some(()).ok_or_else(|| {
        input.wrong(format!(
            "with it the state is whole, and does not have the root {} that header {} names",
            header.state_root, header.height
        ))
    })?;
    Ok((input.end()?, written))
}

/// Makes the tree of the values that were taken; whether its root is the header's.
fn grow(header: &Header, into: &mut Unfinished) -> Result<bool, SnapshotError> {
    into.write()?;
    let store = into.store.clone();
    let column = columns::handle(&store.0.db, STATE_VALUES)?;
    let mut options = ReadOptions::default();
    options.fill_cache(false);
    options.set_total_order_seek(true);
    let entries = store
        .0
        .db
        .iterator_cf_opt(column, options, IteratorMode::Start);
    let leaves = entries.map(|entry| {
        let wrong = || damaged("a value of the state that was just written");
        let (key, bytes) = entry?;
        let hash: &[u8; 32] = key.first_chunk().ok_or_else(wrong)?;
        let stored = values::decode(&bytes)?.ok_or_else(wrong)?;
        Ok((Digest::from_bytes(*hash), Digest::sha256(&stored.value)))
    });
    let root = build(header.height, leaves, &mut |key, node| {
        into.put(TREE_NODES, &key.to_bytes(), &node.encode())
    })?;
    Ok(root == header.state_root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_entry_has_one_form(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Some((key, stored)) = read(&bytes) {
                prop_assert_eq!(record(key, &stored), Some(bytes));
            }
        }

        #[test]
        fn what_is_written_is_read(key: Vec<u8>, value: Vec<u8>, writer: u64) {
            let stored = StoredValue { value, writer };
            let bytes = record(&key, &stored).expect("short");
            prop_assert_eq!(read(&bytes), Some((key.as_slice(), stored)));
        }
    }
}
