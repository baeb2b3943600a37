//! `kill -9` of all four at once under load: everything that was accepted is there afterwards, once.

use std::time::{Duration, Instant};

use yilian_primitives::TxId;

use yilian_tests::harness::{Network, Node, deposit_args, wait_for};

#[test]
fn nothing_accepted_is_lost_when_all_are_killed() {
    let mut network = Network::started();
    let senders = [0, 1, 2, 3].map(|node| network.sender(node, "trading-system"));
    let (mut accepted, mut number) = (Vec::<(usize, TxId)>::new(), 0u64);
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(6) {
        for (node, sender) in senders.iter().enumerate() {
            if let Ok(id) = sender.send("evidence", "deposit", deposit_args(number)) {
                accepted.push((node, id));
            }
            number += 1;
        }
    }
    let is_final = |node: usize, id: &TxId| {
        let status = network.client(node).transaction(id);
        status.is_ok_and(|status| status.is_final())
    };
    let before: Vec<_> = accepted
        .iter()
        .filter(|(node, id)| is_final(*node, id))
        .cloned()
        .collect();
    assert!(
        !before.is_empty(),
        "the load must have been decided in part"
    );
    let heights: Vec<_> = network.nodes.iter().map(Node::height).collect();
    network.nodes.iter_mut().for_each(Node::kill);
    network.nodes.iter_mut().for_each(Node::start);
    for (node, height) in network.nodes.iter().zip(heights) {
        node.wait_for_height(height + 1);
    }
    for (node, id) in &before {
        let status = network.client(*node).transaction(id).expect("still known");
        assert!(
            status.is_final(),
            "{id} was final at node {node} and is not any more"
        );
    }
    // What was only accepted was durable at its node, and becomes final too.
    for (node, id) in &accepted {
        wait_for(&format!("{id}, accepted by node {node}"), || {
            let status = network.client(*node).transaction(id).ok()?;
            status.is_final().then_some(())
        });
    }
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    let mut executed = Vec::new();
    for height in 1..=height {
        network.assert_same_header(&[0, 1, 2, 3], height);
        executed.extend(network.client(0).block(height).expect("block").transactions);
    }
    let all = executed.len();
    executed.sort();
    executed.dedup();
    assert_eq!(executed.len(), all, "a transaction was executed twice");
}
