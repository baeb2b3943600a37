//! `kill -9` of one validator under load: the others go on, and it catches up when it returns.

use yilian_tests::harness::{Network, deposit_args, sent_ok};

#[test]
fn a_killed_validator_catches_up() {
    let mut network = Network::started();
    let sender = network.sender(0, "trading-system");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(0)));
    network.nodes[3].kill();
    let without = network.nodes[0].height();
    for number in 1..40 {
        sender
            .send("evidence", "deposit", deposit_args(number))
            .expect("accepted with one validator down");
    }
    let last = sender.call("evidence", "deposit", deposit_args(40));
    sent_ok(&last);
    network.nodes[0].wait_for_height(without + 5);
    network.nodes[3].start();
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    for height in without.saturating_sub(1).max(1)..=height {
        network.assert_same_header(&[0, 1, 2, 3], height);
    }
    // And it takes part again: what is sent to it becomes final.
    let returned = network.sender(3, "trading-system");
    sent_ok(&returned.call("evidence", "deposit", deposit_args(41)));
    let found = network.client(3).transaction(&last.tx_id).expect("known");
    assert!(
        found.is_final(),
        "what was decided while it was away is there"
    );
}
