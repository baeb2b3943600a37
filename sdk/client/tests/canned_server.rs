//! The client against a server that answers what the test says.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};
use yilian_client::{
    Client, ClientError, EventFilter, Submitted, TransactionBuilder, TransactionState, Wait,
};
use yilian_crypto::{Digest, SecretKey};
use yilian_primitives::TxId;

/// Answers the given responses to as many requests, and gives the requests' heads and bodies.
fn serve(responses: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let mut requests = Vec::new();
        for response in responses {
            let (mut stream, _) = listener.accept().expect("a connection");
            requests.push(read_request(&mut BufReader::new(
                stream.try_clone().expect("clone"),
            )));
            stream.write_all(response.as_bytes()).expect("written");
        }
        requests
    });
    (url, server)
}

fn read_request(reader: &mut impl BufRead) -> String {
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        head.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    head + &String::from_utf8(body).expect("text")
}

fn answer(status: u16, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
}

fn json_answer(status: u16, body: &Value) -> String {
    answer(status, "application/json", &body.to_string())
}

fn problem(status: u16, code: &str) -> String {
    let body = json!({"type": "urn:x", "title": "标题", "status": status, "detail": "d",
        "instance": "/", "code": code});
    answer(status, "application/problem+json", &body.to_string())
}

fn pending(id: &TxId) -> Value {
    json!({"tx_id": id, "status": "pending", "height": null, "envelope": {}, "payload": {},
        "receipt": null, "receipt_cbor": null, "result": null, "refusal": null,
        "events": [], "rule_calls": []})
}

#[test]
fn a_problem_keeps_its_code_and_a_missing_thing_is_not_found() {
    let (url, server) = serve(vec![problem(403, "YL-1010"), problem(404, "YL-1101")]);
    let client = Client::new(&url).in_language("en");
    let Err(ClientError::Problem(forbidden)) = client.status() else {
        panic!("a problem");
    };
    assert_eq!(
        (forbidden.status, forbidden.code.as_str()),
        (403, "YL-1010")
    );
    assert_eq!(
        client.block(9),
        Err(ClientError::NotFound {
            what: "d".to_owned()
        })
    );
    let requests = server.join().expect("served");
    assert!(requests[0].starts_with("GET /v1/status "));
    assert!(
        requests[0]
            .to_ascii_lowercase()
            .contains("accept-language: en")
    );
    assert!(requests[1].starts_with("GET /v1/blocks/9 "));
}

#[test]
fn nobody_listening_is_a_network_error() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = Client::new(&url).status().expect_err("nobody");
    assert!(
        matches!(error, ClientError::Network { .. }) && error.is_temporary(),
        "{error}"
    );
}

#[test]
fn an_answer_of_another_form_is_a_protocol_error() {
    let html = answer(200, "text/html", "<html>");
    let (url, server) = serve(vec![html, answer(500, "text/html", "<html>")]);
    let client = Client::new(&url);
    assert!(matches!(client.status(), Err(ClientError::Protocol { .. })));
    assert!(matches!(client.status(), Err(ClientError::Protocol { .. })));
    server.join().expect("served");
}

#[test]
fn a_transaction_is_sent_as_dsse_and_followed_until_it_is_final() {
    let key = SecretKey::from_seed([1; 32]);
    let envelope = TransactionBuilder::new("yilian-local", "evidence", "put")
        .args(json!({"a": 1}))
        .sign(&key, 0, [0; 16])
        .expect("signs");
    let id = envelope.clone().verify().expect("verifies").id();
    let accepted = json_answer(202, &json!({"tx_id": id, "status": "accepted"}));
    let responses = vec![
        accepted,
        problem(404, "YL-1101"),
        json_answer(200, &pending(&id)),
    ];
    let (url, server) = serve(responses);
    let client = Client::new(&url);
    assert_eq!(
        client.submit(&envelope, Wait::Accepted),
        Ok(Submitted::Accepted(id))
    );
    assert_eq!(client.wait_final(&id, Duration::from_millis(200)), Ok(None));
    let requests = server.join().expect("served");
    assert!(requests[0].starts_with("POST /v1/transactions?wait=none "));
    assert!(requests[0].contains("application/vnd.yilian.tx.v1+json"));
    assert!(requests[1].starts_with(&format!("GET /v1/transactions/{id} ")));
}

#[test]
fn a_node_that_answers_for_another_transaction_is_not_believed() {
    let (asked, other) = (TxId(Digest::sha256(b"a")), TxId(Digest::sha256(b"b")));
    let (url, server) = serve(vec![
        json_answer(200, &pending(&other)),
        json_answer(200, &pending(&asked)),
    ]);
    let client = Client::new(&url);
    assert!(matches!(
        client.transaction(&asked),
        Err(ClientError::Protocol { .. })
    ));
    let status = client.transaction(&asked).expect("the right one");
    assert_eq!(status.status, TransactionState::Pending);
    server.join().expect("served");
}

#[test]
fn code_with_another_hash_is_refused() {
    let hash = Digest::sha256(b"code");
    let wasm = |body| answer(200, "application/wasm", body);
    let (url, server) = serve(vec![wasm("code"), wasm("c0de")]);
    let client = Client::new(&url);
    assert_eq!(client.code(&hash), Ok(b"code".to_vec()));
    assert!(matches!(
        client.code(&hash),
        Err(ClientError::Protocol { .. })
    ));
    server.join().expect("served");
}

#[test]
fn events_come_one_by_one_and_end_with_the_stream() {
    let body = ": waiting\n\nid: 7.0.0\ndata: {\"contract\":\"tender\",\"name\":\"opened\"}\n\n\
                id: 7.0.1\ndata: {\"contract\":\"tender\",\"name\":\"drawn\"}\n\n";
    let (url, server) = serve(vec![answer(200, "text/event-stream", body)]);
    let filter = EventFilter {
        contract: Some("tender".to_owned()),
        from_height: Some(7),
        after: Some("6.0.0".to_owned()),
    };
    let events: Result<Vec<_>, _> = Client::new(&url).events(&filter).expect("opens").collect();
    let events = events.expect("events");
    let ids: Vec<_> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["7.0.0", "7.0.1"]);
    assert_eq!(events[1].data["name"], "drawn");
    let requests = server.join().expect("served");
    assert!(requests[0].starts_with("GET /v1/events?contract=tender&from_height=7 "));
    assert!(
        requests[0]
            .to_ascii_lowercase()
            .contains("last-event-id: 6.0.0")
    );
}
