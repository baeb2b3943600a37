//! The program, run in a folder of its own.
#![allow(unreachable_pub, reason = "shared by tests")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of this test alone.
pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("yilian-cli-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("made");
    folder
}

pub fn yilian(home: &PathBuf, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_yilian"))
        .args(args)
        .env("YILIAN_HOME", home)
        .env("YILIAN_LANG", "en")
        .env_remove("YILIAN_NODE")
        .env_remove("YILIAN_KEY")
        .output()
        .expect("runs")
}

pub fn code(output: &Output) -> i32 {
    output.status.code().expect("a code")
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}
