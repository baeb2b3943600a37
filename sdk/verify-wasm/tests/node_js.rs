//! The module runs in node.js and says of every published bundle what the native verifier says.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use yilian_verify_wasm::{Answer, answer};

fn folder(of: &str) -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo")).join(of)
}

fn module() -> PathBuf {
    let test = std::env::current_exe().expect("path of the test");
    let target = test.ancestors().nth(3).expect("target folder");
    let module = target.join("verifier/yilian_verify.wasm");
    assert!(
        module.is_file(),
        "{} is not built: run scripts/build-verifier",
        module.display()
    );
    module
}

fn in_node(module: &Path, file: &Path, trust: &Path) -> (Option<i32>, Vec<u8>) {
    let output = Command::new("node")
        .arg(folder("verify-cli.mjs"))
        .args([module, file])
        .arg("--trust")
        .arg(trust)
        .arg("--json")
        .output()
        .expect("node.js is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "{}: {said}", file.display());
    (output.status.code(), output.stdout)
}

#[test]
fn node_js_finds_the_same_in_every_bundle() {
    let vectors = folder("../../tests/vectors/evidence");
    let cases = std::fs::read(vectors.join("cases.json")).expect("the vectors are there");
    let cases: Vec<Value> = serde_json::from_slice(&cases).expect("JSON");
    assert!(cases.len() > 20);
    let module = module();
    let temporary = tempfile::tempdir().expect("folder");
    let trust = temporary.path().join("trust.json");
    for case in cases {
        let file = vectors.join(case["file"].as_str().expect("a file"));
        let text = case["trust"].to_string();
        std::fs::write(&trust, &text).expect("written");
        let (exit, json) = in_node(&module, &file, &trust);
        let expected = match case["verdict"].as_str() {
            Some("valid") => 0,
            Some("forged") => 4,
            _ => 5,
        };
        assert_eq!(exit, Some(expected), "{}", case["name"]);
        let got: Value = serde_json::from_slice(&json).expect("JSON");
        let bytes = std::fs::read(&file).expect("the bundle");
        let Answer::Report(native) = answer(&bytes, text.as_bytes()) else {
            panic!("{}: the trust file is good", case["name"]);
        };
        let native = serde_json::to_value(native).expect("JSON");
        assert_eq!(got, native, "{}", case["name"]);
    }
}

#[test]
fn a_trust_file_that_cannot_be_read_decides_nothing() {
    assert!(matches!(answer(b"", b"{}"), Answer::TrustError(_)));
    assert!(matches!(answer(b"", &[0xff]), Answer::TrustError(_)));
}
