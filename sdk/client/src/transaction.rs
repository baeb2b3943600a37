//! Build and sign a transaction.

use serde_json::Value;
use thiserror::Error;
use yilian_crypto::SecretKey;
use yilian_primitives::limits::TRANSACTION_BYTES_MAX;
use yilian_primitives::{Envelope, Refusal, TimestampMs, TransactionPayload, json};

/// Fuel that a call may burn unless the caller says otherwise.
pub const DEFAULT_FUEL: u64 = 1_000_000_000;
/// How long a transaction is valid unless the caller says otherwise, in ms.
pub const DEFAULT_VALID_FOR_MS: u64 = 300_000;

/// A transaction cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BuildError {
    /// Arguments, names or nonce are not what a chain takes.
    #[error("{0}")]
    Malformed(#[from] Refusal),
    /// The arguments are no strict JSON.
    #[error("arguments: {0}")]
    Arguments(#[from] json::JsonError),
    /// Too large for any block.
    #[error("transaction of {got} bytes: expected at most {TRANSACTION_BYTES_MAX}")]
    TooLarge {
        /// Size in bytes.
        got: usize,
    },
}

/// A call on its way to a signature.
///
/// Randomness and clock come from the caller, so the same inputs give the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionBuilder {
    chain_id: String,
    contract: String,
    method: String,
    args: Value,
    fuel_limit: u64,
    valid_for_ms: u64,
}

impl TransactionBuilder {
    /// A call of a method on a chain, without arguments.
    pub fn new(
        chain_id: impl Into<String>,
        contract: impl Into<String>,
        method: impl Into<String>,
    ) -> Self {
        TransactionBuilder {
            chain_id: chain_id.into(),
            contract: contract.into(),
            method: method.into(),
            args: Value::Object(serde_json::Map::new()),
            fuel_limit: DEFAULT_FUEL,
            valid_for_ms: DEFAULT_VALID_FOR_MS,
        }
    }

    /// The arguments: a JSON object of integers, texts, lists and objects.
    pub fn args(mut self, args: Value) -> Self {
        self.args = args;
        self
    }

    /// Most fuel that the call may burn.
    pub fn fuel(mut self, limit: u64) -> Self {
        self.fuel_limit = limit;
        self
    }

    /// How long the transaction stays valid, in ms.
    pub fn valid_for_ms(mut self, milliseconds: u64) -> Self {
        self.valid_for_ms = milliseconds;
        self
    }

    /// What will be signed at a time. `nonce` comes from the operating system's randomness.
    pub fn payload(
        &self,
        key: &SecretKey,
        now_ms: TimestampMs,
        nonce: [u8; 16],
    ) -> Result<TransactionPayload, BuildError> {
        let payload = TransactionPayload {
            chain_id: self.chain_id.clone(),
            sender: key.public_key(),
            contract: self.contract.clone(),
            method: self.method.clone(),
            args: json::parse_strict(&json::canonical(&self.args))?,
            fuel_limit: self.fuel_limit,
            valid_until_ms: now_ms.saturating_add(self.valid_for_ms),
            nonce: nonce.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        // The node's own reader decides whether the payload is well formed.
        Ok(TransactionPayload::from_json(&payload.to_json())?)
    }

    /// Signs the call.
    pub fn sign(
        &self,
        key: &SecretKey,
        now_ms: TimestampMs,
        nonce: [u8; 16],
    ) -> Result<Envelope, BuildError> {
        let envelope = Envelope::sign(&self.payload(key, now_ms, nonce)?, key);
        match envelope.size_bytes() {
            got if got > TRANSACTION_BYTES_MAX => Err(BuildError::TooLarge { got }),
            _ => Ok(envelope),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn builder() -> TransactionBuilder {
        TransactionBuilder::new("yilian-local", "tender", "register")
    }

    #[test]
    fn a_signed_call_is_what_the_node_verifies() {
        let key = SecretKey::from_seed([1; 32]);
        let envelope = builder()
            .args(json!({"项目": "市政道路"}))
            .fuel(7)
            .valid_for_ms(1_000)
            .sign(&key, 5_000, [0xab; 16])
            .expect("signs");
        let verified = envelope.verify().expect("verifies");
        let payload = verified.payload();
        assert_eq!(payload.valid_until_ms, 6_000);
        assert_eq!(payload.fuel_limit, 7);
        assert_eq!(payload.nonce, "ab".repeat(16));
        assert_eq!(payload.sender, key.public_key());
    }

    #[test]
    fn arguments_that_no_node_takes_are_refused_before_they_are_signed() {
        let key = SecretKey::from_seed([1; 32]);
        for args in [
            json!([1]),
            json!({"a": 1.5}),
            json!({"a": 9_007_199_254_740_992u64}),
        ] {
            let refused = builder().args(args.clone()).sign(&key, 0, [0; 16]);
            assert!(refused.is_err(), "{args}");
        }
        let names = TransactionBuilder::new("yilian-local", "Tender", "register");
        assert!(names.sign(&key, 0, [0; 16]).is_err());
        let large = builder().args(json!({"a": "x".repeat(TRANSACTION_BYTES_MAX)}));
        let refused = large.sign(&key, 0, [0; 16]);
        assert!(matches!(refused, Err(BuildError::TooLarge { .. })));
    }

    #[test]
    fn another_nonce_is_another_transaction() {
        let key = SecretKey::from_seed([1; 32]);
        let id = |nonce| {
            let envelope = builder().sign(&key, 0, [nonce; 16]).expect("signs");
            envelope.verify().expect("verifies").id()
        };
        assert_ne!(id(1), id(2));
        assert_eq!(id(1), id(1));
    }
}
