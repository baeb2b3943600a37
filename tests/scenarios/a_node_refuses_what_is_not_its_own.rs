//! A database of another chain, a truncated database file and a wrong chain specification: the node does not start, and
//! says what is wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Network, deposit_args, program, sent_ok};

/// What a node that must not start says.
fn refused(config: &Path) -> String {
    let output = Command::new(program("yiliand"))
        .args(["check", "--config"])
        .arg(config)
        .output()
        .expect("runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "started: {text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("folder") {
        let entry = entry.expect("entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copies");
        }
    }
}

#[test]
fn a_node_refuses_what_is_not_its_own() {
    let mut network = Network::started();
    let sender = network.sender(0, "trading-system");
    for number in 0..20 {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
    }
    network
        .nodes
        .iter_mut()
        .for_each(crate::harness::Node::kill);
    let folder = network.nodes[0].folder.clone();
    let (config, data) = (folder.join("node.toml"), folder.join("data"));

    foreign_database(&network, &config, &data);
    truncated_files(&config, &data);
    wrong_specification(&network, &config);

    network.start_all();
    sent_ok(&sender.call("evidence", "deposit", deposit_args(99)));
}

fn foreign_database(network: &Network, config: &Path, data: &Path) {
    let other = Network::unguarded();
    let other_config = other.nodes[0].folder.join("node.toml");
    let made = Command::new(program("yiliand"))
        .args(["check", "--config"])
        .arg(other_config)
        .status()
        .expect("runs");
    assert!(made.success());
    let kept = network.folder.path().join("kept");
    fs::rename(data, &kept).expect("moves");
    copy_folder(&other.nodes[0].folder.join("data"), data);
    let text = refused(config);
    assert!(text.contains("another chain"), "{text}");
    fs::remove_dir_all(data).expect("removes");
    fs::rename(&kept, data).expect("moves back");
}

/// Each kind of file that a database cannot do without, cut in half.
fn truncated_files(config: &Path, data: &Path) {
    let database = data.join("db");
    let files = fs::read_dir(&database).expect("database");
    let found = files.map(|entry| entry.expect("entry").path());
    let manifest: PathBuf = found
        .into_iter()
        .find(|path| path.to_string_lossy().contains("MANIFEST"))
        .expect("manifest");
    let kept = data.with_file_name("data-kept");
    copy_folder(data, &kept);
    for path in [manifest, database.join("CURRENT")] {
        let whole = fs::read(&path).expect("reads");
        fs::write(&path, &whole[..whole.len() / 2]).expect("cuts");
        let text = refused(config);
        assert!(text.contains("database"), "{}: {text}", path.display());
        assert!(text.contains("backup"), "says what to do: {text}");
        // The whole folder, since even an attempt to open may tidy up.
        fs::remove_dir_all(data).expect("removes");
        copy_folder(&kept, data);
    }
}

fn wrong_specification(network: &Network, config: &Path) {
    let path = network.path().join("chain.toml");
    let whole = fs::read_to_string(&path).expect("reads");
    let wrong = whole.replacen("block_bytes_max = ", "block_bytes_max = \"large\" #", 1);
    fs::write(&path, wrong).expect("writes");
    let text = refused(config);
    assert!(
        text.contains("block_bytes_max") && text.contains("line"),
        "{text}"
    );
    fs::write(&path, whole.replacen("yilian-local", "yilian-other", 1)).expect("writes");
    assert!(refused(config).contains("another chain"));
    fs::write(&path, whole).expect("restores");
}
