//! A copy of a validator's data is started beside the original: it notices that it is a copy, follows, and signs nothing.

use std::fs;

use yilian_tests::harness::{Network, Node, copy_folder, deposit_args, sent_ok, wait_for};

#[test]
fn a_copy_beside_the_original_signs_nothing() {
    let mut network = Network::started();
    let sender = network.sender(0, "trading-system");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(0)));
    network.nodes[2].kill();
    let original = network.nodes[2].folder.clone();
    let copy = original.with_file_name("copy");
    copy_folder(&original, &copy);
    fs::remove_file(copy.join("log")).expect("the copy has a log of its own");
    elsewhere(&copy.join("node.toml"));
    network.nodes[2].start();
    network.nodes[2].wait_for_height(1);

    let mut second = Node::new(&network.path(), "copy");
    second.start();
    for number in 1..10 {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
        second.wait_for_height(network.nodes[0].height());
    }
    let status = wait_for("the copy", || second.status());
    assert!(status.restored, "it knows that it is a copy");
    assert!(second.log().contains("this validator was restored"));
    for node in &network.nodes {
        assert!(!node.log().contains("signed two things"), "{}", node.name);
    }
}

/// Other ports, of those that belong to this network and nobody uses.
fn elsewhere(config: &std::path::Path) {
    let text = fs::read_to_string(config).expect("reads");
    let mut table: toml::Table = toml::from_str(&text).expect("TOML");
    for name in ["p2p_listen", "mempool_listen", "api_listen"] {
        let place = table[name].as_str().expect("an address").to_owned();
        let (start, port) = place.split_at(place.len() - 5);
        let port: u16 = port.parse().expect("a port of five digits");
        table.insert(name.to_owned(), format!("{start}{}", port + 5).into());
    }
    fs::write(config, table.to_string()).expect("writes");
}
