//! Malformed messages under a real validator's key, in the pool's gossip and in consensus: they are refused, the pool cuts
//! the sender off, and the others go on.

use yilian_tests::harness::impostor::{self, Messages};
use yilian_tests::harness::{Network, Node, deposit_args, read_key, sent_ok, wait_for};

/// Bytes of no format, beginnings of real ones, and sizes up to more than any message may have.
fn nonsense() -> Vec<Vec<u8>> {
    let bytes = |size: usize| (0..size).map(|i| (i * 37 % 251) as u8).collect::<Vec<u8>>();
    let mut messages: Vec<Vec<u8>> = [1, 2, 7, 8, 9, 33, 64, 1_000, 60_000]
        .map(bytes)
        .into_iter()
        .collect();
    // A length that promises more than there is: 2^63 transactions, or bytes.
    messages.push([&[1, 0, 0, 0][..], &[0xff; 7], &[0x7f], &bytes(20)].concat());
    messages.extend((0..=255).step_by(5).map(|tag| vec![tag; 12]));
    messages
}

#[test]
fn a_validator_that_talks_nonsense_harms_nobody() {
    let mut network = Network::started();
    let sender = network.sender(0, "trading-system");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(0)));
    network.nodes[3].kill();
    let key = read_key(&network.nodes[3].folder.join("validator.key"));

    let consensus = network.centre_address(0, "p2p");
    let topics = ["/yilian-local/consensus", "/yilian-local/proposal-parts"];
    let sent = impostor::publish(&key, &consensus, Messages::Signed, &topics, &nonsense());
    assert!(sent > 0, "consensus did not listen to its validator");

    let pool = network.centre_address(0, "mempool");
    let topics = ["yilian/yilian-local/transactions/v2"];
    let sent = impostor::publish(&key, &pool, Messages::Anonymous, &topics, &nonsense());
    assert!(sent > 0, "the pool did not listen to its validator");
    wait_for("the pool to say what was wrong, and who it was", || {
        let log = network.nodes[0].log();
        let named = log.contains("malformed message of a peer") && log.contains("qingyang");
        (named && log.contains("peer is cut off")).then_some(())
    });

    assert!(network.nodes.iter_mut().take(3).all(Node::is_running));
    sent_ok(&sender.call("evidence", "deposit", deposit_args(1)));
    // The real validator comes back, and is one of four again: cut off is its gossip of transactions, not its vote.
    network.nodes[3].start();
    sent_ok(&sender.call("evidence", "deposit", deposit_args(2)));
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    for height in 1..=height {
        network.assert_same_header(&[0, 1, 2, 3], height);
    }
    assert!(!network.nodes[0].log().contains("panicked"));
}
