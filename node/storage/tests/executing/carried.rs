//! A database that was begun from a snapshot is that of the chain, goes on as any other, and says what it does not have.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use yilian_abi::state_key;
use yilian_chain_spec::ChainSpec;
use yilian_crypto::{Digest, SecretKey};
use yilian_merkle::log;
use yilian_primitives::{Address, Outcome, VerifiedTransaction};
use yilian_storage::{Begin, Restored, SnapshotError, SnapshotManifest, Store, begin};

use crate::committee::Committee;

/// Longer than any transaction may wait, in ms.
const LONG: u64 = 700_000;

/// A chain with a change of its validators, releases, calls that are planned and were made, an index, a removed key and
/// refusals, some of it long ago.
pub(crate) struct Story {
    pub(crate) chain: Committee,
    /// One that was executed long ago, and one lately.
    pub(crate) old: VerifiedTransaction,
    pub(crate) new: VerifiedTransaction,
}

pub(crate) fn story() -> Story {
    let chain = Committee::new(4);
    chain.hold_ceremony();
    chain.join();
    chain.settle();
    let old = chain.asked("asker", "note");
    chain.block(vec![old.clone(), chain.asked("asker", "plan_two")]);
    chain.block(Vec::new());
    chain.pass(LONG);
    chain.block(vec![chain.asked("asker", "plan")]);
    let new = chain.asked("asker", "note");
    let ran = chain.block(vec![new.clone(), chain.asked("asker", "peek")]);
    assert!(matches!(
        ran.outcomes().last(),
        Some(Outcome::Trapped { .. })
    ));
    chain.block(vec![
        chain.asked("other", "plan_two"),
        chain.asked("asker", "forget"),
    ]);
    chain.block(vec![chain.request()]);
    Story { chain, old, new }
}

pub(crate) fn snapshot(store: &Store, spec: &ChainSpec, to: &Path) -> SnapshotManifest {
    let made = store.make_snapshot(to, "1.2.3", spec.parameters.valid_for_max_ms);
    made.expect("a snapshot")
}

pub(crate) fn begun(
    spec: &ChainSpec,
    from: &Path,
    to: &Path,
) -> Result<SnapshotManifest, SnapshotError> {
    begin(&Begin {
        from,
        to,
        spec,
        new_key: None,
        state: None,
        done: &|_| {},
    })
}

fn open(spec: &ChainSpec, path: &Path) -> Store {
    Store::open(path, &spec.digest(), None).expect("opens")
}

/// A second node of a chain, on a database that was begun from a snapshot of the first one's.
fn second(chain: &Committee) -> Committee {
    let folder = tempfile::tempdir().expect("folder");
    let [from, to] = ["snapshot", "db"].map(|name| folder.path().join(name));
    let made = snapshot(chain.store(), chain.spec(), &from);
    assert_eq!(begun(chain.spec(), &from, &to).expect("proven"), made);
    chain.on(open(chain.spec(), &to), folder)
}

#[test]
fn it_has_the_chain_and_the_bodies_of_the_last_while() {
    let Story { chain, old, new } = story();
    let node = second(&chain);
    let (ours, theirs) = (chain.store(), node.store());
    let tip = chain.height();
    assert_eq!(
        theirs.tip().expect("tip").header(),
        ours.tip().expect("tip").header()
    );
    let size = ours.tip().expect("tip").header().log_size;
    for height in 0..=tip {
        let header = ours.header(height).expect("reads").expect("a header");
        assert_eq!(theirs.header(height).expect("reads"), Some(header.clone()));
        assert_eq!(theirs.certificate(height), ours.certificate(height));
        assert_eq!(log::root_at(theirs, header.log_size), Ok(header.log_root));
        let set = theirs
            .validator_set(&header.validators_hash)
            .expect("reads");
        assert_eq!(set.map(|set| set.hash()), Some(header.validators_hash));
        let [one, other] =
            [ours, theirs].map(|store| store.block(height).expect("reads").expect("a block"));
        assert_eq!(
            (one.receipts, one.receipts_from),
            (other.receipts, other.receipts_from)
        );
    }
    for index in 0..size {
        assert_eq!(theirs.leaf(index), ours.leaf(index));
        assert_eq!(
            log::prove_inclusion(theirs, index, size),
            log::prove_inclusion(ours, index, size)
        );
    }
    assert_eq!(theirs.set_changes(tip + 1), ours.set_changes(tip + 1));
    assert!(
        !ours.set_changes(tip + 1).expect("reads").is_empty(),
        "somebody joined"
    );

    let from = theirs.bodies_from().expect("reads");
    assert!(from > 1 && from <= tip, "{from}");
    for height in 0..=tip {
        let expected = ours
            .block_bytes(height)
            .expect("reads")
            .filter(|_| height >= from);
        assert_eq!(theirs.block_bytes(height), Ok(expected), "height {height}");
    }
    assert_eq!(
        theirs.transaction(&old.id()).expect("reads").map(|_| ()),
        None
    );
    assert_eq!(theirs.executed_at(&old.id()), ours.executed_at(&old.id()));
    let found = theirs
        .transaction(&new.id())
        .expect("reads")
        .expect("is kept");
    assert_eq!(found.transaction, new);
    assert_eq!(theirs.restored(), Ok(Some(Restored::default())));
}

#[test]
fn it_executes_what_comes_next_as_the_others_do() {
    let Story { chain, old, new } = story();
    let node = second(&chain);
    let key = state_key::of("system", b"block");
    let root = chain.state().header().state_root;
    let (value, proof) = node.prove(&key).expect("proves");
    let value = value.expect("an entry").value;
    proof.verify(&root, &key, Some(&value)).expect("holds");
    let lately = (
        chain.query(chain.state(), "peek"),
        node.query(node.state(), "peek"),
    );
    assert_eq!(lately.0, lately.1);
    assert!(
        node.refused(&old) && node.refused(&new),
        "both were executed"
    );
    // Planned calls, a release, a contract that reads what was written long ago, and another change of validators.
    for _ in 0..4 {
        chain.block(Vec::new());
        node.block(Vec::new());
        assert_eq!(chain.header(chain.height()), node.header(node.height()));
    }
    for one in [&chain, &node] {
        one.block((0..5).map(|member| one.part(member)).collect());
        assert!(!one.told().is_empty(), "what waited was released");
        one.join();
        one.settle();
    }
    assert_eq!(chain.height(), node.height());
    assert_eq!(chain.header(chain.height()), node.header(node.height()));
}

#[test]
fn a_snapshot_of_it_is_the_same_snapshot() {
    let Story { chain, .. } = story();
    let node = second(&chain);
    let folder = tempfile::tempdir().expect("folder");
    let [one, other] = [&chain, &node].map(|node| {
        let to = folder
            .path()
            .join(node.folder().file_name().expect("a name"));
        snapshot(node.store(), node.spec(), &to)
    });
    assert_eq!(one, other);
}

#[test]
fn nothing_is_replaced_and_what_was_interrupted_begins_anew() {
    let Story { chain, .. } = story();
    let (folder, spec) = (tempfile::tempdir().expect("folder"), chain.spec());
    let [from, to] = ["snapshot", "db"].map(|name| folder.path().join(name));
    snapshot(chain.store(), spec, &from);
    let again = chain.store().make_snapshot(&from, "1.2.3", 1);
    assert!(matches!(again, Err(SnapshotError::Exists { .. })));
    // What a crash leaves.
    let rest = folder.path().join("db.unfinished");
    fs::create_dir(&rest).expect("makes");
    fs::write(rest.join("CURRENT"), b"torn").expect("writes");
    begun(spec, &from, &to).expect("proven");
    assert!(!rest.exists());
    assert!(matches!(
        begun(spec, &from, &to),
        Err(SnapshotError::Occupied { .. })
    ));
}

#[test]
fn a_key_is_new_only_if_it_was_no_validators() {
    let Story { chain, .. } = story();
    let folder = tempfile::tempdir().expect("folder");
    let [from, to] = ["snapshot", "db"].map(|name| folder.path().join(name));
    snapshot(chain.store(), chain.spec(), &from);
    let with = |key| {
        begin(&Begin {
            from: &from,
            to: &to,
            spec: chain.spec(),
            new_key: Some(Address::of(&key)),
            state: None,
            done: &|_| {},
        })
    };
    for member in [0, 4] {
        let refused = with(chain.key(member));
        assert!(
            matches!(refused, Err(SnapshotError::Signed { .. })),
            "{refused:?}"
        );
        assert!(!to.exists());
    }
    with(SecretKey::from_seed([77; 32]).public_key()).expect("proven");
    assert_eq!(open(chain.spec(), &to).restored(), Ok(None));
}

#[test]
fn a_snapshot_of_another_chain_or_of_no_block_is_refused() {
    let (one, other) = (Committee::new(1), Committee::new(2));
    let folder = TempDir::new().expect("folder");
    let [from, to] = ["snapshot", "db"].map(|name| folder.path().join(name));
    let none = one.store().make_snapshot(&from, "1.2.3", 1);
    assert!(matches!(none, Err(SnapshotError::NoBlock)));
    one.block(Vec::new());
    let made = snapshot(one.store(), one.spec(), &from);
    let refused = begun(other.spec(), &from, &to);
    assert!(matches!(refused, Err(SnapshotError::OtherChain { .. })));
    let compared = begin(&Begin {
        from: &from,
        to: &to,
        spec: one.spec(),
        new_key: None,
        state: Some(Digest::sha256(b"another centre's")),
        done: &|_| {},
    });
    assert!(matches!(compared, Err(SnapshotError::OtherState { got, .. }) if got == made.state));
    begun(one.spec(), &from, &to).expect("proven");
}
