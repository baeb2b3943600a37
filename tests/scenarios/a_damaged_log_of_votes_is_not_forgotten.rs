//! A bit of what a validator voted is changed on its disk: it does not start, however often, and says how to come back
//! without signing twice. What it says is done, and it is back.

use std::fs;

use yilian_tests::harness::{
    Network, backed_up, deposit_args, refused_start, restored, sent_ok, wait_for,
};

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
            text.contains("is damaged") && text.contains("yiliand restore"),
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

    // Its database is whole, so nothing is fetched again: a backup of it takes its place, and knows that it may have signed.
    let backup = folder.join("backup");
    backed_up(&config, &backup);
    fs::rename(folder.join("data/db"), folder.join("db-of-before")).expect("moves");
    restored(&config, Some(&backup));
    network.nodes[0].start();
    wait_for("it to stand in the chain, and to sign nothing", || {
        let status = network.nodes[0].status()?;
        status.restored.then_some(())
    });
    wait_for("it to sign again", || {
        let status = network.nodes[0].status()?;
        (!status.restored).then_some(())
    });
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    for height in 1..=height {
        network.assert_same_header(&[0, 1], height);
    }
}
