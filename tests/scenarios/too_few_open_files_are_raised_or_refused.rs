//! A system that lets a process open 1,024 files until it asks for more is asked; one that refuses more gets no node that
//! would stop in the middle of a busy day.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use yilian_tests::harness::{Network, program};

/// A program that starts the node within limits: `-Sn` of the process itself, `-n` for good.
fn limited(folder: &Path, limit: &str) -> PathBuf {
    let path = folder.join(format!("yiliand{limit}"));
    let node = program("yiliand");
    let node = node.display();
    let text = format!(
        "#!/usr/bin/env bash\nset -euo pipefail\nulimit {limit} 1024\nexec {node} \"$@\"\n"
    );
    fs::write(&path, text).expect("writes");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("may run");
    path
}

#[test]
fn too_few_open_files_are_raised_or_refused() {
    let mut network = Network::new();
    let folder = tempfile::tempdir().expect("a folder");
    let refused = limited(folder.path(), "-n");
    network.nodes[0].start_program(&refused, &[]);
    assert_eq!(network.nodes[0].wait_for_end().code(), Some(1));
    let log = network.nodes[0].log();
    assert!(
        log.contains("may open 1024 files") && log.contains("LimitNOFILE"),
        "{log}"
    );
    let raised = limited(folder.path(), "-Sn");
    network.nodes[0].start_program(&raised, &[]);
    network.nodes[0].wait_for_answer();
    let files = network.nodes[0].open_files_max();
    assert!(files > 1_024, "{files}");
}
