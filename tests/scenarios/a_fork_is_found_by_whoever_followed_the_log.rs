//! All centres together begin their chain again and write another history: whoever followed the log finds it.

use std::fs;

use serde_json::Value;

use yilian_tests::harness::{Network, Node, Witness, deposit_args, sent_ok, wait_for};

/// One check of the log.
fn follow(network: &Network, state: &str, expected: i32) -> Value {
    let output = network.cli(0, &["log", "follow", "--once", "--state", state]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(expected), "{said}");
    serde_json::from_str(&said).expect("JSON")
}

#[test]
fn a_fork_is_found_by_whoever_followed_the_log() {
    let mut network = Network::new();
    let audit = Witness::start(&network, "audit.gansu");
    for node in &network.nodes {
        audit.configure(&node.folder.join("node.toml"));
    }
    network.start_all();
    let file = network.folder.path().join("seen.json");
    let state = file.to_str().expect("path");
    assert_eq!(follow(&network, state, 0)["data"]["event"], "first");
    let sender = network.sender(0, "trading-system");
    for number in 0..3 {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
    }
    let grown = follow(&network, state, 0);
    assert_eq!(grown["data"]["event"], "grown");
    let cosigned = wait_for("a cosigned checkpoint", || {
        network.client(1).cosigned_checkpoint().ok()
    });
    assert!(cosigned.contains("\u{2014} audit.gansu "), "{cosigned}");

    network.nodes.iter_mut().for_each(Node::kill);
    for node in &network.nodes {
        fs::remove_dir_all(node.folder.join("data")).expect("begins again");
    }
    network.start_all();
    let rolled_back = follow(&network, state, 4);
    let reason = rolled_back["data"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("rolled back"), "{reason}");

    let height = grown["data"]["height"].as_u64().expect("a height");
    let sender = network.sender(0, "trading-system");
    let mut number = 100;
    while network.nodes[0].height() <= height + 2 {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
        number += 1;
    }
    let forked = follow(&network, state, 4);
    let reason = forked["data"]["reason"].as_str().expect("a reason");
    assert!(
        reason.contains("does not extend") || reason.contains("forked"),
        "{reason}"
    );
    let kept = forked["data"]["kept"].as_str().expect("a file");
    let kept: Value = serde_json::from_slice(&fs::read(kept).expect("kept")).expect("JSON");
    assert_ne!(kept["seen"], kept["shown"]);

    // The witness does not cosign the other history either, and the nodes say so.
    wait_for("the refusal in a node's log", || {
        let log = network.nodes[0].log();
        log.lines()
            .any(|line| {
                line.contains("no cosignature")
                    && (line.contains("422") || line.contains("two logs"))
            })
            .then_some(())
    });
    assert!(network.client(0).cosigned_checkpoint().is_err());
}
