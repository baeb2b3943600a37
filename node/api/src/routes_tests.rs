use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use yilian_crypto::SecretKey;
use yilian_primitives::{CommitCertificate, Envelope, PAYLOAD_TYPE};

use super::table;
use crate::openapi::DOCUMENT;
use crate::problem::ApiCode;
use crate::testing::{Site, envelope, key, request, transaction};

fn dsse(number: u64) -> Vec<u8> {
    envelope(number).to_dsse_json(&key().public_key()).into_bytes()
}

#[test]
fn the_description_names_every_route_and_no_other() {
    let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            assert!(operation["operationId"].is_string(), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
            assert!(operation["responses"]["default"].is_object(), "problems of {path}");
            described.insert((path.clone(), method.clone()));
        }
    }
    let own = |(path, method, _): (&str, &str, _)| (path.to_owned(), method.to_owned());
    let served: BTreeSet<_> = table().into_iter().map(own).collect();
    assert_eq!(described, served);
}

#[test]
fn the_description_names_the_variables_of_every_path_and_every_schema_it_uses() {
    let document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let variables: BTreeSet<&str> =
            path.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}')).collect();
        for operation in methods.as_object().expect("methods").values() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let named: BTreeSet<String> = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().expect("a name").to_owned())
                .collect();
            let named: BTreeSet<&str> = named.iter().map(String::as_str).collect();
            assert_eq!(named, variables, "{path}");
        }
    }
    for reference in DOCUMENT.split("\"$ref\":").skip(1) {
        let pointer = reference.split('"').nth(1).expect("a reference");
        let pointer = pointer.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    for code in ApiCode::ALL {
        assert!(DOCUMENT.contains(&format!("YL-{}", code as u16)), "{code:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_what_it_should() {
    let site = Site::start().await;
    let id = site.node.execute(1);
    let hash = format!("sha256:{}", "01".repeat(32));
    let cases = [
        ("/v1/status".to_owned(), "/chain_id", json!("yilian-test")),
        ("/v1/status".to_owned(), "/production", json!(false)),
        ("/v1/network".to_owned(), "/chain_id", json!("yilian-test")),
        ("/v1/blocks".to_owned(), "/blocks/1/header/height", json!(1)),
        ("/v1/blocks?from=0&limit=1".to_owned(), "/next", json!(1)),
        ("/v1/blocks?from=1&limit=1".to_owned(), "/next", Value::Null),
        ("/v1/blocks?from=18446744073709551615".to_owned(), "/blocks", json!([])),
        ("/v1/blocks/1".to_owned(), "/transactions/0", json!(id)),
        ("/v1/blocks/1".to_owned(), "/receipts/0/outcome", json!("ok")),
        ("/v1/blocks/0".to_owned(), "/certificate", Value::Null),
        ("/v1/headers/1".to_owned(), "/header/height", json!(1)),
        ("/v1/headers/0".to_owned(), "/certificate_cbor", Value::Null),
        ("/v1/headers/1/certificate".to_owned(), "/round", json!(0)),
        (format!("/v1/transactions/{id}"), "/status", json!("final")),
        (format!("/v1/transactions/{id}"), "/log_index", json!(2)),
        (format!("/v1/transactions/{id}"), "/result/number", json!(1)),
        (format!("/v1/transactions/{id}"), "/payload/args/名称", json!("道路")),
        (format!("/v1/transactions/{id}"), "/envelope/payloadType", json!(PAYLOAD_TYPE)),
        (format!("/v1/transactions/{id}"), "/events/1/name", json!("closed")),
        (format!("/v1/transactions/{id}"), "/rule_calls/0/output", json!(true)),
        (format!("/v1/transactions/{id}/proof"), "/version", json!(1)),
        ("/v1/log/0".to_owned(), "/kind", json!("genesis")),
        ("/v1/log/1".to_owned(), "/header/height", json!(0)),
        ("/v1/log/2".to_owned(), "/receipt/method", json!("register")),
        ("/v1/proofs/inclusion?index=2&size=3".to_owned(), "/size", json!(3)),
        ("/v1/proofs/inclusion?index=2".to_owned(), "/size", json!(3)),
        ("/v1/proofs/consistency?old=1&new=3".to_owned(), "/old_size", json!(1)),
        ("/v1/proofs/consistency?old=1".to_owned(), "/new_size", json!(3)),
        ("/v1/proofs/state?contract=tender&key=meta".to_owned(), "/value", json!("e30=")),
        ("/v1/proofs/state?contract=tender&key=none".to_owned(), "/value", Value::Null),
        ("/v1/contracts".to_owned(), "/contracts/0/name", json!("tender")),
        ("/v1/contracts/tender".to_owned(), "/kind", json!("ledger")),
        ("/v1/contracts/tender/interface".to_owned(), "/abi", json!(1)),
        ("/v1/openapi.json".to_owned(), "/openapi", json!("3.1.0")),
        ("/healthz".to_owned(), "/status", json!("alive")),
        ("/readyz".to_owned(), "/status", json!("ready")),
    ];
    for (target, pointer, expected) in cases {
        let answer = site.get(&target).await;
        assert_eq!(answer.status, 200, "{target}: {answer:?}");
        assert!(answer.head.contains("x-content-type-options: nosniff"), "{target}");
        assert_eq!(answer.json().pointer(pointer), Some(&expected), "{target} {pointer}");
    }
    let code = site.get(&format!("/v1/code/{hash}")).await;
    assert_eq!(code.body, b"\0asm");
    assert!(code.head.contains("content-type: application/wasm"));
    assert!(code.head.contains("immutable"));
    let note = site.get("/v1/headers/1/certificate?format=note").await;
    let text = String::from_utf8(note.body).expect("UTF-8");
    assert!(text.starts_with("yilian/yilian-test\n3\n"), "{text}");
    assert!(text.contains("\u{2014} yilian/yilian-test/lanzhou "), "{text}");
    let certificate = site.get("/v1/headers/1/certificate").await.json();
    serde_json::from_value::<CommitCertificate>(certificate).expect("reads back");
    let metrics = site.get("/metrics").await;
    let metrics = String::from_utf8(metrics.body).expect("UTF-8");
    assert!(metrics.contains("node_height 1") && metrics.ends_with("# EOF\n"));
    assert!(metrics.contains(r#"route="/v1/blocks/{height}",status="200""#), "{metrics}");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_named_and_what_is_malformed_too() {
    let site = Site::start().await;
    let nobody = format!("sha256:{}", "ee".repeat(32));
    let waiting = site.post("/v1/transactions", &dsse(5)).await.json()["tx_id"].clone();
    let waiting = waiting.as_str().expect("an id").to_owned();
    let not_found = [
        "/".to_owned(),
        "/v1".to_owned(),
        "/v1/nothing".to_owned(),
        "/v1/blocks/7".to_owned(),
        "/v1/headers/7".to_owned(),
        "/v1/headers/0/certificate".to_owned(),
        format!("/v1/transactions/{nobody}"),
        format!("/v1/transactions/{nobody}/proof"),
        format!("/v1/transactions/{waiting}/proof"),
        "/v1/log/99".to_owned(),
        "/v1/contracts/nobody".to_owned(),
        "/v1/contracts/nobody/interface".to_owned(),
        format!("/v1/code/{nobody}"),
        "/v1/proofs/state?contract=tender&key=meta".to_owned(),
    ];
    for target in &not_found {
        assert_eq!(site.get(target).await.problem(404), "YL-1101", "{target}");
    }
    let bad = [
        "/v1/blocks/-1",
        "/v1/blocks/1e3",
        "/v1/blocks/99999999999999999999",
        "/v1/blocks/%ff",
        "/v1/blocks?limit=0",
        "/v1/blocks?limit=201",
        "/v1/blocks?limit=1&limit=2",
        "/v1/blocks?form=1",
        "/v1/status?verbose=1",
        "/v1/headers/1/certificate?format=pem",
        "/v1/transactions/abc",
        "/v1/log/x",
        "/v1/proofs/inclusion",
        "/v1/proofs/inclusion?index=9&size=3",
        "/v1/proofs/inclusion?index=1&size=99",
        "/v1/proofs/consistency?old=3&new=1",
        "/v1/proofs/state?contract=Tender&key=a",
        "/v1/proofs/state?contract=tender&key=",
        "/v1/contracts/..%2f..%2fetc",
        "/v1/code/sha256:zz",
        "/v1/events?from_height=x",
        "/v1/events?contract=A%20B",
    ];
    for target in bad {
        assert_eq!(site.get(target).await.problem(400), "YL-1102", "{target}");
    }
    let long = format!("/v1/status?{}", "a".repeat(5_000));
    assert_eq!(site.get(&long).await.problem(414), "YL-1111");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_come_in_the_language_of_the_client() {
    let site = Site::start().await;
    let title = |answer: crate::testing::Answer| answer.json()["title"].clone();
    assert_eq!(title(site.get("/v1/nothing").await), "未找到");
    assert_eq!(title(site.get_in("en-GB,zh;q=0.1", "/v1/nothing").await), "not found");
    let english = site.get_in("en", "/v1/nothing").await;
    assert!(english.head.contains("content-language: en"));
    assert_eq!(english.json()["instance"], "/v1/nothing");
    assert_eq!(english.json()["type"], "urn:yilian:problem:YL-1101");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_refused_and_the_right_one_named() {
    let site = Site::start().await;
    for (path, method, _) in table() {
        let path = path.replace(['{', '}'], "");
        for wrong in ["PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
            let answer = site.raw(request(wrong, &path, &[], b"")).await;
            assert_eq!(answer.problem(405), "YL-1103", "{wrong} {path}");
            let allow = format!("allow: {method}");
            assert!(answer.head.contains(&allow), "{wrong} {path}: {}", answer.head);
        }
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_accepted_waited_for_and_found() {
    let site = Site::start().await;
    let id = transaction(1).id();
    let accepted = site.post("/v1/transactions", &dsse(1)).await;
    assert_eq!(accepted.status, 202);
    assert_eq!(accepted.json(), json!({ "tx_id": id, "status": "accepted" }));
    let pending = site.get(&format!("/v1/transactions/{id}")).await.json();
    assert_eq!(pending["status"], "pending");
    assert_eq!(pending["height"], Value::Null);
    let again = site.post("/v1/transactions", &dsse(1)).await;
    assert_eq!(again.status, 202, "sending twice is harmless");

    let node = site.node.clone();
    let committer = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        node.commit(&[]);
        node.commit(&[id]);
    });
    let target = "/v1/transactions?wait=final&timeout_ms=20000";
    let finished = site.post(target, &dsse(1)).await;
    committer.await.expect("no panic");
    assert_eq!(finished.status, 200);
    assert_eq!(finished.json()["status"], "final");
    assert_eq!(finished.json()["height"], 2);
    let replayed = site.post("/v1/transactions", &dsse(1)).await;
    assert_eq!(replayed.status, 200, "an executed one is answered with its status");
    assert_eq!(replayed.json()["tx_id"], json!(id));
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_ends_at_its_time_with_what_is_known() {
    let site = Site::start().await;
    let target = "/v1/transactions?wait=final&timeout_ms=200";
    let answer = site.post(target, &dsse(1)).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.json()["status"], "accepted");
    for wrong in ["wait=forever", "wait=final&timeout_ms=30001", "timeout_ms=-1", "await=final"] {
        let answer = site.post(&format!("/v1/transactions?{wrong}"), &dsse(1)).await;
        assert_eq!(answer.problem(400), "YL-1102", "{wrong}");
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_between_submission_and_waiting_is_seen() {
    let site = Site::start().await;
    for number in 0..40 {
        let (node, id) = (site.node.clone(), transaction(number).id());
        let committer = tokio::task::spawn_blocking(move || {
            use crate::backend::Backend;
            while node.transaction(&id).expect("reads").is_none() {
                std::thread::yield_now();
            }
            node.commit(&[id]);
        });
        let target = "/v1/transactions?wait=final&timeout_ms=20000";
        assert_eq!(site.post(target, &dsse(number)).await.status, 200);
        committer.await.expect("no panic");
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_at_the_border_have_their_own_codes() {
    let site = Site::start().await;
    let forged = {
        let mut forged = envelope(1);
        forged.signature = SecretKey::from_seed([2; 32]).sign(b"other");
        forged.to_dsse_json(&key().public_key())
    };
    assert_eq!(site.post("/v1/transactions", forged.as_bytes()).await.problem(401), "YL-1003");
    assert_eq!(site.post("/v1/transactions", b"{}").await.problem(400), "YL-1001");
    let payload = Envelope { payload: b"[]".to_vec(), signature: envelope(1).signature };
    let payload = payload.to_dsse_json(&key().public_key());
    assert_eq!(site.post("/v1/transactions", payload.as_bytes()).await.problem(400), "YL-1002");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_a_limit_whatever_they_claim() {
    let site = Site::start().await;
    for target in ["/v1/transactions", "/v1/contracts/tender/query"] {
        let large = vec![b' '; 2 << 20];
        assert_eq!(site.post(target, &large).await.problem(413), "YL-1104", "{target}");
        let mut chunked = format!(
            "POST {target} HTTP/1.1\r\nHost: n\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        .into_bytes();
        for _ in 0..40 {
            chunked.extend_from_slice(b"10000\r\n");
            chunked.extend_from_slice(&[b' '; 0x10000]);
            chunked.extend_from_slice(b"\r\n");
        }
        chunked.extend_from_slice(b"0\r\n\r\n");
        assert_eq!(site.raw(chunked).await.problem(413), "YL-1104", "{target} chunked");
        let broken = format!(
            "POST {target} HTTP/1.1\r\nHost: n\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        );
        let answer = site.raw(broken.into_bytes()).await;
        assert_eq!(answer.problem(400), "YL-1105", "{target} broken chunk");
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_give_results_refusals_and_traps() {
    let site = Site::start().await;
    let ask = |contract: &str, body: &str| {
        let (target, body) = (format!("/v1/contracts/{contract}/query"), body.to_owned());
        let site = &site;
        async move { site.post(&target, body.as_bytes()).await }
    };
    let answer = ask("tender", r#"{"method":"get","args":{"a":1}}"#).await;
    assert_eq!(answer.json(), json!({ "height": 0, "result": { "a": 1 } }));
    let refused = ask("tender", r#"{"method":"no","args":{}}"#).await;
    assert_eq!(refused.problem(422), "YL-1109");
    assert_eq!(refused.json()["refusal"]["code"], 101);
    assert_eq!(ask("tender", r#"{"method":"trap","args":{}}"#).await.problem(422), "YL-1110");
    assert_eq!(ask("tender", r#"{"method":"other","args":{}}"#).await.problem(404), "YL-1012");
    assert_eq!(ask("nobody", r#"{"method":"get","args":{}}"#).await.problem(404), "YL-1011");
    assert_eq!(ask("Nobody", r#"{"method":"get","args":{}}"#).await.problem(400), "YL-1102");
    let malformed = [
        "",
        "null",
        "[]",
        r#"{"method":"get"}"#,
        r#"{"method":"get","args":[]}"#,
        r#"{"method":"get","args":{"x":1.5}}"#,
        r#"{"method":"get","args":{},"args":{}}"#,
        r#"{"method":"get","args":{},"more":1}"#,
        r#"{"method":"Get","args":{}}"#,
    ];
    for body in malformed {
        assert_eq!(ask("tender", body).await.problem(400), "YL-1105", "{body}");
    }
    let deep = format!(r#"{{"method":"get","args":{}{}}}"#, "[".repeat(9_999), "]".repeat(9_999));
    assert_eq!(ask("tender", &deep).await.problem(400), "YL-1105");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_of_the_node_is_told_without_its_details() {
    let site = Site::start().await;
    *site.node.broken.lock().expect("flag") = true;
    let answer = site.get("/v1/status").await;
    assert_eq!(answer.problem(500), "YL-1107");
    assert!(!String::from_utf8_lossy(&answer.body).contains("/var/lib"));
    let ready = site.get("/readyz").await;
    assert_eq!(ready.problem(503), "YL-1015");
    assert!(ready.head.contains("retry-after"));
    assert_eq!(site.get("/healthz").await.status, 200);
    let body = br#"{"method":"panic","args":{}}"#;
    let answer = site.post("/v1/contracts/tender/query", body).await;
    assert_eq!(answer.problem(500), "YL-1107");
    assert_eq!(site.get("/v1/network").await.status, 200, "it goes on");
    site.stop().await;
}

/// A deterministic source of bytes (Knuth's MMIX generator).
struct Garbage(u64);

impl Garbage {
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut next = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    /// Percent-encoded, so that it reaches the handler as these bytes.
    fn text(&mut self, length: usize) -> String {
        self.bytes(length).iter().map(|byte| format!("%{byte:02x}")).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_at_every_route_is_refused_as_a_problem() {
    let site = Site::start().await;
    let mut garbage = Garbage(20_261_124);
    for (path, method, _) in table() {
        for length in [1usize, 7, 40, 600] {
            let start = path.find('{').unwrap_or(path.len());
            let open = path.contains('{');
            let target = match (open, method) {
                (true, _) => {
                    let rest = path.split_once('}').map_or("", |(_, rest)| rest);
                    format!("{}{}{rest}", &path[..start], garbage.text(length))
                }
                (false, "post") => path.to_owned(),
                (false, _) => format!("{path}?{}={}", garbage.text(length), garbage.text(length)),
            };
            let body = if method == "post" { garbage.bytes(length * 10) } else { Vec::new() };
            let answer = site.raw(request(&method.to_uppercase(), &target, &[], &body)).await;
            // Without parameters these three are for machines that add their own.
            if matches!(path, "/healthz" | "/readyz" | "/metrics" | "/v1/openapi.json") {
                assert_eq!(answer.status, 200, "{path}");
                continue;
            }
            assert!((400..500).contains(&answer.status), "{path} {length}: {}", answer.status);
            answer.problem(answer.status);
        }
    }
    // Bytes that are no HTTP at all end the connection and nothing else.
    for length in [1usize, 100, 5_000] {
        let mut bytes = garbage.bytes(length);
        bytes.extend_from_slice(b"\r\n\r\n");
        assert!(matches!(site.raw(bytes).await.status, 0 | 400));
    }
    assert_eq!(site.get("/v1/status").await.status, 200);
    site.stop().await;
}

/// A client of the event stream.
struct Stream(BufReader<TcpStream>);

impl Stream {
    async fn open(site: &Site, target: &str, headers: &[(&str, &str)]) -> Self {
        let (address, bytes) = (site.address, request("GET", target, headers, b""));
        let open = move || {
            let mut stream = TcpStream::connect(address).expect("connects");
            stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
            stream.write_all(&bytes).expect("sends");
            let mut stream = Stream(BufReader::new(stream));
            let head = stream.until("\r\n");
            assert!(head.to_lowercase().contains("content-type: text/event-stream"), "{head}");
            stream
        };
        tokio::task::spawn_blocking(open).await.expect("no panic")
    }

    /// Lines up to one that is `end`, or the end of the stream.
    fn until(&mut self, end: &str) -> String {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).expect("reads");
            if read == 0 || line == end {
                return text;
            }
            text.push_str(&line);
        }
    }

    /// Ids and data of the next events.
    async fn events(mut self, count: usize) -> (Vec<(String, Value)>, Self) {
        let read = move || {
            let mut events = Vec::new();
            while events.len() < count {
                let text = self.until("\n");
                let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
                if let (Some(id), Some(data)) = (field("id: "), field("data: ")) {
                    let data = serde_json::from_str(data).expect("JSON");
                    events.push((id.to_owned(), data));
                }
            }
            (events, self)
        };
        tokio::task::spawn_blocking(read).await.expect("no panic")
    }
}

fn ids(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(id, _)| id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_replayed_and_then_followed() {
    let site = Site::start().await;
    let id = site.node.execute(1);
    let stream = Stream::open(&site, "/v1/events?from_height=0", &[]).await;
    let (events, stream) = stream.events(2).await;
    assert_eq!(ids(&events), ["1.0.0", "1.0.1"]);
    let (_, first) = &events[0];
    assert_eq!(first["tx_id"], json!(id));
    assert_eq!((&first["contract"], &first["name"]), (&json!("tender"), &json!("registered")));
    assert_eq!(first["data"], json!({ "n": 1 }));
    site.node.commit(&[]);
    site.node.execute(2);
    let (events, _stream) = stream.events(2).await;
    assert_eq!(ids(&events), ["3.0.0", "3.0.1"]);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_goes_on_where_it_left_off_and_hears_only_its_contract() {
    let site = Site::start().await;
    for number in 1..=3 {
        site.node.execute(number);
    }
    let last = [("Last-Event-ID", "1.0.0")];
    let stream = Stream::open(&site, "/v1/events?from_height=0", &last).await;
    let (events, _) = stream.events(3).await;
    assert_eq!(ids(&events), ["1.0.1", "2.0.0", "2.0.1"]);
    let stream = Stream::open(&site, "/v1/events?contract=evidence&from_height=2", &[]).await;
    let (events, _) = stream.events(2).await;
    assert_eq!(ids(&events), ["2.0.1", "3.0.1"]);
    let live = Stream::open(&site, "/v1/events", &[]).await;
    site.node.execute(4);
    let (events, _) = live.events(1).await;
    assert_eq!(ids(&events), ["4.0.0"]);
    for wrong in ["x", "1.2", "1.2.3.4", "-1.0.0"] {
        let bytes = request("GET", "/v1/events", &[("Last-Event-ID", wrong)], b"");
        assert_eq!(site.raw(bytes).await.problem(400), "YL-1102", "{wrong}");
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_and_waits_end_when_the_server_stops() {
    let site = Site::start().await;
    let stream = Stream::open(&site, "/v1/events", &[]).await;
    let address = site.address;
    let waiter = tokio::task::spawn_blocking(move || {
        let target = "/v1/transactions?wait=final&timeout_ms=30000";
        let mut connection = TcpStream::connect(address).expect("connects");
        connection.write_all(&request("POST", target, &[], &dsse(1))).expect("sends");
        let mut line = String::new();
        BufReader::new(connection).read_line(&mut line).expect("reads");
        line
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let started = std::time::Instant::now();
    site.stop().await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(waiter.await.expect("no panic").contains("202"));
    let mut stream = stream;
    tokio::task::spawn_blocking(move || stream.until("never")).await.expect("the stream ends");
}
