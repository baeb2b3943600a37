//! A validator whose clock is a minute off signs no acknowledgement; the others do.

use yilian_tests::harness::{Network, bids, deposit_args, program, sent_ok, wait_for};

#[test]
fn a_wrong_clock_acknowledges_nothing() {
    let mut network = Network::new();
    let faulty = program("yiliand-faulty");
    network.nodes[..3].iter_mut().for_each(|node| node.start());
    network.nodes[3].start_program(&faulty, &[("YILIAN_FAULT_CLOCK_MS", "60000")]);
    network
        .nodes
        .iter()
        .for_each(|node| node.wait_for_height(1));
    let sender = network.sender(0, "trading-system");
    let mut number = 0;
    // It learns from the others' proposals, as soon as two of them had their turn.
    let refusal = wait_for("the refusal", || {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
        number += 1;
        let envelope = sender.envelope("evidence", "deposit", deposit_args(1_000 + number));
        let answer = network.client(3).acknowledge(&envelope);
        answer.err().map(|error| error.to_string())
    });
    assert!(refusal.contains("clock"), "{refusal}");
    let others = network.acknowledge(&bids(2)[1], &[0, 1, 2, 3], 30);
    let given = &others.submission.acknowledgements;
    let keys = network.validator_keys();
    assert!(given.len() >= 2, "{:?}", others.failures);
    assert!(given.iter().all(|one| one.validator != keys[3]));
}
