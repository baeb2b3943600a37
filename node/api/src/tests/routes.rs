//! What each route answers.

use serde_json::{Value, json};
use yilian_primitives::{CommitCertificate, PAYLOAD_TYPE};

use super::transactions::dsse;
use crate::routes::table;
use crate::testing::{Answer, Site, request};

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
        (
            "/v1/blocks?from=18446744073709551615".to_owned(),
            "/blocks",
            json!([]),
        ),
        ("/v1/blocks/1".to_owned(), "/transactions/0", json!(id)),
        (
            "/v1/blocks/1".to_owned(),
            "/receipts/0/outcome",
            json!("ok"),
        ),
        ("/v1/blocks/0".to_owned(), "/certificate", Value::Null),
        ("/v1/headers/1".to_owned(), "/header/height", json!(1)),
        ("/v1/headers/0".to_owned(), "/certificate_cbor", Value::Null),
        ("/v1/headers/1/certificate".to_owned(), "/round", json!(0)),
        (format!("/v1/transactions/{id}"), "/status", json!("final")),
        (format!("/v1/transactions/{id}"), "/log_index", json!(2)),
        (format!("/v1/transactions/{id}"), "/result/number", json!(1)),
        (
            format!("/v1/transactions/{id}"),
            "/payload/args/名称",
            json!("道路"),
        ),
        (
            format!("/v1/transactions/{id}"),
            "/envelope/payloadType",
            json!(PAYLOAD_TYPE),
        ),
        (
            format!("/v1/transactions/{id}"),
            "/events/1/name",
            json!("closed"),
        ),
        (
            format!("/v1/transactions/{id}"),
            "/rule_calls/0/output",
            json!(true),
        ),
        ("/v1/log/0".to_owned(), "/kind", json!("genesis")),
        ("/v1/log/1".to_owned(), "/header/height", json!(0)),
        ("/v1/log/2".to_owned(), "/receipt/method", json!("register")),
        (
            "/v1/proofs/inclusion?index=2&size=3".to_owned(),
            "/size",
            json!(3),
        ),
        ("/v1/proofs/inclusion?index=2".to_owned(), "/size", json!(3)),
        (
            "/v1/proofs/consistency?old=1&new=3".to_owned(),
            "/old_size",
            json!(1),
        ),
        (
            "/v1/proofs/consistency?old=1".to_owned(),
            "/new_size",
            json!(3),
        ),
        (
            "/v1/proofs/state?contract=tender&key=meta".to_owned(),
            "/value",
            json!("e30="),
        ),
        (
            "/v1/proofs/state?contract=tender&key=none".to_owned(),
            "/value",
            Value::Null,
        ),
        (
            "/v1/contracts".to_owned(),
            "/contracts/0/name",
            json!("tender"),
        ),
        ("/v1/contracts/tender".to_owned(), "/kind", json!("ledger")),
        (
            "/v1/contracts/tender/interface".to_owned(),
            "/abi",
            json!(1),
        ),
        ("/v1/openapi.json".to_owned(), "/openapi", json!("3.1.0")),
        ("/healthz".to_owned(), "/status", json!("alive")),
        ("/readyz".to_owned(), "/status", json!("ready")),
    ];
    for (target, pointer, expected) in cases {
        let answer = site.get(&target).await;
        assert_eq!(answer.status, 200, "{target}: {answer:?}");
        assert!(
            answer.head.contains("x-content-type-options: nosniff"),
            "{target}"
        );
        assert_eq!(
            answer.json().pointer(pointer),
            Some(&expected),
            "{target} {pointer}"
        );
    }
    let code = site.get(&format!("/v1/code/{hash}")).await;
    assert_eq!(code.body, b"\0asm");
    assert!(code.head.contains("content-type: application/wasm"));
    assert!(code.head.contains("immutable"));
    let media = "content-type: application/vnd.yilian.evidence+cbor";
    for target in [
        format!("/v1/transactions/{id}/evidence"),
        "/v1/log/2/evidence".to_owned(),
    ] {
        let evidence = site.get(&target).await;
        assert_eq!((evidence.status, evidence.body.as_slice()), (200, &[1][..]));
        assert!(evidence.head.contains(media), "{target}");
    }
    let question =
        br#"{"claims":[{"kind":"record","log_index":2},{"kind":"record","log_index":3}]}"#;
    let evidence = site.post("/v1/evidence", question).await;
    assert_eq!((evidence.status, evidence.body.as_slice()), (200, &[2][..]));
    for wrong in [
        "",
        "{}",
        r#"{"claims":[]}"#,
        r#"{"claims":[{"kind":"what"}]}"#,
    ] {
        let refused = site.post("/v1/evidence", wrong.as_bytes()).await;
        assert_eq!(refused.problem(400), "YL-1105", "{wrong}");
    }
    let note = site.get("/v1/headers/1/certificate?format=note").await;
    let text = String::from_utf8(note.body).expect("UTF-8");
    assert!(text.starts_with("yilian/yilian-test\n3\n"), "{text}");
    assert!(
        text.contains("\u{2014} yilian/yilian-test/lanzhou "),
        "{text}"
    );
    let certificate = site.get("/v1/headers/1/certificate").await.json();
    serde_json::from_value::<CommitCertificate>(certificate).expect("reads back");
    let metrics = site.get("/metrics").await;
    let metrics = String::from_utf8(metrics.body).expect("UTF-8");
    assert!(metrics.contains("node_height 1") && metrics.ends_with("# EOF\n"));
    assert!(
        metrics.contains(r#"route="/v1/blocks/{height}",status="200""#),
        "{metrics}"
    );
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
        format!("/v1/transactions/{nobody}/evidence"),
        format!("/v1/transactions/{waiting}/evidence"),
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
    let title = |answer: Answer| answer.json()["title"].clone();
    assert_eq!(title(site.get("/v1/nothing").await), "未找到");
    assert_eq!(
        title(site.get_in("en-GB,zh;q=0.1", "/v1/nothing").await),
        "not found"
    );
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
            assert!(
                answer.head.contains(&allow),
                "{wrong} {path}: {}",
                answer.head
            );
        }
    }
    site.stop().await;
}
