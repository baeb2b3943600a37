//! A database of an earlier format, whose entries of transactions held their envelopes, is raised; also when it was begun
//! and not ended.

use std::path::Path;

use rocksdb::{DB, Options};
use yilian_primitives::{Block, Height, VerifiedTransaction, codec};
use yilian_storage::Store;

use crate::carried::{Story, story};
use crate::torn::copy;

/// Every transaction of a chain with its height.
fn transactions(store: &Store, tip: Height) -> Vec<(Height, VerifiedTransaction)> {
    let block = |height| {
        let bytes = store.block_bytes(height).expect("reads").expect("a block");
        let block = Block::decode_and_verify(&bytes).expect("a block");
        block.transactions.into_iter().map(move |one| (height, one))
    };
    (0..=tip).flat_map(block).collect()
}

/// What format 2 kept of them, from a height on; below it entries are as they are.
fn lower(folder: &Path, store: &Store, from: Height, all: &[(Height, VerifiedTransaction)]) {
    let options = Options::default();
    let names = DB::list_cf(&options, folder).expect("lists");
    let db = DB::open_cf(&options, folder, names).expect("opens");
    let column = db.cf_handle("transactions").expect("a column");
    for (height, transaction) in all.iter().filter(|(height, _)| *height >= from) {
        let at = store.executed_at(&transaction.id()).expect("reads");
        let at = at.expect("executed");
        assert_eq!(at.height, *height);
        let mut entry = at.height.to_le_bytes().to_vec();
        entry.extend_from_slice(&at.log_index.to_le_bytes());
        entry.extend_from_slice(&codec::encode(transaction.envelope()));
        let id = transaction.id();
        db.put_cf(column, id.0.as_bytes(), entry).expect("puts");
    }
    let meta = db.cf_handle("meta").expect("a column");
    match from {
        0 => db.put_cf(meta, "format", [2]).expect("puts"),
        from => db
            .put_cf(meta, "places_from", from.to_be_bytes())
            .expect("puts"),
    }
}

#[test]
fn every_transaction_is_found_in_its_block() {
    let Story { chain, .. } = story();
    let (store, tip) = (chain.store(), chain.height());
    let all = transactions(store, tip);
    assert!(all.len() > 20, "{} transactions", all.len());
    for from in [0, tip / 2, tip] {
        let folder = tempfile::tempdir().expect("a folder");
        copy(chain.folder(), folder.path());
        lower(folder.path(), store, from, &all);
        for _ in 0..2 {
            let raised = chain.reopened(folder.path());
            for (height, transaction) in &all {
                let found = raised.transaction(&transaction.id()).expect("reads");
                let found = found.expect("kept");
                assert_eq!(found.transaction, *transaction, "from {from}");
                assert_eq!(found.execution.receipt.height, *height);
                // Of those executed lately the first one gives what it has in memory.
                let known = store.transaction(&transaction.id()).expect("reads");
                let known = known.expect("kept").execution;
                assert_eq!(known.log_index, found.execution.log_index);
                assert_eq!(known.receipt, found.execution.receipt);
                assert_eq!(known.trace, found.execution.trace);
            }
        }
    }
}
