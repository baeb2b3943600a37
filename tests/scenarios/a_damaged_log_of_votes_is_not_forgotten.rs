//! A bit of what a validator voted is changed on its disk: it does not start, however often, and says how to come back
//! without signing twice. What it says is done, and it is back.

use std::fs;

use yilian_tests::harness::{Network, deposit_args, refused_start, sent_ok};

/// Where the first entry's bytes begin.
const FIRST_ENTRY: usize = 12 + 13;

#[test]
fn a_damaged_log_of_votes_is_not_forgotten() {
    let mut network = Network::started();
    let sender = network.sender(1, "trading-system");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(1)));
    network.wait_for_agreement(&[0, 1, 2, 3]);
    network.nodes[0].kill();
    let folder = network.nodes[0].folder.clone();
    let (config, home) = (folder.join("node.toml"), folder.join("data/consensus"));
    let path = home.join("consensus.wal");
    let mut log = fs::read(&path).expect("a log");
    assert!(log.len() > FIRST_ENTRY, "the votes of the last height");
    log[FIRST_ENTRY + 9] ^= 1;
    fs::write(&path, &log).expect("writes");
    for _ in 0..2 {
        let text = refused_start(&config);
        assert!(
            text.contains("is damaged") && text.contains("sign twice"),
            "{text}"
        );
        // A node that runs says so too.
        network.nodes[0].start();
        assert_eq!(network.nodes[0].wait_for_end().code(), Some(1));
    }
    assert_eq!(
        fs::read(&path).expect("a log"),
        log,
        "nobody repairs it silently"
    );

    let damaged_at = network.nodes[1].height() + 2;
    for number in 2.. {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
        if network.nodes[1].height() > damaged_at {
            break;
        }
    }
    fs::rename(&home, folder.join("data/consensus-damaged")).expect("moves");
    network.nodes[0].start();
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    for height in 1..=height {
        network.assert_same_header(&[0, 1], height);
    }
}
