//! Nodes that must not start, and copies of their folders.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

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

/// Runs a command of `yiliand` on a node's data: its arguments before and after the configuration.
pub fn operator(command: &str, config: &Path, rest: &[&OsStr]) -> Output {
    Command::new(program("yiliand"))
        .args([command, "--config"])
        .arg(config)
        .args(rest)
        .output()
        .expect("runs")
}

/// Backs up a node, which may run.
pub fn backed_up(config: &Path, to: &Path) {
    let output = operator("backup", config, &["--to".as_ref(), to.as_ref()]);
    assert!(output.status.success(), "{}", super::text(&output));
}

fn restore(config: &Path, from: Option<&Path>) -> Output {
    match from {
        Some(from) => operator("restore", config, &["--from".as_ref(), from.as_ref()]),
        None => operator("restore", config, &[]),
    }
}

/// Restores a node's database.
pub fn restored(config: &Path, from: Option<&Path>) {
    let output = restore(config, from);
    assert!(output.status.success(), "{}", super::text(&output));
}

/// What is said of a backup that must not be restored.
pub fn restore_refused(config: &Path, from: Option<&Path>) -> String {
    let output = restore(config, from);
    let text = super::text(&output);
    assert!(!output.status.success(), "restored: {text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("folder") {
        let entry = entry.expect("entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else if entry.path().is_file() {
            // A killed node leaves its socket.
            fs::copy(entry.path(), target).expect("copies");
        }
    }
}
