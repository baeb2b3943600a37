//! A database of another chain and a wrong chain specification: the node does not start, and says what is wrong.

use std::fs;
use std::path::Path;

use yilian_tests::harness::{
    Network, Node, accepted_start, copy_folder, deposit_args, refused_start, sent_ok,
};

#[test]
fn a_node_refuses_what_is_not_its_own() {
    let mut network = Network::started();
    let sender = network.sender(0, "trading-system");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(0)));
    network.nodes.iter_mut().for_each(Node::kill);
    let folder = network.nodes[0].folder.clone();
    let (config, data) = (folder.join("node.toml"), folder.join("data"));

    foreign_database(&network, &config, &data);
    wrong_specification(&network, &config);

    network.start_all();
    sent_ok(&sender.call("evidence", "deposit", deposit_args(99)));
}

fn foreign_database(network: &Network, config: &Path, data: &Path) {
    let other = Network::unguarded();
    accepted_start(&other.nodes[0].folder.join("node.toml"));
    let kept = network.folder.path().join("kept");
    fs::rename(data, &kept).expect("moves");
    copy_folder(&other.nodes[0].folder.join("data"), data);
    let text = refused_start(config);
    assert!(text.contains("another chain"), "{text}");
    fs::remove_dir_all(data).expect("removes");
    fs::rename(&kept, data).expect("moves back");
}

fn wrong_specification(network: &Network, config: &Path) {
    let path = network.path().join("chain.toml");
    let whole = fs::read_to_string(&path).expect("reads");
    let wrong = whole.replacen("block_bytes_max = ", "block_bytes_max = \"large\" #", 1);
    fs::write(&path, wrong).expect("writes");
    let text = refused_start(config);
    assert!(
        text.contains("block_bytes_max") && text.contains("line"),
        "{text}"
    );
    fs::write(&path, whole.replacen("yilian-local", "yilian-other", 1)).expect("writes");
    assert!(refused_start(config).contains("another chain"));
    fs::write(&path, whole).expect("restores");
}
