//! Every centre lost its database, and every one is restored: nobody knows what was signed, so no block is made until the
//! operators say from which height on to sign.

use std::fs;
use std::time::Duration;

use yilian_tests::harness::{
    Network, Node, backed_up, deposit_args, operator, restored, sent_ok, text, wait_for,
};

const FROM_ONE: [&str; 2] = ["--height", "1"];

#[test]
fn all_centres_come_back_from_backups() {
    let mut network = Network::started();
    let sender = network.sender(0, "trading-system");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(0)));
    let config = |node: &Node| node.folder.join("node.toml");
    let refused = operator(
        "sign-from",
        &config(&network.nodes[0]),
        &FROM_ONE.map(AsRef::as_ref),
    );
    assert!(!refused.status.success(), "its database is in use");
    network.nodes.iter_mut().for_each(Node::kill);
    let refused = operator(
        "sign-from",
        &config(&network.nodes[0]),
        &FROM_ONE.map(AsRef::as_ref),
    );
    assert!(text(&refused).contains("was not restored"));
    for node in &network.nodes {
        let backup = network.folder.path().join(format!("backup-{}", node.name));
        backed_up(&config(node), &backup);
        fs::remove_dir_all(node.folder.join("data/db")).expect("lost");
        fs::remove_dir_all(node.folder.join("data/consensus")).expect("lost");
        restored(&config(node), Some(&backup));
    }
    network.start_all();
    let tip = network.wait_for_agreement(&[0, 1, 2, 3]);
    // Longer than idle interval and rounds: were anybody to sign, there would be a block.
    std::thread::sleep(Duration::from_secs(20));
    for node in &network.nodes {
        let status = node.status().expect("answers");
        assert_eq!((status.height, status.restored), (tip, true));
    }
    network.nodes.iter_mut().for_each(Node::kill);
    for node in &network.nodes {
        let from = (tip + 1).to_string();
        let said = operator(
            "sign-from",
            &config(node),
            &["--height".as_ref(), from.as_ref()],
        );
        assert!(said.status.success(), "{}", text(&said));
    }
    network.start_all();
    wait_for("all to sign", || {
        let signs = |node: &Node| node.status().is_some_and(|status| !status.restored);
        network.nodes.iter().all(signs).then_some(())
    });
    sent_ok(&sender.call("evidence", "deposit", deposit_args(1)));
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    for height in tip..=height {
        network.assert_same_header(&[0, 1, 2, 3], height);
    }
}
