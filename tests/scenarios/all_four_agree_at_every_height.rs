//! A hundred heights under load: the same header, log root and state root everywhere.

use std::time::Duration;

use yilian_tests::harness::{Network, deposit_args};

const HEIGHTS: u64 = 100;

#[test]
fn all_four_agree_at_every_height() {
    let network = Network::started();
    let senders = [0, 1, 2, 3].map(|node| network.sender(node, "trading-system"));
    let first = network.nodes[0].height();
    let mut sent = 0u64;
    while network.nodes[0].height() < first + HEIGHTS {
        for sender in &senders {
            for _ in 0..5 {
                sender
                    .send("evidence", "deposit", deposit_args(sent))
                    .expect("accepted");
                sent += 1;
            }
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    network.wait_for_agreement(&[0, 1, 2, 3]);
    let mut executed = 0;
    for height in first + 1..=first + HEIGHTS {
        network.assert_same_header(&[0, 1, 2, 3], height);
        executed += network
            .client(0)
            .block(height)
            .expect("block")
            .transactions
            .len();
    }
    // Without transactions the heights would have been empty and the agreement worth little.
    assert!(
        executed as u64 > HEIGHTS,
        "only {executed} transactions in {HEIGHTS} heights"
    );
}
