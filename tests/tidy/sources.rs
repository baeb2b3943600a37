//! The shape of source files, and what may not stand in them.

use crate::tree::{File, assert_none, files, word};

/// Most lines of code in a file, its tests not counted.
const LINES_MAX: usize = 400;
/// Most lines of a file with its tests, and of a file of tests.
const LINES_WITH_TESTS_MAX: usize = 600;
/// Files that may be longer, each with its reason.
const LONGER: [(&str, &str); 0] = [];

/// Crates whose code decides state or proofs.
const CONSENSUS_CRATES: [&str; 12] = [
    "sdk/crypto/",
    "sdk/primitives/",
    "sdk/merkle/",
    "sdk/abi/",
    "sdk/contract/",
    "sdk/verify/",
    "chain-spec/",
    "node/vm/",
    "node/executor/",
    "contracts/domain/",
    "contracts/rules/",
    "contracts/ledgers/",
];

fn rust() -> Vec<File> {
    files(&[".rs"])
}

/// A line without its comment and without the texts in it.
fn code_of(line: &str) -> String {
    let mut code = String::new();
    let mut in_text = false;
    // A quotation mark as a character opens no text.
    let line = line.replace("'\"'", "' '");
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if in_text => {
                characters.next();
            }
            '"' => in_text = !in_text,
            '/' if !in_text && characters.peek() == Some(&'/') => break,
            _ if !in_text => code.push(character),
            _ => {}
        }
    }
    code
}

fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.split(|c: char| !is_part(c)).any(|part| part == word)
}

/// Lines of shipped code (no tests, comments or texts) that hold one of the words.
fn findings(file: &File, words: &[&str]) -> Vec<String> {
    let shipped = if file.is_test() {
        ""
    } else {
        file.without_tests()
    };
    let lines = shipped.lines().enumerate();
    let hits = lines.filter(|(_, line)| words.iter().any(|word| has_word(&code_of(line), word)));
    hits.map(|(index, line)| format!("{}:{}: {}", file.path, index + 1, line.trim()))
        .collect()
}

#[test]
fn files_stay_short() {
    let exempt = |path: &str| {
        LONGER
            .iter()
            .any(|(other, reason)| *other == path && !reason.is_empty())
    };
    let mut found = Vec::new();
    for file in rust().iter().filter(|file| !exempt(&file.path)) {
        let shipped = if file.is_test() {
            ""
        } else {
            file.without_tests()
        };
        for (text, limit) in [(shipped, LINES_MAX), (&file.text, LINES_WITH_TESTS_MAX)] {
            let lines = text.lines().count();
            if lines > limit {
                found.push(format!(
                    "{}: {lines} lines, expected at most {limit}",
                    file.path
                ));
            }
        }
    }
    assert_none("one file, one thing", &found);
}

#[test]
fn nothing_is_left_to_do() {
    let marks = [
        word(&["TO", "DO"]),
        word(&["FIX", "ME"]),
        word(&["X", "XX"]),
    ];
    let mut found = Vec::new();
    for file in files(&[
        ".rs",
        ".toml",
        ".md",
        ".sh",
        "scripts/setup",
        "scripts/test",
    ]) {
        for (number, line) in file.lines() {
            if marks.iter().any(|mark| has_word(line, mark)) {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none(
        "a promise belongs into the list of what is missing, not into the code",
        &found,
    );
}

#[test]
fn no_path_of_a_machine_stands_in_the_tree() {
    let paths = [
        word(&["/ro", "ot/"]),
        word(&["/ho", "me/"]),
        word(&["/wo", "rk/"]),
        word(&["/Us", "ers/"]),
    ];
    let mut found = Vec::new();
    let endings = [
        ".rs",
        ".toml",
        ".md",
        ".sh",
        ".json",
        ".yml",
        "scripts/setup",
        "scripts/test",
        ".ci/run",
    ];
    // Naming such paths in order to refuse them in compiled contracts is the point of these two.
    let exempt = [
        "contracts/tools/build/src/compile.rs",
        "cli/src/commands/contract/compile.rs",
    ];
    for file in files(&endings)
        .iter()
        .filter(|file| !exempt.contains(&file.path.as_str()))
    {
        for (number, line) in file.lines() {
            if paths.iter().any(|path| line.contains(path.as_str())) {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none("the tree builds anywhere", &found);
}

#[test]
fn bincode_is_named_in_the_codec_alone() {
    let mut found = Vec::new();
    for file in rust()
        .iter()
        .filter(|file| file.path != "sdk/primitives/src/codec.rs")
    {
        found.extend(findings(file, &["bincode"]));
    }
    for file in files(&["Cargo.toml"]) {
        let allowed = ["Cargo.toml", "sdk/primitives/Cargo.toml"].contains(&file.path.as_str());
        if !allowed && file.lines().any(|(_, line)| line.starts_with("bincode")) {
            found.push(format!("{}: depends on bincode", file.path));
        }
    }
    assert_none("the frozen codec has one door", &found);
}

#[test]
fn nothing_that_decides_state_uses_floats() {
    let crates = |file: &&File| {
        CONSENSUS_CRATES
            .iter()
            .any(|start| file.path.starts_with(start))
    };
    // Naming the type in order to refuse it is the point of these two.
    let exempt = [
        (
            "sdk/primitives/src/json.rs",
            "the visitor that refuses floats has to name them",
        ),
        (
            "sdk/abi/src/module.rs",
            "the check that refuses floats in uploaded code has to name them",
        ),
    ];
    let mut found = Vec::new();
    for file in rust().iter().filter(crates) {
        if !exempt.iter().any(|(path, _)| *path == file.path) {
            found.extend(findings(file, &["f32", "f64"]));
        }
    }
    assert_none("two machines may round differently", &found);
}

#[test]
fn nothing_that_decides_state_iterates_in_random_order() {
    let crates = |file: &&File| {
        CONSENSUS_CRATES
            .iter()
            .any(|start| file.path.starts_with(start))
    };
    let mut found = Vec::new();
    for file in rust().iter().filter(crates) {
        found.extend(findings(file, &["HashMap", "HashSet", "RandomState"]));
    }
    assert_none(
        "use BTreeMap: its order is the same on every machine",
        &found,
    );
}

#[test]
fn nothing_that_decides_state_reads_a_clock() {
    let crates = |file: &&File| {
        CONSENSUS_CRATES
            .iter()
            .any(|start| file.path.starts_with(start))
    };
    let mut found = Vec::new();
    for file in rust().iter().filter(crates) {
        found.extend(findings(file, &["SystemTime", "Instant"]));
    }
    assert_none("time comes in with the block", &found);
}

#[test]
fn every_file_begins_by_saying_what_it_is_for() {
    let mut found = Vec::new();
    for file in rust() {
        let fixture = file.path.contains("/fixtures/") || file.path.contains("/templates/");
        if !fixture
            && !file.is_test()
            && !file.text.starts_with("//! ")
            && !file.text.starts_with("#!")
        {
            found.push(file.path);
        }
    }
    assert_none("the first line of a file is `//! <what it is for>`", &found);
}

#[test]
fn what_outsiders_must_trust_stays_small() {
    // Reviewing the verifier and what it stands on must take days, not weeks.
    const LINES_TOGETHER_MAX: usize = 10_000;
    let trusted = [
        "sdk/crypto/",
        "sdk/primitives/",
        "sdk/release/",
        "sdk/merkle/",
        "sdk/abi/",
        "chain-spec/",
        "sdk/verify/",
    ];
    let mut lines = 0;
    for file in rust().iter().filter(|file| !file.is_test()) {
        if trusted.iter().any(|start| file.path.starts_with(start)) {
            lines += file.without_tests().lines().count();
        }
    }
    assert!(
        lines <= LINES_TOGETHER_MAX,
        "{lines} lines: expected at most {LINES_TOGETHER_MAX}"
    );
}

#[test]
fn the_rules_above_see_code_and_nothing_else() {
    assert!(has_word(&code_of("let rate: f64 = 1.0; // no"), "f64"));
    assert!(!has_word(
        &code_of("let n = 1; // an f64 would round"),
        "f64"
    ));
    assert!(!has_word(&code_of(r#"error("f64 \" is refused")"#), "f64"));
    assert!(has_word(
        &code_of(r#"if c == '"' { 1f64 } else { f64::NAN }"#),
        "f64"
    ));
    assert!(!has_word("bincode_like", "bincode"));
}
