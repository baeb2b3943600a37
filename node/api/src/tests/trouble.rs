//! Limits, refused queries, and defects of the node.

use serde_json::json;

use crate::testing::Site;

#[tokio::test(flavor = "multi_thread")]
async fn bodies_have_a_limit_whatever_they_claim() {
    let site = Site::start().await;
    for target in ["/v1/transactions", "/v1/contracts/tender/query"] {
        let large = vec![b' '; 2 << 20];
        assert_eq!(
            site.post(target, &large).await.problem(413),
            "YL-1104",
            "{target}"
        );
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
        assert_eq!(
            site.raw(chunked).await.problem(413),
            "YL-1104",
            "{target} chunked"
        );
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
    assert_eq!(
        ask("tender", r#"{"method":"trap","args":{}}"#)
            .await
            .problem(422),
        "YL-1110"
    );
    assert_eq!(
        ask("tender", r#"{"method":"other","args":{}}"#)
            .await
            .problem(404),
        "YL-1012"
    );
    assert_eq!(
        ask("nobody", r#"{"method":"get","args":{}}"#)
            .await
            .problem(404),
        "YL-1011"
    );
    assert_eq!(
        ask("Nobody", r#"{"method":"get","args":{}}"#)
            .await
            .problem(400),
        "YL-1102"
    );
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
    let deep = format!(
        r#"{{"method":"get","args":{}{}}}"#,
        "[".repeat(9_999),
        "]".repeat(9_999)
    );
    assert_eq!(ask("tender", &deep).await.problem(400), "YL-1105");
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_kept_here_is_said_to_be_elsewhere() {
    let site = Site::start().await;
    let [old, new] = [1, 2].map(|number| site.node.execute(number));
    site.node.forget_bodies(2);
    for target in [
        format!("/v1/transactions/{old}"),
        format!("/v1/transactions/{old}/evidence"),
        "/v1/events?from_height=1".to_owned(),
    ] {
        let answer = site.get(&target).await;
        assert_eq!(answer.problem(410), "YL-1112", "{target}");
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(text.contains("bodies begin at height 2"), "{text}");
    }
    for target in [format!("/v1/transactions/{new}"), "/v1/blocks/1".to_owned()] {
        assert_eq!(site.get(&target).await.status, 200, "{target}");
    }
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
