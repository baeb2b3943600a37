//! Malformed, foreign, expired, replayed, oversized, unknown and forbidden: each refused with its own clear error.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use yilian_client::{ClientError, Problem, Submitted, Wait};
use yilian_crypto::SecretKey;
use yilian_primitives::Envelope;

use yilian_tests::harness::{
    Network, Sender, deposit_args, now_ms, refusal_name, sent_ok, wait_for,
};

fn problem(network: &Network, envelope: &Envelope) -> Problem {
    match network.client(0).submit(envelope, Wait::Accepted) {
        Err(ClientError::Problem(problem)) => problem,
        other => panic!("expected a problem, got {other:?}"),
    }
}

#[test]
fn transactions_that_may_not_be_executed_are_refused_with_their_reason() {
    let network = Network::started();
    let sender = network.sender(0, "trading-system");
    let deposit = |sender: &Sender| sender.envelope("evidence", "deposit", deposit_args(1));

    let foreign = Sender::new(
        network.client(0),
        "yilian-other",
        network.key("trading-system"),
    );
    assert_eq!(problem(&network, &deposit(&foreign)).code, "YL-1005");

    let builder = sender.builder("evidence", "deposit", deposit_args(2));
    let expired = sender.sign(&builder.clone().valid_for_ms(1_000), now_ms() - 60_000);
    assert_eq!(problem(&network, &expired).code, "YL-1006");
    let too_long = sender.sign(&builder.valid_for_ms(3_600_000), now_ms());
    assert_eq!(problem(&network, &too_long).code, "YL-1007");

    let stranger = Sender::new(
        network.client(0),
        "yilian-local",
        SecretKey::from_seed([7; 32]),
    );
    assert_eq!(problem(&network, &deposit(&stranger)).code, "YL-1009");

    let forbidden = sender.envelope("identity", "set_permission", json!({}));
    let problem_of_forbidden = problem(&network, &forbidden);
    assert_eq!(problem_of_forbidden.code, "YL-1010");
    assert!(
        problem_of_forbidden.detail.contains("governance"),
        "says who may: {}",
        problem_of_forbidden.detail
    );
    let unknown = sender.envelope("no-such-contract", "draw", json!({}));
    assert_eq!(problem(&network, &unknown).code, "YL-1011");
    let unknown = sender.envelope("evidence", "destroy", json!({}));
    assert_eq!(problem(&network, &unknown).code, "YL-1012");
    let greedy = sender
        .builder("evidence", "deposit", deposit_args(3))
        .fuel(1 << 52);
    assert_eq!(
        problem(&network, &sender.sign(&greedy, now_ms())).code,
        "YL-1013"
    );

    let mut tampered = deposit(&sender);
    let place = tampered.payload.len() - 10;
    tampered.payload[place] ^= 1;
    let code = problem(&network, &tampered).code;
    assert!(["YL-1002", "YL-1003"].contains(&code.as_str()), "{code}");

    // Sending twice is harmless: the second answer is the first one's outcome, and nothing is executed again.
    let once = deposit(&sender);
    let first = network.client(0).submit(&once, Wait::Final(30_000));
    let again = network.client(0).submit(&once, Wait::Final(30_000));
    assert_eq!(first.expect("final"), again.expect("final"));

    // What is too large is refused before anything of it is looked at.
    let padded = json!({"padding": "x".repeat(1 << 20)}).to_string();
    let oversized = network.client(0).submit_json(&padded, Wait::Accepted);
    match oversized {
        Err(ClientError::Problem(problem)) => assert_eq!(problem.status, 400, "{problem:?}"),
        other => panic!("expected a problem, got {other:?}"),
    }
    let padded = "x".repeat(3 << 20);
    match network.client(0).submit_json(&padded, Wait::Accepted) {
        Err(ClientError::Problem(problem)) => assert_eq!(problem.status, 413, "{problem:?}"),
        other => panic!("expected a problem, got {other:?}"),
    }

    // A contract's own arguments are judged by the contract, as a provable refusal.
    let wrong = sender.call("evidence", "deposit", json!({"digest": 1}));
    assert_eq!(refusal_name(&wrong), "BadArguments");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(4)));
}

#[test]
fn a_transaction_that_is_replayed_after_it_expired_is_not_executed_again() {
    let network = Network::started();
    let sender = network.sender(0, "trading-system");
    let call = sender.builder("evidence", "deposit", deposit_args(1));
    let once = sender.sign(&call.valid_for_ms(5_000), now_ms());
    let first = network.client(0).submit(&once, Wait::Final(30_000));
    let Submitted::Final(first) = first.expect("final") else {
        panic!("not final within half a minute");
    };
    sent_ok(&first);
    let expires = once
        .clone()
        .verify()
        .expect("verifies")
        .payload()
        .valid_until_ms;
    wait_for("the validity to end", || {
        (now_ms() > expires + 1_000).then_some(())
    });
    // At the node that executed it for the client, and at one that knows it from the chain alone.
    for node in [0, 1] {
        let again = network.client(node).submit(&once, Wait::Final(5_000));
        let Submitted::Final(again) = again.expect("the first outcome") else {
            panic!("taken as if it were new");
        };
        assert_eq!(again, first);
    }
    sent_ok(&sender.call("evidence", "deposit", deposit_args(2)));
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    let blocks = (1..=height).map(|height| network.client(0).block(height).expect("block"));
    let executed = blocks.flat_map(|block| block.transactions);
    assert_eq!(executed.filter(|id| *id == first.tx_id).count(), 1);
}

/// Sends raw bytes and gives the status of the answer; none if the connection was closed without one.
fn raw(network: &Network, bytes: &[u8]) -> Option<u16> {
    let address = network.nodes[0].api.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("connects");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("timeout");
    // The node may close before it has read everything.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.take(64 << 10).read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer);
    text.split(' ').nth(1)?.parse().ok()
}

fn request(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes = format!(
        "{method} {path} HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

#[test]
fn malformed_bytes_at_every_route_do_no_harm() {
    let network = Network::started();
    let paths = [
        "/v1/blocks?from=-1",
        "/v1/blocks/x",
        "/v1/headers/99999999999999999999",
        "/v1/headers/1/certificate?format=%ff",
        "/v1/transactions/zz",
        "/v1/transactions/sha256:00/evidence",
        "/v1/log/-1",
        "/v1/log/x/evidence",
        "/v1/proofs/inclusion?index=5&size=4",
        "/v1/proofs/consistency?old=9&new=1",
        "/v1/proofs/state?contract=",
        "/v1/contracts/..%2f..",
        "/v1/contracts/x/interface",
        "/v1/code/nothash",
        "/v1/events?from_height=x",
        "/v1/nothing",
        "/%00",
    ];
    for path in paths {
        let status = raw(&network, &request("GET", path, b"")).expect("an answer");
        assert!((400..500).contains(&status), "GET {path}: {status}");
    }
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let huge = vec![b'a'; 3 << 20];
    let bodies: [&[u8]; 8] = [
        b"",
        b"\0\xff\xfe",
        b"{",
        b"[]",
        b"{\"payload\":1}",
        b"{\"payload\":\"\",\"payload\":\"\"}",
        &deep,
        &huge,
    ];
    for path in ["/v1/transactions", "/v1/contracts/evidence/query"] {
        for body in bodies {
            // A body that is too large may be answered by closing the connection.
            if let Some(status) = raw(&network, &request("POST", path, body)) {
                assert!((400..500).contains(&status), "POST {path}: {status}");
            }
        }
    }
    for junk in [
        &b"\x16\x03\x01\x02\x00"[..],
        b"GET\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        raw(&network, junk);
    }
    let sender = network.sender(0, "trading-system");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(1)));
}

#[test]
fn malformed_bytes_at_the_p2p_ports_do_no_harm() {
    let mut network = Network::started();
    let port = |field: &str| -> u16 {
        let address = network.centre_address(0, field);
        let port = address.rsplit('/').next().expect("port");
        port.parse().expect("number")
    };
    for field in ["p2p", "mempool"] {
        for size in [0usize, 1, 64, 100_000] {
            let bytes: Vec<u8> = (0..size).map(|i| (i * 31 % 251) as u8).collect();
            for _ in 0..5 {
                let mut stream = TcpStream::connect(("127.0.0.1", port(field))).expect("connects");
                // The node may hang up first.
                let _ = stream.write_all(&bytes);
            }
        }
    }
    assert!(network.nodes[0].is_running());
    let sender = network.sender(0, "trading-system");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(1)));
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    network.assert_same_header(&[0, 1, 2, 3], height);
    let status: Value = network.cli_json(0, &["status"]);
    assert_eq!(status["data"]["status"]["chain_id"], "yilian-local");
}
