//! Test vectors: the bytes of every signed or hashed format, for implementations in other languages.
//!
//! `protocol.json` beside this file is made from fixed seeds. A change in it is a change of the protocol: it raises a
//! version, stands in docs/protocol.md and in the changelog. To write it anew: `YILIAN_WRITE_VECTORS=1 cargo test -p
//! yilian-tests --test vectors`.

mod made;
mod trees;

#[test]
fn the_formats_give_the_published_bytes() {
    let path = std::path::PathBuf::from(
        std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests"),
    )
    .join("vectors/protocol.json");
    let made = made::vectors();
    if std::env::var_os("YILIAN_WRITE_VECTORS").is_some() {
        let text = serde_json::to_string_pretty(&made).expect("values serialise");
        std::fs::write(&path, text + "\n").expect("the file can be written");
    }
    let text = std::fs::read_to_string(&path).expect("tests/vectors/protocol.json is there");
    let published: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let sections = |value: &serde_json::Value| -> Vec<String> {
        value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    assert_eq!(sections(&made), sections(&published));
    for name in sections(&made) {
        assert_eq!(
            made[&name], published[&name],
            "section {name} differs from the published bytes"
        );
    }
}

/// Runs a script of the second implementation, which must agree.
fn python(script: &str) {
    let tests = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    let output = std::process::Command::new("python3")
        .arg(std::path::PathBuf::from(tests).join(script))
        .output()
        .expect("python3 is installed: the second implementation is written in it");
    let (said, complaint) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{script}:\n{said}{complaint}");
}

#[test]
fn a_second_implementation_agrees_with_the_published_bytes() {
    python("vectors/check.py");
}

#[test]
fn a_second_verifier_finds_the_same_in_every_bundle_and_accepts_no_changed_one() {
    python("verifier/run_vectors.py");
}
