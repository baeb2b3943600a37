//! The disk of one validator takes two thirds of a second for each write. The others decide without it, it follows as well as
//! it can, what it takes from a client it keeps, and when its disk is whole again it stands where they stand.

use std::fs;

use yilian_tests::harness::{Network, deposit_args, program, sent_ok, wait_for};

/// The slow one.
const SLOW: usize = 3;
const DEPOSITS: u64 = 12;

#[test]
fn a_slow_disk_delays_nobody_else() {
    let mut network = Network::new();
    let file = network.folder.path().join("disk");
    let variable = file.to_str().expect("a path of this test").to_owned();
    let faulty = program("yiliand-faulty");
    network.nodes[SLOW].start_program(&faulty, &[("YILIAN_CRASH_FILE", &variable)]);
    network.nodes[..SLOW]
        .iter_mut()
        .for_each(|node| node.start());
    network
        .nodes
        .iter()
        .for_each(|node| node.wait_for_height(1));
    fs::write(&file, "slow 667").expect("writes");

    let others = network.sender(0, "trading-system");
    for number in 0..DEPOSITS {
        sent_ok(&others.call("evidence", "deposit", deposit_args(number)));
    }
    let height = network.wait_for_agreement(&[0, 1, 2]);
    // With its own vote missing in time, blocks are decided by the three: some round may have failed, none for ever.
    let slow = network.sender(SLOW, "trading-system");
    let taken = slow
        .send("evidence", "deposit", deposit_args(DEPOSITS))
        .expect("the slow one takes it");
    wait_for("what the slow one took", || {
        let status = network.client(0).transaction(&taken).ok()?;
        status.is_final().then_some(())
    });
    network.nodes[SLOW].kill();
    fs::remove_file(&file).expect("the disk is whole");
    network.nodes[SLOW].start_program(&faulty, &[("YILIAN_CRASH_FILE", &variable)]);
    let end = network.wait_for_agreement(&[0, 1, 2, SLOW]);
    assert!(end > height);
    for height in 1..=end {
        network.assert_same_header(&[0, SLOW], height);
    }
}
