//! Programs with floats are refused by name; an endless loop, a memory bomb and deep recursion only cost their own call.

use base64::Engine as _;
use serde_json::{Value, json};
use yilian_client::TransactionStatus;
use yilian_primitives::Outcome;

use yilian_tests::harness::{Network, Sender, deposit_args, sent_ok};

/// A ledger of one method with this body.
fn program(functions: &str) -> String {
    let interface = r#"{"abi":1,"kind":"ledger","name":"sample","version":"1.0.0","methods":[{"name":"run","args":{},"result":{}}]}"#;
    let escaped = interface.replace('"', "\\22");
    let text = format!(
        "(module {functions} (memory (export \"memory\") 1) (@custom \"yilian.interface\" \"{escaped}\"))"
    );
    let wasm = wat::parse_str(text).expect("test program");
    base64::engine::general_purpose::STANDARD.encode(wasm)
}

fn deploy(governance: &Sender, name: &str, functions: &str) -> TransactionStatus {
    let args = json!({"name": name, "kind": "ledger", "wasm": program(functions)});
    governance.call("system", "deploy", args)
}

fn refusal(status: &TransactionStatus) -> String {
    match &status.receipt.as_ref().expect("final").outcome {
        Outcome::Refused { message, .. } => message.clone(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn trap(status: &TransactionStatus) -> String {
    match &status.receipt.as_ref().expect("final").outcome {
        Outcome::Trapped { reason } => reason.clone(),
        other => panic!("expected a trap, got {other:?}"),
    }
}

#[test]
fn bad_contracts_do_no_harm() {
    let network = Network::started();
    let governance = network.sender(0, "governance");

    let float =
        "(func $rate (result f64) (f64.const 1.5)) (func (export \"run\") (drop (call $rate)))";
    let message = refusal(&deploy(&governance, "floating", float));
    assert!(
        message.contains("rate") && message.contains("floating point"),
        "{message}"
    );
    let clock = "(import \"wasi\" \"clock\" (func)) (func (export \"run\"))";
    assert!(refusal(&deploy(&governance, "clock", clock)).contains("wasi"));
    let junk = json!({"name": "junk", "kind": "ledger", "wasm": "AAAA"});
    assert!(refusal(&governance.call("system", "deploy", junk)).contains("WebAssembly"));

    let open = |name: &str| -> Value {
        json!({"contract": name, "method": "run", "roles": [], "organisations": []})
    };
    let cases = [
        (
            "endless",
            "(func (export \"run\") (loop (br 0)))",
            "out of fuel",
        ),
        (
            "bomb",
            "(func (export \"run\") (loop (br_if 0 (i32.ge_s (memory.grow (i32.const 64)) (i32.const 0)))) unreachable)",
            "no memory left",
        ),
        (
            "recursion",
            "(func $deep (param i64 i64 i64 i64) (call $deep (local.get 0) (local.get 1) (local.get 2) (local.get 3)) (drop (i64.add (local.get 0) (local.get 3)))) (func (export \"run\") (call $deep (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))",
            "call stack exhausted",
        ),
    ];
    for (name, functions, expected) in cases {
        sent_ok(&deploy(&governance, name, functions));
        sent_ok(&governance.call("identity", "set_permission", open(name)));
        let reason = trap(&governance.call(name, "run", json!({})));
        assert!(reason.contains(expected), "{name}: {reason}");
    }
    sent_ok(
        &network
            .sender(0, "trading-system")
            .call("evidence", "deposit", deposit_args(1)),
    );
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    for height in 1..=height {
        network.assert_same_header(&[0, 1, 2, 3], height);
    }
}
