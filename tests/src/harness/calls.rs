//! Signing and sending calls.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use yilian_client::{
    Client, ClientError, DEFAULT_VALID_FOR_MS, Submitted, TransactionBuilder, TransactionStatus,
    Wait,
};
use yilian_crypto::{Digest, SecretKey};
use yilian_primitives::{Envelope, Outcome, TxId};

use super::PATIENCE;

static COUNTER: AtomicU64 = AtomicU64::new(0);

pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("clock");
    u64::try_from(since.as_millis()).expect("in range")
}

/// A nonce that no other call of this machine has.
fn nonce() -> [u8; 16] {
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&COUNTER.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    nonce[8..].copy_from_slice(&(now_ms() ^ u64::from(std::process::id())).to_be_bytes());
    nonce
}

/// Someone with a key and a node.
#[derive(Clone)]
pub struct Sender {
    pub client: Client,
    chain_id: String,
    key: SecretKey,
    /// How long what it signs is valid, in ms.
    valid_for_ms: u64,
}

impl Sender {
    pub fn new(client: Client, chain_id: &str, key: SecretKey) -> Self {
        Sender {
            client,
            chain_id: chain_id.to_owned(),
            key,
            valid_for_ms: DEFAULT_VALID_FOR_MS,
        }
    }

    /// The same on a chain where transactions may not wait so long.
    pub fn valid_for_ms(self, valid_for_ms: u64) -> Self {
        Sender {
            valid_for_ms,
            ..self
        }
    }

    pub fn envelope(&self, contract: &str, method: &str, args: Value) -> Envelope {
        self.builder(contract, method, args)
            .sign(&self.key, now_ms(), nonce())
            .expect("signs")
    }

    pub fn builder(&self, contract: &str, method: &str, args: Value) -> TransactionBuilder {
        TransactionBuilder::new(self.chain_id.clone(), contract, method)
            .args(args)
            .valid_for_ms(self.valid_for_ms)
    }

    pub fn sign(&self, builder: &TransactionBuilder, at_ms: u64) -> Envelope {
        builder.sign(&self.key, at_ms, nonce()).expect("signs")
    }

    /// Sends without waiting.
    pub fn send(&self, contract: &str, method: &str, args: Value) -> Result<TxId, ClientError> {
        let envelope = self.envelope(contract, method, args);
        match self.client.submit(&envelope, Wait::Accepted)? {
            Submitted::Accepted(id) => Ok(id),
            Submitted::Final(status) => Ok(status.tx_id),
        }
    }

    /// Sends and waits until it is final.
    pub fn call(&self, contract: &str, method: &str, args: Value) -> TransactionStatus {
        let id = self
            .send(contract, method, args)
            .unwrap_or_else(|error| panic!("{contract}.{method}: {error}"));
        self.client
            .wait_final(&id, PATIENCE)
            .unwrap_or_else(|error| panic!("{contract}.{method}: {error}"))
            .unwrap_or_else(|| panic!("{contract}.{method}: waited in vain for finality"))
    }
}

/// The result of a call that must have succeeded.
pub fn sent_ok(status: &TransactionStatus) -> &Value {
    let receipt = status.receipt.as_ref().expect("final");
    assert_eq!(
        receipt.outcome,
        Outcome::Ok,
        "{}.{}",
        receipt.contract,
        receipt.method
    );
    &status.result
}

/// The name of the refusal of a call that must have been refused.
pub fn refusal_name(status: &TransactionStatus) -> String {
    let receipt = status.receipt.as_ref().expect("final");
    match &receipt.outcome {
        Outcome::Refused { name, .. } => name.clone(),
        other => panic!(
            "{}.{}: expected a refusal, got {other:?}",
            receipt.contract, receipt.method
        ),
    }
}

/// Arguments of a deposit of evidence that differs from every other one.
pub fn deposit_args(number: u64) -> Value {
    let digest = |what: &str| Digest::sha256(format!("{what} {number}").as_bytes());
    json!({
        "kind": {"list": "yilian", "code": "notice"},
        "stage": "publication",
        "project": "A0112620000224333830C",
        "subject": "91620100MA9000008W",
        "digests": {"sha256": digest("file")},
        "size": 4096 + number,
        "media_type": "application/pdf",
        "source": {"system": "GS620000-ETP-01", "module": "notice", "version": "3.2.1",
            "collection": "automatic", "operator_role": "notice_officer"},
        "generated": {"time_ms": now_ms().saturating_sub(1_000), "clock": "synchronised"},
        "signers": [], "references": [],
        "retention": "permanent", "visibility": "public", "personal_data": false,
    })
}
