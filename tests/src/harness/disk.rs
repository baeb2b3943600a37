//! Nodes that must not start, and copies of their folders.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::program;

/// What a node that must not start says.
pub fn refused_start(config: &Path) -> String {
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

/// Opens what a node has on disk and closes it again; it must be in order.
pub fn accepted_start(config: &Path) {
    let output = Command::new(program("yiliand"))
        .args(["check", "--config"])
        .arg(config)
        .output()
        .expect("runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

pub fn copy_folder(from: &Path, to: &Path) {
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
