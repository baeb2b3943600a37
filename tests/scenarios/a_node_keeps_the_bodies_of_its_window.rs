//! A node that keeps transactions for a window of blocks deletes what falls out of it. What outsiders verify stays, nothing is
//! executed twice, and a kill in the middle changes nothing.

use std::time::Duration;

use yilian_chain_spec::ChainSpec;
use yilian_client::{ClientError, EventFilter, Submitted, Wait};
use yilian_merkle::log;
use yilian_tests::harness::{Network, deposit_args, refused_start, sent_ok, wait_for, wait_within};
use yilian_verify::Trust;

const PRUNED: usize = 1;
const WHOLE: usize = 0;
/// How long a transaction may wait on this chain, in ms.
const VALID_MS: u64 = 20_000;
/// A thousand blocks on a busy machine.
const LONG: Duration = Duration::from_secs(1_200);

#[test]
fn a_node_keeps_the_bodies_of_its_window() {
    let mut network = Network::of(4, |spec| {
        let parameters = &mut spec.parameters;
        parameters.valid_for_max_ms = VALID_MS;
        (parameters.block_interval_ms, parameters.idle_interval_ms) = (10, 10);
    });
    network.nodes[PRUNED].set("body_history_blocks", 999);
    let refused = refused_start(&network.nodes[PRUNED].folder.join("node.toml"));
    assert!(
        refused.contains("body_history_blocks is 999: expected at least 1000"),
        "{refused}"
    );
    network.nodes[PRUNED].set("body_history_blocks", 1_000);
    network.start_all();
    let sender = network
        .sender(WHOLE, "trading-system")
        .valid_for_ms(VALID_MS / 2);
    let old = sender.call("evidence", "deposit", deposit_args(1));
    sent_ok(&old);
    let (height, index) = (old.height.expect("final"), old.log_index.expect("final"));
    let pruned = network.client(PRUNED);
    wait_within(LONG, "the window to pass a deposit", || {
        (network.nodes[PRUNED].status()?.bodies_from > height).then_some(())
    });

    let refused = pruned.transaction(&old.tx_id);
    let Err(ClientError::Problem(problem)) = refused else {
        panic!("expected a problem: {refused:?}");
    };
    assert_eq!(problem.code, "YL-1112");
    let filter = EventFilter {
        from_height: Some(1),
        ..EventFilter::default()
    };
    let Err(refused) = pruned.events(&filter) else {
        panic!("events of bodies that are gone");
    };
    let refused = refused.to_string();
    assert!(refused.contains("bodies begin at height"), "{refused}");
    let whole = network.client(WHOLE);
    assert_eq!(
        whole.transaction(&old.tx_id).expect("is kept").receipt,
        old.receipt
    );
    assert_eq!(
        network.nodes[WHOLE].status().expect("status").bodies_from,
        0
    );
    let status = pruned.status().expect("status");
    let leaf = log::leaf_hash(&pruned.log_leaf(index).expect("a leaf"));
    let inclusion = pruned.inclusion(index, status.log_size).expect("a proof");
    inclusion.verify(&leaf, &status.log_root).expect("holds");

    // What is new is proven by it as by any other one, and not executed twice.
    let envelope = sender.envelope("evidence", "deposit", deposit_args(2));
    let id = match pruned.submit(&envelope, Wait::Accepted).expect("accepted") {
        Submitted::Accepted(id) => id,
        Submitted::Final(status) => status.tx_id,
    };
    let new = wait_for("a deposit", || {
        let status = pruned.transaction(&id).ok()?;
        status.log_index.is_some().then_some(status)
    });
    let spec = std::fs::read_to_string(network.path().join("chain.toml")).expect("spec");
    let trust = Trust::of_spec(ChainSpec::parse(&spec).expect("a specification"));
    pruned.verified_record(&id, &trust).expect("proven");
    match pruned.submit(&envelope, Wait::Accepted).expect("an answer") {
        Submitted::Final(status) => assert_eq!(status.log_index, new.log_index),
        Submitted::Accepted(id) => panic!("{id} is executed again"),
    }

    let before = pruned.status().expect("status").bodies_from;
    network.nodes[PRUNED].kill();
    network.nodes[PRUNED].start();
    wait_for("it to go on", || {
        (network.nodes[PRUNED].status()?.bodies_from > before).then_some(())
    });
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    network.assert_same_header(&[0, 1, 2, 3], height);
}
