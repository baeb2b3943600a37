//! The disk of one node takes no more: the node ends with a sentence and its own exit code, the others go on, and when there
//! is room again it has everything.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use yilian_tests::harness::PATIENCE;
use yilian_tests::harness::{Network, accepted_start, deposit_args, program, sent_ok, wait_within};

/// Longest file that the node may write, in KiB. The system refuses more as a full disk does.
const FILE_KIB_MAX: u32 = 200;
/// Exit code of a node whose disk failed.
const EXIT_DISK: i32 = 74;

/// The node, with little room.
fn cramped(network: &Network) -> PathBuf {
    let path = network.folder.path().join("cramped");
    let node = program("yiliand").display().to_string();
    // Without the trap the system would end the process.
    let text = format!(
        "#!/usr/bin/env bash\nset -euo pipefail\ntrap '' XFSZ\nulimit -f {FILE_KIB_MAX}\nexec {node} \"$@\"\n"
    );
    std::fs::write(&path, text).expect("writes");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("sets");
    path
}

#[test]
fn a_full_disk_stops_a_node() {
    let mut network = Network::started();
    network.nodes[3].kill();
    // What was written until now goes into tables, and a log of the database begins.
    accepted_start(&network.nodes[3].folder.join("node.toml"));
    let little = cramped(&network);
    network.nodes[3].start_program(&little, &[]);
    let sender = network.sender(0, "trading-system");
    let mut number = 0;
    wait_within(2 * PATIENCE, "the disk to be full", || {
        number += 1;
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
        (!network.nodes[3].is_running()).then_some(())
    });
    let status = network.nodes[3].wait_for_end();
    let log = network.nodes[3].log();
    assert_eq!(status.code(), Some(EXIT_DISK), "{log}");
    assert!(log.contains("a write to the disk failed"), "{log}");
    assert!(!log.contains("panicked"), "{log}");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(number + 1)));

    network.nodes[3].start();
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    for height in 1..=height {
        network.assert_same_header(&[0, 3], height);
    }
    // With another one dead it is needed, so it votes.
    network.nodes[2].kill();
    sent_ok(&sender.call("evidence", "deposit", deposit_args(number + 2)));
}
