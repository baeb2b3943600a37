//! The files of the project.

use std::fs;
use std::path::{Path, PathBuf};

/// Directories that hold nothing of ours.
const SKIPPED: [&str; 3] = ["target", ".git", "node_modules"];

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let tests = std::path::PathBuf::from(
        std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests"),
    );
    tests
        .parent()
        .expect("the tests stand below the root")
        .to_owned()
}

/// One file, with its path relative to the root.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// Lines with their numbers from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    /// The code above the tests at the end of the file.
    pub(crate) fn without_tests(&self) -> &str {
        let tests = self.text.find("#[cfg(test)]\nmod tests {");
        let tests = tests.or_else(|| self.text.find("#[cfg(test)]\npub(crate) mod tests {"));
        &self.text[..tests.unwrap_or(self.text.len())]
    }

    /// Whether the whole file is test code.
    pub(crate) fn is_test(&self) -> bool {
        let named = |part: &str| {
            let stem = part.strip_suffix(".rs").unwrap_or(part);
            stem == "tests" || stem.ends_with("_tests") || stem == "testing" || stem == "benches"
        };
        self.path.split('/').any(named)
    }
}

/// Every readable text file of the project whose name ends so, in path order.
pub(crate) fn files(endings: &[&str]) -> Vec<File> {
    let mut paths = Vec::new();
    walk(&root(), &mut paths);
    paths.sort();
    let wanted = |path: &PathBuf| {
        let name = path.to_string_lossy().into_owned();
        endings.iter().any(|ending| name.ends_with(ending))
    };
    let read = |path: PathBuf| {
        let relative = path.strip_prefix(root()).expect("walked from the root");
        let relative = relative.to_string_lossy().into_owned();
        fs::read_to_string(&path).ok().map(|text| File {
            path: relative,
            text,
        })
    };
    paths.into_iter().filter(wanted).filter_map(read).collect()
}

fn walk(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type();
        if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
            if !SKIPPED.contains(&name.as_str()) {
                walk(&path, paths);
            }
        } else if kind.is_ok_and(|kind| kind.is_file()) {
            paths.push(path);
        }
    }
}

/// Fails with all findings at once, so that one run shows the whole list.
pub(crate) fn assert_none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}\n  {}\n", findings.join("\n  "));
}

/// A word that the rules forbid, put together so that this file does not hold it.
pub(crate) fn word(parts: &[&str]) -> String {
    parts.concat()
}
