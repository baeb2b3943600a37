//! State stays provable for a window of heights, and everything else for ever.

mod certify;
mod chain;

use std::path::Path;

use chain::Chain;
use rocksdb::{DB, IteratorMode, Options};
use yilian_crypto::Digest;
use yilian_merkle::log;
use yilian_primitives::Height;
use yilian_storage::HISTORY_BLOCKS_MIN;

/// What is provable.
trait Proves {
    fn proves(&self, height: Height) -> bool;
}

impl Proves for Chain {
    /// Whether a value of a height, and an absence there, are proven under its header.
    fn proves(&self, height: Height) -> bool {
        let header = self.store.header(height).expect("reads").expect("kept");
        [
            yilian_abi::state_key::of("system", b"block"),
            b"tender\0nothing".to_vec(),
        ]
        .iter()
        .all(|key| match self.store.prove(height, key) {
            Ok((value, proof)) => {
                let value = value.map(|stored| stored.value);
                let root = &header.state_root;
                proof.verify(root, key, value.as_deref()).is_ok()
            }
            Err(_) => false,
        })
    }
}

#[test]
fn state_is_provable_within_the_window_and_the_log_for_ever() {
    let folder = tempfile::tempdir().expect("folder");
    let chain = Chain::open(folder.path(), Some(HISTORY_BLOCKS_MIN));
    for _ in 0..HISTORY_BLOCKS_MIN + 20 {
        chain.commit();
    }
    let from = chain.store.state_from().expect("reads");
    assert_eq!(from, 20);
    for height in [from, from + 1, from + 50, HISTORY_BLOCKS_MIN + 20] {
        assert!(chain.proves(height), "height {height}");
    }
    for height in [0, 1, from - 1] {
        assert!(!chain.proves(height), "height {height}");
    }
    // Every header, certificate and leaf is there, and the whole log is provable.
    let size = chain.store.tip().expect("tip").header().log_size;
    for height in 1..HISTORY_BLOCKS_MIN + 20 {
        let header = chain.store.header(height).expect("reads").expect("kept");
        assert!(chain.store.certificate(height).expect("reads").is_some());
        assert_eq!(
            log::root_at(&chain.store, header.log_size),
            Ok(header.log_root)
        );
        let proof = log::prove_inclusion(&chain.store, header.log_size, size);
        assert!(proof.is_ok(), "header {height} is a leaf");
    }
    drop(chain);
    // A database that is opened with a larger window does not have again what is gone, and goes on.
    let chain = Chain::open(folder.path(), None);
    assert_eq!(chain.store.state_from(), Ok(20));
    chain.commit();
    assert!(chain.proves(20) && chain.proves(HISTORY_BLOCKS_MIN + 21));
}

/// Versions of a key that a database has, and the lowest height of an entry of each list of what is stale.
fn kept(folder: &Path, key: &[u8]) -> (usize, [Height; 2]) {
    let options = Options::default();
    let names = DB::list_cf(&options, folder).expect("lists");
    let db = DB::open_cf_for_read_only(&options, folder, names, false).expect("opens");
    let entries = |name: &str| {
        let column = db.cf_handle(name).expect("a column");
        let entries = db.iterator_cf(column, IteratorMode::Start);
        entries.map(|entry| entry.expect("reads").0)
    };
    let hash = Digest::sha256(key);
    let versions = entries("state_values").filter(|entry| entry.starts_with(hash.as_bytes()));
    let lowest = ["stale_nodes", "stale_values"].map(|name| {
        let first = entries(name).next().expect("an entry");
        Height::from_be_bytes(*first.first_chunk().expect("a height"))
    });
    (versions.count(), lowest)
}

#[test]
fn what_is_outside_of_the_window_is_deleted_also_after_a_stop() {
    let folder = tempfile::tempdir().expect("folder");
    let key = yilian_abi::state_key::of("system", b"block");
    for blocks in [HISTORY_BLOCKS_MIN + 20, 1, 30] {
        let chain = Chain::open(folder.path(), Some(HISTORY_BLOCKS_MIN));
        for _ in 0..blocks {
            chain.commit();
        }
        let from = chain.store.state_from().expect("reads");
        drop(chain);
        let (versions, lowest) = kept(folder.path(), &key);
        assert_eq!(versions as u64, HISTORY_BLOCKS_MIN + 1, "from {from}");
        assert_eq!(lowest, [from + 1; 2]);
    }
}

#[test]
fn without_a_window_all_state_is_kept() {
    let folder = tempfile::tempdir().expect("folder");
    let chain = Chain::open(folder.path(), None);
    for _ in 0..HISTORY_BLOCKS_MIN + 5 {
        chain.commit();
    }
    assert_eq!(chain.store.state_from(), Ok(0));
    assert!((0..=HISTORY_BLOCKS_MIN + 5).all(|height| chain.proves(height)));
}
