//! What a seed gives does not depend on who runs the rule: the published draws, which the rule gave natively, come out of
//! a validator (wasmtime), of the verifier (wasmi) and of node.js.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use yilian_primitives::json;
use yilian_verify::replay::{ReplayLimits, Rule};

use yilian_tests::harness::{Network, contracts};

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests"))
}

fn node_js(program: &Path, input: &str) -> Vec<u8> {
    let mut child = Command::new("node")
        .arg(folder().join("verifier/run_rule.mjs"))
        .arg(program)
        .arg("draw")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node.js is installed: run scripts/setup");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("ends");
    assert!(
        output.status.success(),
        "node.js ended with {}",
        output.status
    );
    output.stdout
}

#[test]
fn a_seed_gives_the_same_draw_on_every_engine() {
    let published = std::fs::read(folder().join("vectors/draws.json")).expect("the vectors");
    let published: Vec<Value> = serde_json::from_slice(&published).expect("JSON");
    assert!(published.len() >= 6);
    let program = contracts().join("expert-draw.wasm");
    let wasmi = Rule::load(&std::fs::read(&program).expect("the rule")).expect("loads");
    let network = Network::started();
    let client = network.client(0);
    for case in &published {
        let text = |name: &str| case[name].as_str().expect(name);
        let (name, input, expected) = (text("name"), text("input"), text("output"));
        let again = wasmi.call("draw", input.as_bytes(), &mut ReplayLimits::default());
        assert_eq!(
            again.expect("runs").output(),
            expected.as_bytes(),
            "wasmi: {name}"
        );
        assert_eq!(
            node_js(&program, input),
            expected.as_bytes(),
            "node.js: {name}"
        );
        let args: Value = serde_json::from_str(input).expect("JSON");
        let answer = client.query("expert-draw", "draw", &args);
        let answer = json::canonical(&answer.expect("answers").result);
        assert_eq!(answer, expected.as_bytes(), "wasmtime: {name}");
    }
}
