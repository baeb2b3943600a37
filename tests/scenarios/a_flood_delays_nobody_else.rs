//! A trading system floods the chain, under its own key and under hundreds of one-time keys that it admitted. Another
//! organisation that comes after it waits for its turn, not for the flood.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use yilian_client::{Submitted, Wait};
use yilian_crypto::Digest;
use yilian_primitives::TxId;

use yilian_tests::harness::{
    Network, Sender, deposit_args, key_of, now_ms, sent_ok, text, wait_for,
};

const ONE_TIME_KEYS: usize = 256;
/// Transactions under each of them.
const USES: usize = 4;
/// Transactions of the flood under the system's own key.
const OWN: u64 = 512;
/// Transactions of the one who comes last. One by one in turns with all keys of the flood, the last of them would come when
/// the flood is over.
const OTHERS: u64 = 8;
const VALID_FOR_MS: u64 = 590_000;

/// Admits one-time keys for bids and reads them: each as a sender, with its token.
fn one_time_keys(network: &Network, folder: &Path) -> Vec<(Sender, Value)> {
    let batch = folder.join("batch");
    let out = batch.to_str().expect("a path of this test").to_owned();
    let file = format!("{out}/batch.json");
    let keys = ONE_TIME_KEYS.to_string();
    for arguments in [
        &["admission", "prepare", "--keys", &keys, "--out", &out][..],
        &["--key", "trading-system", "admission", "publish", &file][..],
    ] {
        let done = network.cli(0, arguments);
        assert!(done.status.success(), "{arguments:?}: {}", text(&done));
    }
    let read = |number: usize| {
        let token = fs::read_to_string(batch.join(format!("{number:06}.token"))).expect("a token");
        let token: Value = serde_json::from_str(&token).expect("JSON");
        let key = key_of(token["secret"].as_str().expect("a seed"));
        let sender = Sender::new(network.client(0), "yilian-local", key);
        (sender, token["admission"].clone())
    };
    (0..ONE_TIME_KEYS).map(read).collect()
}

/// Sends without waiting for a block.
fn send(sender: &Sender, contract: &str, method: &str, args: Value) -> TxId {
    let call = sender
        .builder(contract, method, args)
        .valid_for_ms(VALID_FOR_MS);
    let envelope = sender.sign(&call, now_ms());
    match sender.client.submit(&envelope, Wait::Accepted) {
        Ok(Submitted::Accepted(id)) => id,
        other => panic!("a submission was not taken: {other:?}"),
    }
}

fn flood(network: &Network, keys: &[(Sender, Value)]) -> Vec<TxId> {
    let system = network.sender(0, "trading-system");
    let mut ids: Vec<TxId> = (0..OWN)
        .map(|number| send(&system, "evidence", "deposit", deposit_args(number)))
        .collect();
    for round in 0..USES {
        for (place, (sender, token)) in keys.iter().enumerate() {
            let commitment = Digest::sha256(format!("bid {round} {place}").as_bytes());
            let args = json!({"commitment": commitment, "admission": token});
            ids.push(send(sender, "tender", "commit", args));
        }
    }
    ids
}

#[test]
fn a_flood_delays_nobody_else() {
    let network = Network::started();
    let folder = tempfile::tempdir().expect("a folder");
    let keys = one_time_keys(&network, folder.path());
    // Without a quorum nothing is decided: everything waits, whatever the machine's speed.
    for node in [2, 3] {
        network.nodes[node].signal("STOP");
    }
    let flood = flood(&network, &keys);
    let agency = network.sender(1, "agency");
    let others: Vec<TxId> = (0..OTHERS)
        .map(|number| {
            let args = deposit_args(OWN + number);
            send(&agency, "evidence", "deposit", args)
        })
        .collect();
    wait_for("the flood to reach the second node", || {
        let pool = network.nodes[1].status()?.pool.transactions;
        (pool >= flood.len() as u64 + OTHERS).then_some(())
    });
    for node in [2, 3] {
        network.nodes[node].signal("CONT");
    }
    let client = network.client(1);
    // Its place in the order of execution.
    let place = |id: &TxId| wait_for("a receipt", || client.transaction(id).ok()?.log_index);
    let last = others.iter().map(place).max().expect("others");
    let before = flood.iter().filter(|id| place(id) < last).count();
    assert!(
        2 * before < flood.len(),
        "{before} of {} transactions of the flood were executed before the last of {OTHERS} others",
        flood.len()
    );
    // And of the flood nothing is lost: what was taken is executed.
    for id in flood.iter().chain(&others) {
        let status = client.transaction(id).expect("a status");
        sent_ok(&status);
    }
}
