//! What stands beside the state tree: queries find it, and nothing that is recorded depends on it.

use yilian_abi::state_key;
use yilian_primitives::Outcome;

use crate::committee::Committee;

fn noted() -> Committee {
    let chain = Committee::new(1);
    let ran = chain.block(vec![chain.asked("asker", "note")]);
    assert_eq!(ran.outcomes(), [Outcome::Ok]);
    chain
}

#[test]
fn a_query_finds_what_a_transaction_noted_and_an_older_state_has_nothing_of_it() {
    let chain = Committee::new(1);
    let before = chain.state();
    chain.block(vec![chain.asked("asker", "note")]);
    assert_eq!(chain.query(before, "peek"), b"null");
    assert_eq!(chain.query(chain.state(), "peek"), b"123");
}

#[test]
fn a_transaction_that_reads_an_index_traps_also_in_a_view() {
    let chain = noted();
    let ran = chain.block(vec![chain.asked("asker", "peek")]);
    let outcomes = ran.outcomes();
    let [Outcome::Trapped { reason }] = outcomes.as_slice() else {
        panic!("expected a trap: {outcomes:?}");
    };
    assert!(
        reason.contains("an index is read by queries only"),
        "{reason}"
    );
}

#[test]
fn an_index_changes_nothing_in_the_tree_and_is_not_proven() {
    let (with, without) = (noted(), Committee::new(1));
    without.block(Vec::new());
    let root = |chain: &Committee| chain.state().header().state_root;
    assert_eq!(root(&with), root(&without));
    let refused = with.prove(&state_key::of("asker", b"~found"));
    let error = refused.expect_err("nothing proves it").to_string();
    assert!(error.contains("index"), "{error}");
}
