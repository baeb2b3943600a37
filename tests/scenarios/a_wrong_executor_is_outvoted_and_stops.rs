//! A validator that computes another state root is outvoted, and stops with a message that names height and root.

use yilian_tests::harness::{Network, deposit_args, program, sent_ok};

const FROM: u64 = 4;

#[test]
fn a_wrong_executor_is_outvoted_and_stops() {
    let mut network = Network::new();
    let faulty = program("yiliand-faulty");
    for node in 0..3 {
        network.nodes[node].start();
    }
    let from = FROM.to_string();
    network.nodes[3].start_program(&faulty, &[("YILIAN_FAULT_HEIGHT", &from)]);
    network.nodes[0].wait_for_height(1);
    let sender = network.sender(0, "trading-system");
    for number in 0..8 {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
    }
    network.nodes[0].wait_for_height(FROM + 2);
    let status = network.nodes[3].wait_for_end();
    assert!(
        !status.success(),
        "a node that computes wrongly must not end as if all were well"
    );
    let log = network.nodes[3].log();
    assert!(log.contains("state_root"), "names the root:\n{log}");
    assert!(
        log.contains(&format!("height {FROM}")),
        "names the height:\n{log}"
    );
    for height in 1..=network.wait_for_agreement(&[0, 1, 2]) {
        network.assert_same_header(&[0, 1, 2], height);
    }
}
