//! That the documents exist, link to what exists, and agree with each other.

use std::fs;

use crate::tree::{File, assert_none, files, root};

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|_| panic!("{path} is missing"))
}

/// Targets of the Markdown links of a file, outside code blocks.
fn links(file: &File) -> Vec<(usize, String)> {
    let mut in_code = false;
    let mut targets = Vec::new();
    for (number, line) in file.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for part in line.split("](").skip(1) {
            if let Some((target, _)) = part.split_once(')') {
                targets.push((number, target.to_owned()));
            }
        }
    }
    targets
}

/// Headings outside code blocks, as their levels.
fn headings(text: &str) -> Vec<(usize, String)> {
    let mut in_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if !in_code && (1..=6).contains(&level) && line.as_bytes().get(level) == Some(&b' ') {
            found.push((level, line[level..].trim().to_owned()));
        }
    }
    found
}

/// The anchor that a heading gets: lower case, spaces to hyphens, punctuation away.
fn anchor(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let mut found = Vec::new();
    for file in files(&[".md"]) {
        let folder = root()
            .join(&file.path)
            .parent()
            .expect("a file has a folder")
            .to_owned();
        for (number, target) in links(&file) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, fragment) = target.split_once('#').unwrap_or((&target, ""));
            let place = if path.is_empty() {
                root().join(&file.path)
            } else {
                folder.join(path)
            };
            let text = fs::read_to_string(&place).unwrap_or_default();
            let known = || {
                headings(&text)
                    .iter()
                    .any(|(_, title)| anchor(title) == fragment)
            };
            if !place.exists() || (!fragment.is_empty() && !known()) {
                found.push(format!("{}:{number}: {target}", file.path));
            }
        }
    }
    assert_none("a link leads to a file or a heading that exists", &found);
}

#[test]
fn every_decision_is_listed_and_numbered() {
    let index = read("docs/decisions/README.md");
    let folder = fs::read_dir(root().join("docs/decisions")).expect("docs/decisions");
    let mut names: Vec<_> = folder
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != "README.md")
        .collect();
    names.sort();
    let mut found = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if !index.contains(&format!("({name})")) {
            found.push(format!("{name} is not in docs/decisions/README.md"));
        }
        if !name.starts_with(&format!("{:04}-", place + 1)) {
            found.push(format!("{name}: expected number {:04}", place + 1));
        }
        let text = read(&format!("docs/decisions/{name}"));
        for section in ["## Context", "## Decision", "## Refused", "## Cost"] {
            if !text.contains(section) {
                found.push(format!("{name}: has no section {section:?}"));
            }
        }
    }
    assert_none(
        "every decision has its number, its sections and its line in the list",
        &found,
    );
}

#[test]
fn both_readmes_have_the_same_shape() {
    let levels = |path: &str| -> Vec<usize> {
        headings(&read(path))
            .into_iter()
            .map(|(level, _)| level)
            .collect()
    };
    assert_eq!(levels("README.md"), levels("README.zh-CN.md"));
    for path in ["README.md", "README.zh-CN.md"] {
        let text = read(path);
        for command in ["./scripts/demo", "./scripts/test"] {
            assert!(text.contains(command), "{path} does not show {command}");
        }
    }
}

#[test]
fn every_document_is_listed() {
    let index = read("docs/README.md");
    let mut found = Vec::new();
    for file in files(&[".md"]) {
        let name = file
            .path
            .strip_prefix("docs/")
            .filter(|name| !name.contains('/'));
        if name.is_some_and(|name| name != "README.md" && !index.contains(&format!("({name})"))) {
            found.push(file.path);
        }
    }
    assert_none("docs/README.md lists every document", &found);
}

#[test]
fn the_protocol_names_every_namespace() {
    let protocol = read("docs/protocol.md");
    for namespace in yilian_crypto::Namespace::ALL {
        let name = namespace.as_str();
        assert!(
            protocol.contains(&format!("`{name}`")),
            "docs/protocol.md does not name {name}"
        );
    }
}

#[test]
fn the_licence_is_there_and_every_crate_names_it() {
    let text = read("LICENSE");
    assert!(text.contains("Apache License") && text.contains("Version 2.0, January 2004"));
    let mut found = Vec::new();
    for file in files(&["Cargo.toml"]) {
        let is_crate = file.text.contains("[package]\n");
        let named = ["license.workspace = true", "license = \"Apache-2.0\""];
        if is_crate && !named.iter().any(|line| file.text.contains(line)) {
            found.push(file.path);
        }
    }
    assert_none("every crate is under Apache-2.0", &found);
}

#[test]
fn scripts_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for path in [
        "scripts/setup",
        "scripts/test",
        "scripts/build-contracts",
        ".ci/run",
    ] {
        let metadata =
            fs::metadata(root().join(path)).unwrap_or_else(|_| panic!("{path} is missing"));
        assert!(
            metadata.permissions().mode() & 0o111 != 0,
            "{path} is not executable"
        );
        assert!(
            read(path).contains("set -euo pipefail"),
            "{path} goes on after a failure"
        );
    }
}

#[test]
fn the_permissions_that_come_with_the_contracts_are_read() {
    let text = read("contracts/permissions.toml");
    let permissions = yilian_chain_spec::parse_permissions(&text).expect("permissions");
    assert!(!permissions.is_empty());
}
