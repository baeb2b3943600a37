//! The program as scripts see it: exit codes, what stands on which output, and calls of a node that the test plays.

mod running;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use serde_json::{Value, json};
use yilian_crypto::Digest;
use yilian_primitives::cbor::Cbor as _;
use yilian_primitives::{Cause, Commitment, Outcome, Receipt, TxId};

use running::{code, folder, text, yilian};

/// Answers as many requests as there are responses.
fn node(responses: Vec<(u16, String)>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let mut requests = Vec::new();
        for (status, body) in responses {
            let (mut stream, _) = listener.accept().expect("a connection");
            requests.push(request(&mut BufReader::new(
                stream.try_clone().expect("clone"),
            )));
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n\
                 content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
            .expect("written");
        }
        requests
    });
    (url, server)
}

fn request(reader: &mut impl BufRead) -> String {
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).expect("a line");
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    std::io::Read::read_exact(reader, &mut body).expect("a body");
    format!("{first}{}", text(&body))
}

fn interface() -> String {
    json!({"abi": 1, "kind": "ledger", "name": "notes", "version": "1.0.0",
        "title": {"zh": "登记", "en": "Notes"},
        "methods": [
            {"name": "put", "title": {"zh": "登记", "en": "Keep"}, "result": {}, "args":
                {"type": "object", "required": ["id"], "additionalProperties": false,
                 "properties": {"id": {"type": "string", "description": "编号 | number"}}}},
            {"name": "get", "view": true, "title": {"zh": "查询", "en": "Look up"}, "result": {},
             "args": {"type": "object"}}],
        "errors": [{"code": 101, "name": "Taken", "zh": "已登记", "en": "the number is taken",
            "law": "第二十八条"}]})
    .to_string()
}

fn status() -> String {
    let digest = Digest::ZERO;
    json!({"chain_id": "yilian-local", "height": 1, "time_ms": 0, "header_hash": digest,
        "log_size": 1, "log_root": digest, "state_root": digest, "validators": 4, "peers": 3,
        "syncing": false, "version": "0.1.0", "releases": {"group_key": null, "threshold": 0, "holders": 0,
        "revealed": 0, "ceremony": true, "waiting": 0}, "production": false, "pool": {"transactions": 0, "bytes": 0}, "name": "lanzhou"})
    .to_string()
}

fn refused(id: &TxId) -> String {
    let none = Commitment {
        count: 0,
        root: Digest::ZERO,
    };
    let receipt = Receipt {
        height: 2,
        index: 0,
        time_ms: 1,
        cause: Cause::Transaction(*id),
        caller: "ed25519:00".to_owned(),
        organisation: "91620100MA9000007R".to_owned(),
        contract: "notes".to_owned(),
        method: "put".to_owned(),
        code_hash: Digest::ZERO,
        args: Digest::ZERO,
        outcome: Outcome::Refused {
            code: 101,
            name: "Taken".to_owned(),
            message: "已登记".to_owned(),
        },
        result: Digest::ZERO,
        rule_calls: Vec::new(),
        reads: none,
        writes: none,
        events: none,
        fuel_used: 1,
    };
    assert!(!receipt.encode().is_empty());
    json!({"tx_id": id, "status": "final", "height": 2, "index": 0, "log_index": 5,
        "envelope": {}, "payload": {}, "receipt": receipt, "result": null,
        "refusal": {"code": 101, "name": "Taken", "message": "已登记"},
        "events": [], "rule_calls": []})
    .to_string()
}

#[test]
fn each_kind_of_end_has_its_exit_code() {
    let home = folder("ends");
    let garbage = home.join("a.ylev");
    std::fs::write(&garbage, "{}").expect("written");
    let garbage = garbage.to_str().expect("text");
    assert_eq!(code(&yilian(&home, &["--help"])), 0);
    assert_eq!(code(&yilian(&home, &["--version"])), 0);
    assert_eq!(code(&yilian(&home, &["statuz"])), 2);
    assert_eq!(code(&yilian(&home, &["keys", "show", "nobody"])), 3);
    // Without trust nothing is decided, whatever the file holds.
    assert_eq!(code(&yilian(&home, &["verify", garbage])), 5);
    let unreachable = yilian(&home, &["--node", "http://127.0.0.1:1", "status"]);
    assert_eq!(code(&unreachable), 7);
    assert!(unreachable.stdout.is_empty());
    assert!(text(&unreachable.stderr).contains("next: "));
}

#[test]
fn a_local_network_is_made_and_its_specification_is_sound() {
    let home = folder("init");
    let network = home.join("net");
    let path = network.to_str().expect("text");
    let made = yilian(
        &home,
        &["init", "--dir", path, "--base-port", "21000", "--json"],
    );
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
    let answer: Value = serde_json::from_slice(&made.stdout).expect("json");
    assert_eq!(answer["schema"], "yilian.cli/init@1");
    let spec = format!("{path}/chain.toml");
    assert_eq!(code(&yilian(&home, &["chain-spec", "check", &spec])), 0);
    let keys = yilian(&network, &["keys", "list", "--json"]);
    let keys: Value = serde_json::from_slice(&keys.stdout).expect("json");
    assert!(
        keys["data"].as_array().is_some_and(|keys| keys.len() >= 10),
        "{keys}"
    );
    // A second time nothing is overwritten.
    assert_eq!(code(&yilian(&home, &["init", "--dir", path])), 1);
    // With the network's own specification a file that is no evidence is told from an undecided one.
    let garbage = home.join("a.ylev");
    std::fs::write(&garbage, "{}").expect("written");
    let verified = yilian(&network, &["verify", garbage.to_str().expect("text")]);
    assert_eq!(code(&verified), 4, "{}", text(&verified.stderr));
}

#[test]
fn arguments_are_checked_against_the_interface_before_anything_is_signed() {
    let home = folder("args");
    let (url, server) = node(vec![(200, interface())]);
    let output = yilian(
        &home,
        &[
            "--node",
            &url,
            "contract",
            "call",
            "notes",
            "put",
            "--args",
            r#"{"idd":"A1"}"#,
        ],
    );
    assert_eq!(code(&output), 2);
    let message = text(&output.stderr);
    assert!(
        message.contains("id: missing (a text: number)"),
        "{message}"
    );
    assert!(message.contains("idd: no such field"), "{message}");
    assert_eq!(server.join().expect("served").len(), 1);
}

#[test]
fn a_refusal_ends_with_six_and_names_its_reason_and_law() {
    let home = folder("refused");
    assert_eq!(code(&yilian(&home, &["keys", "new", "agency"])), 0);
    let id = TxId(Digest::sha256(b"tx"));
    let responses = vec![
        (200, interface()),
        (200, interface()),
        (200, status()),
        (200, refused(&id)),
        (200, interface()),
    ];
    let (url, server) = node(responses);
    let call = [
        "--node", &url, "--key", "agency", "contract", "call", "notes", "put", "-a", "id=A1",
    ];
    let output = yilian(&home, &call);
    assert_eq!(code(&output), 6, "{}", text(&output.stderr));
    let message = text(&output.stdout);
    assert!(
        message.contains("the number is taken; 第二十八条"),
        "{message}"
    );
    let requests = server.join().expect("served");
    assert!(
        requests[3].starts_with("POST /v1/transactions?wait=final"),
        "{}",
        requests[3]
    );
    assert!(requests[3].contains("application/vnd.yilian.tx.v1+json"));
}
