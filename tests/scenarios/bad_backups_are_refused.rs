//! Backups that are damaged, of another chain, of a later release, or no backups: none is restored, and each refusal says
//! what to do. A backup replaces nothing, nor does a restored database.

use std::fs;
use std::path::Path;

use yilian_tests::harness::{
    Network, accepted_start, backed_up, copy_folder, operator, restore_refused, restored, text,
};

#[test]
fn bad_backups_are_refused() {
    let network = Network::new();
    let config = network.nodes[0].folder.join("node.toml");
    let database = network.nodes[0].folder.join("data/db");
    accepted_start(&config);
    let backup = network.folder.path().join("backup");
    backed_up(&config, &backup);
    let again = operator("backup", &config, &["--to".as_ref(), backup.as_ref()]);
    assert!(text(&again).contains("goes into a new folder"));
    let occupied = restore_refused(&config, Some(&backup));
    assert!(occupied.contains("move it away"), "{occupied}");
    fs::remove_dir_all(&database).expect("lost");

    every_file_matters(&config, &backup);
    let refused = |from: &str, to: &str| {
        with_changed(&backup, "manifest.json", |bytes| {
            let manifest = String::from_utf8(bytes.to_vec()).expect("text");
            assert!(manifest.contains(from), "{manifest}");
            manifest.replacen(from, to, 1).into_bytes()
        });
        let said = restore_refused(&config, Some(&changed(&backup)));
        assert!(!database.exists(), "nothing was put there: {said}");
        said
    };
    let newer = refused("\"database_format\": ", "\"database_format\": 10");
    assert!(newer.contains("use a newer release"), "{newer}");
    assert!(refused("backup.v1", "backup.v2").contains("use a newer release"));
    let outside = refused("\"CURRENT\"", "\"../CURRENT\"");
    assert!(outside.contains("plain name"), "{outside}");
    assert!(refused("\"height\": ", "\"height\": x").contains("no finished backup"));
    let other = refused("\"header_hash\": \"sha256:", "\"header_hash\": \"sha256:0");
    assert!(other.contains("backup"), "{other}");

    let other = Network::unguarded();
    let theirs = other.nodes[0].folder.join("node.toml");
    accepted_start(&theirs);
    let foreign = other.folder.path().join("backup");
    backed_up(&theirs, &foreign);
    let said = restore_refused(&config, Some(&foreign));
    assert!(
        said.contains("of another chain") || said.contains("is of chain"),
        "{said}"
    );

    restored(&config, Some(&backup));
    accepted_start(&config);
}

/// A byte more, a byte changed, and no file at all, for each file.
fn every_file_matters(config: &Path, backup: &Path) {
    let entries = fs::read_dir(backup.join("db")).expect("folder");
    let names = entries.map(|entry| {
        entry
            .expect("entry")
            .file_name()
            .into_string()
            .expect("text")
    });
    let data = |name: &String| name != "LOCK" && !name.starts_with("LOG");
    let names: Vec<String> = names.filter(data).collect();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        let file = format!("db/{name}");
        let longer = |bytes: &[u8]| [bytes, &[0]].concat();
        let other = |bytes: &[u8]| match bytes.split_last() {
            Some((last, rest)) => [rest, &[last ^ 1]].concat(),
            None => vec![1],
        };
        for change in [&longer as &dyn Fn(&[u8]) -> Vec<u8>, &other] {
            with_changed(backup, &file, change);
            let said = restore_refused(config, Some(&changed(backup)));
            assert!(
                said.contains("is damaged") && said.contains(&name),
                "{said}"
            );
        }
        fs::remove_file(changed(backup).join(&file)).expect("removes");
        let said = restore_refused(config, Some(&changed(backup)));
        assert!(
            said.contains("is damaged") && said.contains(&name),
            "{said}"
        );
    }
}

fn changed(backup: &Path) -> std::path::PathBuf {
    backup.with_file_name("changed")
}

/// A copy of a backup in which one file is another.
fn with_changed(backup: &Path, file: &str, change: impl Fn(&[u8]) -> Vec<u8>) {
    let copy = changed(backup);
    if copy.exists() {
        fs::remove_dir_all(&copy).expect("removes");
    }
    copy_folder(backup, &copy);
    let bytes = fs::read(copy.join(file)).expect("reads");
    fs::write(copy.join(file), change(&bytes)).expect("writes");
}
