//! What a transaction says, and the type that means "its signature has been verified".

use core::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yilian_crypto::{Digest, PublicKey};

use crate::limits::NAME_BYTES_MAX;
use crate::{Envelope, Refusal, RefusalCode, TimestampMs, json};

/// Id of a transaction: SHA-256 of the signed bytes (DSSE's pre-authentication encoding).
///
/// Sending twice is harmless, and a signature by other bytes of the same key makes no second transaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TxId(pub Digest);

impl fmt::Display for TxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for TxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::str::FromStr for TxId {
    type Err = yilian_crypto::HashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(TxId)
    }
}

/// The JSON object that a sender signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransactionPayload {
    /// The chain it is meant for.
    pub chain_id: String,
    /// Key of the sender.
    pub sender: PublicKey,
    /// Name of the contract.
    pub contract: String,
    /// Name of the method.
    pub method: String,
    /// Arguments: a JSON object, see [`crate::json`].
    pub args: Value,
    /// Most fuel that the call may burn.
    pub fuel_limit: u64,
    /// Last block time at which it may be executed, in ms.
    pub valid_until_ms: TimestampMs,
    /// 32 lower-case hex digits, random: two equal calls are two transactions.
    pub nonce: String,
}

fn malformed(detail: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::MalformedPayload, detail)
}

/// Names of contracts and methods: lower-case letters, digits, `_` and `-`, beginning with a letter.
fn check_name(field: &str, name: &str) -> Result<(), Refusal> {
    let first = name
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase());
    let rest = name
        .bytes()
        .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
    if first && rest && name.len() <= NAME_BYTES_MAX {
        return Ok(());
    }
    let got: String = name.chars().take(80).collect();
    Err(malformed(format!(
        "field {field}: expected 1 to {NAME_BYTES_MAX} of a-z 0-9 _ - beginning with a letter, got {got:?}"
    )))
}

impl TransactionPayload {
    /// The canonical JSON bytes of this payload. Other writers may sign other bytes of the same meaning.
    pub fn to_json(&self) -> Vec<u8> {
        let value = serde_json::to_value(self).expect("a payload always serialises");
        json::canonical(&value)
    }

    /// Parses strictly: unknown and duplicate fields, floats and malformed names are refused.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Refusal> {
        let value = json::parse_strict(bytes)
            .map_err(|error| malformed(format!("payload is not strict JSON: {error}")))?;
        // serde would take a list of the values too; other verifiers do not.
        if !value.is_object() {
            return Err(malformed(
                "payload is not a transaction: expected a JSON object",
            ));
        }
        let payload: TransactionPayload = serde_json::from_value(value)
            .map_err(|error| malformed(format!("payload is not a transaction: {error}")))?;
        check_name("contract", &payload.contract)?;
        check_name("method", &payload.method)?;
        if !payload.args.is_object() {
            return Err(malformed("field args: expected a JSON object"));
        }
        let hex = payload
            .nonce
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if payload.nonce.len() != 32 || !hex {
            return Err(malformed("field nonce: expected 32 lower-case hex digits"));
        }
        Ok(payload)
    }
}

/// A transaction whose signature holds. Cheap to clone; the received bytes are kept, never made again.
#[derive(Clone, Debug)]
pub struct VerifiedTransaction(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: TxId,
    envelope: Envelope,
    payload: TransactionPayload,
}

impl VerifiedTransaction {
    pub(crate) fn new(envelope: Envelope, payload: TransactionPayload, signed: &[u8]) -> Self {
        let id = TxId(Digest::sha256(signed));
        VerifiedTransaction(Arc::new(Inner {
            id,
            envelope,
            payload,
        }))
    }

    /// The id.
    pub fn id(&self) -> TxId {
        self.0.id
    }

    /// What the sender signed, parsed.
    pub fn payload(&self) -> &TransactionPayload {
        &self.0.payload
    }

    /// The bytes as they were received.
    pub fn envelope(&self) -> &Envelope {
        &self.0.envelope
    }

    /// Length of payload and signature in bytes.
    pub fn size_bytes(&self) -> usize {
        self.0.envelope.size_bytes()
    }

    /// Checks what can be checked without state: the chain and the window of validity around a time.
    ///
    /// `now_ms` is the block time at execution, and the node's own clock at the border.
    pub fn check_for(
        &self,
        chain_id: &str,
        now_ms: TimestampMs,
        valid_for_max_ms: u64,
    ) -> Result<(), Refusal> {
        let payload = self.payload();
        if payload.chain_id != chain_id {
            let got: String = payload.chain_id.chars().take(64).collect();
            let detail = format!("field chain_id: expected {chain_id:?}, got {got:?}");
            return Err(Refusal::new(RefusalCode::WrongChain, detail));
        }
        let until = payload.valid_until_ms;
        if until < now_ms {
            let detail = format!("valid_until_ms {until} is before {now_ms}");
            return Err(Refusal::new(RefusalCode::Expired, detail));
        }
        let latest = now_ms.saturating_add(valid_for_max_ms);
        if until > latest {
            let detail = format!("valid_until_ms {until}: expected at most {latest}");
            return Err(Refusal::new(RefusalCode::ValidTooLong, detail));
        }
        Ok(())
    }
}

impl PartialEq for VerifiedTransaction {
    fn eq(&self, other: &Self) -> bool {
        self.0.envelope == other.0.envelope
    }
}

impl Eq for VerifiedTransaction {}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;
    use yilian_crypto::SecretKey;

    pub(crate) fn payload(key: &SecretKey) -> TransactionPayload {
        TransactionPayload {
            chain_id: "yilian-test".to_owned(),
            sender: key.public_key(),
            contract: "tender".to_owned(),
            method: "register".to_owned(),
            args: json!({"名称": "兰州市政道路", "amount_fen": 1_200_000}),
            fuel_limit: 1_000_000,
            valid_until_ms: 1_700_000_000_000,
            nonce: "00112233445566778899aabbccddeeff".to_owned(),
        }
    }

    #[test]
    fn malformed_payloads_are_refused_with_a_reason() {
        let key = SecretKey::from_seed([1; 32]);
        let good = String::from_utf8(payload(&key).to_json()).expect("utf-8");
        assert!(TransactionPayload::from_json(good.as_bytes()).is_ok());
        let cases = [
            (good.replace("\"method\"", "\"methud\""), "unknown field"),
            (good.replace("\"register\"", "\"Register\""), "field method"),
            (good.replace("00112233", "0011223G"), "field nonce"),
            (good.replace("1000000", "1000000.5"), "expected an integer"),
            (good.replace("ed25519:", "sm2:"), "ed25519:"),
            (
                good.replace("\"nonce\"", "\"method\":\"x\",\"nonce\""),
                "stands twice",
            ),
        ];
        let list = r#"["yilian-test","KEY","tender","register",{},1,2,"00112233445566778899aabbccddeeff"]"#;
        let list = list.replace("KEY", &key.public_key().to_string());
        let cases = cases.into_iter().chain([(list, "expected a JSON object")]);
        for (text, expected) in cases {
            let refusal = TransactionPayload::from_json(text.as_bytes()).expect_err(&text);
            assert!(refusal.detail.contains(expected), "{text}: {refusal}");
        }
    }

    #[test]
    fn the_window_of_validity_is_closed_at_both_ends() {
        let key = SecretKey::from_seed([1; 32]);
        let transaction = Envelope::sign(&payload(&key), &key)
            .verify()
            .expect("verifies");
        let until = transaction.payload().valid_until_ms;
        let code = |now| {
            transaction
                .check_for("yilian-test", now, 600_000)
                .map_err(|r| r.code)
        };
        assert_eq!(code(until), Ok(()));
        assert_eq!(code(until - 600_000), Ok(()));
        assert_eq!(code(until + 1), Err(RefusalCode::Expired));
        assert_eq!(code(until - 600_001), Err(RefusalCode::ValidTooLong));
        let foreign = transaction
            .check_for("other", until, 600_000)
            .map_err(|r| r.code);
        assert_eq!(foreign, Err(RefusalCode::WrongChain));
    }
}
