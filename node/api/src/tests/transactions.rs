//! Submitting and waiting.

use std::time::Duration;

use serde_json::{Value, json};
use yilian_crypto::SecretKey;
use yilian_primitives::Envelope;

use crate::testing::{Site, envelope, key, transaction};

pub(super) fn dsse(number: u64) -> Vec<u8> {
    envelope(number)
        .to_dsse_json(&key().public_key())
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_accepted_waited_for_and_found() {
    let site = Site::start().await;
    let id = transaction(1).id();
    let accepted = site.post("/v1/transactions", &dsse(1)).await;
    assert_eq!(accepted.status, 202);
    assert_eq!(
        accepted.json(),
        json!({ "tx_id": id, "status": "accepted" })
    );
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
    assert_eq!(
        replayed.status, 200,
        "an executed one is answered with its status"
    );
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
    for wrong in [
        "wait=forever",
        "wait=final&timeout_ms=30001",
        "timeout_ms=-1",
        "await=final",
    ] {
        let answer = site
            .post(&format!("/v1/transactions?{wrong}"), &dsse(1))
            .await;
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
    assert_eq!(
        site.post("/v1/transactions", forged.as_bytes())
            .await
            .problem(401),
        "YL-1003"
    );
    assert_eq!(
        site.post("/v1/transactions", b"{}").await.problem(400),
        "YL-1001"
    );
    let payload = Envelope {
        payload: b"[]".to_vec(),
        signature: envelope(1).signature,
    };
    let payload = payload.to_dsse_json(&key().public_key());
    assert_eq!(
        site.post("/v1/transactions", payload.as_bytes())
            .await
            .problem(400),
        "YL-1002"
    );
    site.stop().await;
}
