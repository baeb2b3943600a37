//! The signed form of a transaction: DSSE over JSON bytes.
//!
//! DSSE v1.0.2 (secure-systems-lab/dsse, protocol.md): the signature covers
//! `"DSSEv1" SP len(type) SP type SP len(payload) SP payload`. The exact bytes are verified, then parsed once. A Java or
//! .NET shop signs a transaction in ten lines without our code.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::{Deserialize, Serialize};
use yilian_crypto::{Digest, PublicKey, SecretKey, Signature};

use crate::limits::{ENVELOPE_JSON_BYTES_MAX, TRANSACTION_BYTES_MAX};
use crate::transaction::{TransactionPayload, VerifiedTransaction};
use crate::{Refusal, RefusalCode, TxId};

/// DSSE payload type of a transaction.
pub const PAYLOAD_TYPE: &str = "application/vnd.yilian.tx.v1+json";

/// A transaction as it came in: nothing about it is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The JSON bytes that were signed.
    #[serde(with = "serde_bytes")]
    pub payload: Vec<u8>,
    /// The signature over their pre-authentication encoding.
    pub signature: Signature,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DsseForm {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<DsseSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DsseSignature {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keyid: Option<String>,
    sig: String,
}

/// The bytes that are signed: DSSE's PAE of a type and a payload.
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

fn malformed(detail: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::MalformedEnvelope, detail)
}

/// DSSE: readers must accept both base64 alphabets.
fn base64_any(field: &str, text: &str) -> Result<Vec<u8>, Refusal> {
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .map_err(|_| malformed(format!("field {field}: expected base64 with padding")))
}

impl Envelope {
    /// Signs a payload.
    pub fn sign(payload: &TransactionPayload, key: &SecretKey) -> Self {
        let payload = payload.to_json();
        let signature = key.sign(&pre_authentication_encoding(PAYLOAD_TYPE, &payload));
        Envelope { payload, signature }
    }

    /// Id of the transaction, if its signature holds: SHA-256 of the bytes that are signed.
    pub fn id(&self) -> TxId {
        let signed = pre_authentication_encoding(PAYLOAD_TYPE, &self.payload);
        TxId(Digest::sha256(&signed))
    }

    /// Length of payload and signature in bytes.
    pub fn size_bytes(&self) -> usize {
        self.payload.len().saturating_add(65)
    }

    /// Reads a DSSE envelope with exactly one signature. The key id is a hint and is not judged here.
    pub fn from_dsse_json(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > ENVELOPE_JSON_BYTES_MAX {
            let detail = format!(
                "envelope of {} bytes: expected at most {ENVELOPE_JSON_BYTES_MAX}",
                bytes.len()
            );
            return Err(Refusal::new(RefusalCode::TooLarge, detail));
        }
        let form: DsseForm = serde_json::from_slice(bytes)
            .map_err(|error| malformed(format!("not a DSSE envelope: {error}")))?;
        if form.payload_type != PAYLOAD_TYPE {
            let got: String = form.payload_type.chars().take(80).collect();
            return Err(malformed(format!(
                "payloadType {got:?}: expected {PAYLOAD_TYPE:?}"
            )));
        }
        let [signature] = form.signatures.as_slice() else {
            let count = form.signatures.len();
            return Err(malformed(format!(
                "{count} signatures: expected exactly one"
            )));
        };
        let payload = base64_any("payload", &form.payload)?;
        let signature: [u8; 64] = base64_any("signatures[0].sig", &signature.sig)?
            .try_into()
            .map_err(|_| malformed("signatures[0].sig: expected 64 bytes of Ed25519"))?;
        Ok(Envelope {
            payload,
            signature: Signature::from_bytes(signature),
        })
    }

    /// Writes the DSSE envelope; the key id is the sender's key.
    pub fn to_dsse_json(&self, sender: &PublicKey) -> String {
        let form = DsseForm {
            payload: STANDARD.encode(&self.payload),
            payload_type: PAYLOAD_TYPE.to_owned(),
            signatures: vec![DsseSignature {
                keyid: Some(sender.to_string()),
                sig: STANDARD.encode(self.signature.to_bytes()),
            }],
        };
        serde_json::to_string(&form).expect("strings always serialise")
    }

    /// Parses the payload once, strictly, and verifies the signature of the sender it names.
    pub fn verify(self) -> Result<VerifiedTransaction, Refusal> {
        if self.size_bytes() > TRANSACTION_BYTES_MAX {
            let detail = format!(
                "transaction of {} bytes: expected at most {TRANSACTION_BYTES_MAX}",
                self.size_bytes()
            );
            return Err(Refusal::new(RefusalCode::TooLarge, detail));
        }
        let payload = TransactionPayload::from_json(&self.payload)?;
        let signed = pre_authentication_encoding(PAYLOAD_TYPE, &self.payload);
        payload
            .sender
            .verify(&signed, &self.signature)
            .map_err(|error| {
                let detail = format!("{error}; the key is payload.sender, {}", payload.sender);
                Refusal::new(RefusalCode::BadSignature, detail)
            })?;
        Ok(VerifiedTransaction::new(self, payload, &signed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transaction::tests::payload;

    /// The example of protocol.md in secure-systems-lab/dsse.
    #[test]
    fn the_published_encoding_of_dsse_is_made() {
        let encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            encoded,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn an_envelope_survives_json_and_verifies() {
        let key = SecretKey::from_seed([1; 32]);
        let envelope = Envelope::sign(&payload(&key), &key);
        let json = envelope.to_dsse_json(&key.public_key());
        let read = Envelope::from_dsse_json(json.as_bytes()).expect("envelope");
        assert_eq!(read, envelope);
        assert_eq!(read.verify().expect("verifies").payload(), &payload(&key));
    }

    #[test]
    fn a_changed_byte_or_a_foreign_signer_is_refused() {
        let key = SecretKey::from_seed([1; 32]);
        let mut envelope = Envelope::sign(&payload(&key), &SecretKey::from_seed([2; 32]));
        assert_eq!(
            envelope.clone().verify().expect_err("foreign").code,
            RefusalCode::BadSignature
        );
        envelope = Envelope::sign(&payload(&key), &key);
        let place = envelope
            .payload
            .iter()
            .position(|byte| *byte == b'r')
            .expect("an r");
        envelope.payload[place] = b's';
        assert!(envelope.verify().is_err());
    }

    #[test]
    fn malformed_envelopes_are_refused_with_a_reason() {
        let cases = [
            ("", "not a DSSE envelope"),
            ("[]", "not a DSSE envelope"),
            (
                r#"{"payload":"","payloadType":"x","signatures":[]}"#,
                "payloadType",
            ),
            (
                r#"{"payload":"","payloadType":"application/vnd.yilian.tx.v1+json","signatures":[]}"#,
                "0 signatures",
            ),
            (
                r#"{"payload":"?","payloadType":"application/vnd.yilian.tx.v1+json","signatures":[{"sig":""}]}"#,
                "base64",
            ),
        ];
        for (text, expected) in cases {
            let refusal = Envelope::from_dsse_json(text.as_bytes()).expect_err(text);
            assert!(refusal.detail.contains(expected), "{text}: {refusal}");
        }
    }
}
