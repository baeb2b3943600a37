//! Every file that a database cannot do without, cut in half, one after another: the node does not start, and says what
//! to do. A cut log of the database would open as an older chain; the consensus log gives that away.

use std::fs;
use std::path::{Path, PathBuf};

use yilian_tests::harness::{
    Network, Node, accepted_start, copy_folder, deposit_args, refused_start, restore_refused,
    restored, sent_ok, wait_for,
};

#[test]
fn no_truncated_database_is_used() {
    let mut network = Network::started();
    let sender = network.sender(0, "trading-system");
    for number in 0..20 {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
    }
    network.nodes.iter_mut().for_each(Node::kill);
    let folder = network.nodes[0].folder.clone();
    let (config, data) = (folder.join("node.toml"), folder.join("data"));

    // As the crash left it: the blocks are in the database's own log.
    let cut = cut_each(&config, &data, &["MANIFEST", "CURRENT", ".log"]);
    assert!(cut >= 3, "manifest, pointer and log, got {cut}");
    // Opening moves them into tables.
    accepted_start(&config);
    let cut = cut_each(&config, &data, &[".sst"]);
    assert!(cut >= 1, "no tables were written");

    network.start_all();
    sent_ok(&sender.call("evidence", "deposit", deposit_args(99)));
    a_database_that_is_gone_comes_back(&mut network, &config, &data);
}

/// Cuts each file of the named kinds in half, alone, and puts it back; gives how many there were.
fn cut_each(config: &Path, data: &Path, kinds: &[&str]) -> usize {
    let kept = data.with_file_name("data-kept");
    copy_folder(data, &kept);
    let wanted = |path: &PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy();
        let size = fs::metadata(path).expect("a file").len();
        size > 0 && kinds.iter().any(|kind| name.contains(kind))
    };
    let entries = fs::read_dir(data.join("db")).expect("database");
    let paths = entries.map(|entry| entry.expect("entry").path());
    let paths: Vec<PathBuf> = paths.filter(wanted).collect();
    for path in &paths {
        let whole = fs::read(path).expect("reads");
        fs::write(path, &whole[..whole.len() / 2]).expect("cuts");
        let text = refused_start(config);
        assert!(text.contains("database"), "{}: {text}", path.display());
        assert!(text.contains("backup"), "says what to do: {text}");
        // The whole folder, since even an attempt to open may tidy up.
        fs::remove_dir_all(data).expect("removes");
        copy_folder(&kept, data);
    }
    fs::remove_dir_all(kept).expect("removes");
    paths.len()
}

/// What the messages tell the operator to do, done: the node has everything again, and in between it signs nothing.
fn a_database_that_is_gone_comes_back(network: &mut Network, config: &Path, data: &Path) {
    network.nodes[0].kill();
    fs::remove_dir_all(data.join("db")).expect("removes");
    let text = refused_start(config);
    assert!(text.contains("has voted at height"), "{text}");
    // An empty database was made for finding that out. It is in the way, as the damaged one would be.
    let text = restore_refused(config, None);
    assert!(text.contains("move it away"), "{text}");
    fs::remove_dir_all(data.join("db")).expect("removes");
    restored(config, None);
    network.nodes[0].start();
    wait_for("the node to sign again", || {
        let status = network.nodes[0].status()?;
        (status.height > 1 && !status.restored).then_some(())
    });
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    for height in 1..=height {
        network.assert_same_header(&[0, 1], height);
    }
}
