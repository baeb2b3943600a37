//! Bodies outside of a window are deleted; what outsiders verify, and what was executed, stays.

use yilian_merkle::log;
use yilian_primitives::Outcome;
use yilian_storage::{BODY_HISTORY_BLOCKS_MIN, BodyWindow};

use crate::carried::{begun, snapshot};
use crate::committee::Committee;

/// How long a transaction may wait on this chain, in ms.
const VALID_MS: u64 = 600_000;

#[test]
fn old_bodies_go_and_their_transactions_stay_executed() {
    let chain = Committee::new(1);
    let store = chain.store();
    let note = chain.asked("asker", "note");
    assert_eq!(chain.block(vec![note.clone()]).outcomes(), [Outcome::Ok]);
    let at = store
        .executed_at(&note.id())
        .expect("reads")
        .expect("executed");
    store.keep_bodies(BodyWindow {
        blocks: BODY_HISTORY_BLOCKS_MIN,
        ms: VALID_MS,
    });
    for _ in 0..BODY_HISTORY_BLOCKS_MIN + 100 {
        chain.block(Vec::new());
    }
    assert_eq!(
        store.bodies_from(),
        Ok(0),
        "what could still be sent again stays"
    );
    chain.pass(VALID_MS);
    let mut from = 0;
    for _ in 0..3 {
        chain.block(Vec::new());
        let now = store.bodies_from().expect("reads");
        assert!(now > from && now <= from + 64, "{from} to {now}: in steps");
        from = now;
    }
    let tip = chain.height();
    assert_eq!(from, tip - BODY_HISTORY_BLOCKS_MIN);
    let size = chain.state().header().log_size;
    for height in 1..=tip {
        let body = store.block_bytes(height).expect("reads");
        assert_eq!(body.is_some(), height >= from, "height {height}");
        let header = store.header(height).expect("reads").expect("a header");
        assert!(store.certificate(height).expect("reads").is_some());
        assert_eq!(log::root_at(store, header.log_size), Ok(header.log_root));
    }
    let proof = log::prove_inclusion(store, at.log_index, size);
    assert!(proof.is_ok(), "the receipt of what is gone is proven");
    assert_eq!(
        store
            .block(at.height)
            .expect("reads")
            .expect("a block")
            .receipts
            .len(),
        1
    );
    assert!(store.transaction(&note.id()).expect("reads").is_none());
    assert!(store.execution(at.log_index).expect("reads").is_none());
    assert_eq!(store.executed_at(&note.id()), Ok(Some(at)));
    assert!(chain.refused(&note), "it is not executed again");

    // A snapshot of such a database is one, and a database that was begun from it knows the same.
    let folder = tempfile::tempdir().expect("folder");
    let [to, place] = ["snapshot", "db"].map(|name| folder.path().join(name));
    let made = snapshot(store, chain.spec(), &to);
    assert!(made.bodies_from >= from);
    begun(chain.spec(), &to, &place).expect("proven");
    let begun = chain.reopened(&place);
    assert_eq!(begun.executed_at(&note.id()), Ok(Some(at)));
}
