//! Two of four dead: the chain halts, loses nothing, and goes on when one returns.

use std::time::Duration;

use yilian_tests::harness::{Network, deposit_args, sent_ok, wait_for};

#[test]
fn two_dead_validators_halt_the_chain() {
    let mut network = Network::started();
    let sender = network.sender(0, "trading-system");
    let before = sender.call("evidence", "deposit", deposit_args(0));
    sent_ok(&before);
    network.nodes[2].kill();
    network.nodes[3].kill();
    // What was under way may still be decided; then nothing more.
    std::thread::sleep(Duration::from_secs(3));
    let halted = network.nodes[0].height();
    let waiting = sender
        .send("evidence", "deposit", deposit_args(1))
        .expect("a halted chain still accepts");
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(
        network.nodes[0].height(),
        halted,
        "decided without a quorum"
    );
    assert_eq!(
        network.nodes[1].height(),
        halted,
        "decided without a quorum"
    );
    network.nodes[2].start();
    wait_for("the waiting transaction", || {
        let status = network.client(0).transaction(&waiting).ok()?;
        status.is_final().then_some(())
    });
    let height = network.wait_for_agreement(&[0, 1, 2]);
    for height in 1..=height {
        network.assert_same_header(&[0, 1, 2], height);
    }
    for node in [0, 1, 2] {
        let found = network
            .client(node)
            .transaction(&before.tx_id)
            .expect("known");
        assert!(found.is_final(), "node {node} lost a final transaction");
    }
}
