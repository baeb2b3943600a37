//! A database keeps genesis and refuses what is not its own.

use std::sync::Arc;

use yilian_chain_spec::presets;
use yilian_crypto::{Digest, SecretKey};
use yilian_executor::{Draft, Executor, genesis};
use yilian_merkle::log;
use yilian_primitives::BlockRef;
use yilian_storage::{BodyWindow, OpenError, Store, UndecidedProposal};

fn executor() -> Executor {
    let mut place = 0;
    let spec = presets::local(|_| {
        place += 1;
        SecretKey::from_seed([place; 32]).public_key()
    });
    Executor::new(Arc::new(spec)).expect("executor")
}

fn with_genesis(path: &std::path::Path) -> (Executor, Store) {
    let executor = executor();
    let store = Store::open(path, &executor.spec().digest(), None).expect("opens");
    let block = genesis(&executor, &mut |_| Err("no contracts".to_owned())).expect("genesis");
    store.commit(&block).expect("commits");
    (executor, store)
}

#[test]
fn genesis_is_there_after_opening_again() {
    let folder = tempfile::tempdir().expect("folder");
    let (executor, store) = with_genesis(folder.path());
    let header = store.tip().expect("tip").header().clone();
    drop(store);
    let store = Store::open(folder.path(), &executor.spec().digest(), None).expect("opens again");
    let tip = store.tip().expect("tip");
    assert_eq!(*tip.header(), header);
    assert_eq!(log::root_at(&store, 1), Ok(header.log_root));
    let key = yilian_abi::state_key::parameters();
    let (value, proof) = tip.prove(&key).expect("proof");
    let value = value.expect("parameters").value;
    proof
        .verify(&header.state_root, &key, Some(&value))
        .expect("holds");
    let (absent, proof) = tip.prove(b"tender\0nothing").expect("proof");
    assert!(absent.is_none());
    proof
        .verify(&header.state_root, b"tender\0nothing", None)
        .expect("holds");
}

#[test]
fn a_database_with_a_window_begins_like_any_other() {
    let (folder, executor) = (tempfile::tempdir().expect("folder"), executor());
    let store = Store::open(folder.path(), &executor.spec().digest(), None).expect("opens");
    store.keep_bodies(BodyWindow { blocks: 1, ms: 1 });
    let block = genesis(&executor, &mut |_| Err("no contracts".to_owned())).expect("genesis");
    store.commit(&block).expect("commits");
    assert_eq!(store.bodies_from(), Ok(0));
}

#[test]
fn a_database_of_another_chain_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let (_, store) = with_genesis(folder.path());
    drop(store);
    let refused = Store::open(folder.path(), &Digest::sha256(b"another"), None);
    assert!(matches!(refused, Err(OpenError::OtherChain { .. })));
}

/// Works on the raw database of a folder.
fn raw<T>(folder: &std::path::Path, work: impl Fn(&mut rocksdb::DB) -> T) -> T {
    let options = rocksdb::Options::default();
    let names = rocksdb::DB::list_cf(&options, folder).expect("lists");
    let mut db = rocksdb::DB::open_cf(&options, folder, names).expect("opens");
    work(&mut db)
}

fn set_format(folder: &std::path::Path, format: u8) {
    raw(folder, |db| {
        let meta = db.cf_handle("meta").expect("a column");
        db.put_cf(meta, "format", [format]).expect("puts");
    });
}

fn format(folder: &std::path::Path) -> Vec<u8> {
    let get = |db: &mut rocksdb::DB| db.get_cf(db.cf_handle("meta").expect("a column"), "format");
    raw(folder, get).expect("reads").expect("is there")
}

#[test]
fn a_database_of_a_later_release_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let (executor, store) = with_genesis(folder.path());
    drop(store);
    let open = || Store::open(folder.path(), &executor.spec().digest(), None);
    let [now] = format(folder.path())[..] else {
        panic!("one byte")
    };
    set_format(folder.path(), now + 1);
    let refused = open().err().expect("refused").to_string();
    let named = format!("format {}", now + 1);
    assert!(refused.contains(&named), "{refused}");
    assert!(refused.contains("newer release"), "{refused}");
    assert_eq!(format(folder.path()), [now + 1], "it is as it was");
    set_format(folder.path(), now);
    assert!(open().is_ok());
    let options = rocksdb::Options::default();
    raw(folder.path(), |db| {
        db.create_cf("of_later", &options).expect("makes")
    });
    let refused = open().err().expect("refused").to_string();
    assert!(refused.contains("column of_later"), "{refused}");
    assert!(refused.contains("newer release"), "{refused}");
}

#[test]
fn an_earlier_format_is_raised_and_everything_is_kept() {
    let folder = tempfile::tempdir().expect("folder");
    let (executor, store) = with_genesis(folder.path());
    let header = store.tip().expect("tip").header().clone();
    drop(store);
    let now = format(folder.path());
    set_format(folder.path(), 1);
    let other = Store::open(folder.path(), &Digest::sha256(b"another"), None);
    assert!(matches!(other, Err(OpenError::OtherChain { .. })));
    assert_eq!(
        format(folder.path()),
        [1],
        "nothing is raised that is refused"
    );
    let store = Store::open(folder.path(), &executor.spec().digest(), None).expect("opens");
    assert_eq!(*store.tip().expect("tip").header(), header);
    drop(store);
    assert_eq!(format(folder.path()), now);
}

#[test]
fn a_database_that_is_in_use_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let (executor, _store) = with_genesis(folder.path());
    let refused = Store::open(folder.path(), &executor.spec().digest(), None);
    assert!(matches!(refused, Err(OpenError::Unusable { .. })));
}

#[test]
fn a_block_that_is_not_the_next_is_not_written() {
    let folder = tempfile::tempdir().expect("folder");
    let (executor, store) = with_genesis(folder.path());
    let again = genesis(&executor, &mut |_| Err("no contracts".to_owned())).expect("genesis");
    let refused = store.commit(&again).expect_err("height 0 is there already");
    assert!(
        refused.to_string().contains("expected block 1"),
        "{refused}"
    );
}

#[test]
fn the_same_block_on_the_same_parent_has_the_same_roots_and_another_root_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let (executor, store) = with_genesis(folder.path());
    let tip = store.tip().expect("tip");
    let draft = Draft {
        time_ms: tip.header().time_ms + 1,
        proposer: tip.next_validators().at(0).expect("validator").address(),
        parent_certificate: None,
        transactions: Vec::new(),
    };
    let built = executor
        .build(tip.open().expect("opens"), draft, &|| true)
        .expect("builds");
    let mut block = built.block().clone();
    executor
        .execute(tip.open().expect("opens"), block.clone())
        .expect("the same roots");
    block.header.state_root = Digest::sha256(b"wrong");
    let refused = executor.execute(tip.open().expect("opens"), block);
    let text = refused.err().expect("refused").to_string();
    assert!(
        text.contains("block 1") && text.contains("state_root"),
        "{text}"
    );
}

#[test]
fn kept_proposals_are_found_by_height_and_round() {
    let folder = tempfile::tempdir().expect("folder");
    let (_, store) = with_genesis(folder.path());
    let proposal = |round: u32| UndecidedProposal {
        height: 1,
        round,
        valid_round: None,
        proposer: yilian_primitives::Address::NONE,
        value: BlockRef {
            header_hash: Digest::sha256(&round.to_be_bytes()),
            log_size: 2,
            log_root: Digest::ZERO,
        },
        bytes: vec![1, 2, 3],
        valid: true,
    };
    for round in 0..3 {
        store.keep_proposal(&proposal(round)).expect("keeps");
    }
    assert_eq!(
        store.kept_proposals(1, Some(1)).expect("reads"),
        vec![proposal(1)]
    );
    assert_eq!(store.kept_proposals(1, None).expect("reads").len(), 3);
    assert!(store.kept_proposals(2, None).expect("reads").is_empty());
}
