//! The file that proves one record.

use serde::{Deserialize, Serialize};
use yilian_crypto::{Digest, PublicKey};
use yilian_merkle::log::InclusionProof;
use yilian_merkle::state::StateProof;
use yilian_primitives::{Envelope, Refusal, RuleCallTrace, Validator};

use crate::Bytes;

/// Version of the file that this code writes and reads.
pub const PROOF_VERSION: u32 = 1;
/// Longest file that is read, in bytes. Sixty-four rule calls of the largest arguments a transaction can pay for fit.
pub const PROOF_BYTES_MAX: usize = 64 << 20;

/// Everything needed to check one record of the log offline. What `GET /v1/transactions/{id}/proof` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordProof {
    /// [`PROOF_VERSION`].
    pub version: u32,
    /// Name of the chain.
    pub chain_id: String,
    /// CBOR of a header whose log holds the record.
    pub header_cbor: Bytes,
    /// CBOR of the commit certificate of that header.
    pub certificate_cbor: Bytes,
    /// The validators that decided it, in any order.
    pub validators: Vec<Validator>,
    /// CBOR of the receipt: the leaf of the log.
    pub leaf_cbor: Bytes,
    /// Path from the leaf to the header's log root.
    pub inclusion: InclusionProof,
    /// The transaction; none if the chain itself made the call.
    pub transaction: Option<Dsse>,
    /// The rule calls of the receipt, in its order, with full inputs and outputs.
    pub rule_calls: Vec<RuleCallText>,
    /// Values and absences in the header's state.
    pub state: Vec<StateClaim>,
}

/// A transaction as its sender signed it: DSSE in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dsse {
    /// Base64 of the signed payload.
    pub payload: String,
    /// Type of the payload.
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    /// Exactly one signature.
    pub signatures: Vec<DsseSignature>,
}

/// A signature of a DSSE envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DsseSignature {
    /// Hint at the key: text of the sender's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keyid: Option<String>,
    /// Base64 of the signature.
    pub sig: String,
}

/// One call of a rule with its full texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCallText {
    /// Name that the code gives itself: a label, proven only by replay with the code at hand.
    pub name: String,
    /// Method that was called.
    pub method: String,
    /// Code that ran.
    pub code_hash: Digest,
    /// Canonical JSON input.
    pub input: String,
    /// Canonical JSON output, or refusal.
    pub output: String,
}

/// That a key of the state has a value, or is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateClaim {
    /// Name of the contract.
    pub contract: String,
    /// The contract's own key.
    pub key: String,
    /// The value; none claims absence.
    pub value_b64: Option<Bytes>,
    /// The proof.
    pub proof: StateProof,
}

impl Dsse {
    /// The DSSE form of an envelope, with the sender's key as key id.
    pub fn of(envelope: &Envelope, sender: &PublicKey) -> Self {
        let json = envelope.to_dsse_json(sender);
        serde_json::from_str(&json).expect("an envelope writes DSSE with these fields")
    }

    /// Reads the envelope. Its signature is not verified.
    pub fn envelope(&self) -> Result<Envelope, Refusal> {
        let json = serde_json::to_vec(self).expect("texts always serialise");
        Envelope::from_dsse_json(&json)
    }
}

impl From<&RuleCallTrace> for RuleCallText {
    /// Inputs and outputs of a node's traces are JSON, so UTF-8; other bytes would fail at their digest.
    fn from(call: &RuleCallTrace) -> Self {
        RuleCallText {
            name: call.name.clone(),
            method: call.method.clone(),
            code_hash: call.code_hash,
            input: String::from_utf8_lossy(&call.input).into_owned(),
            output: String::from_utf8_lossy(&call.output).into_owned(),
        }
    }
}

/// The field that says how to read the rest.
#[derive(Deserialize)]
pub(crate) struct VersionOnly {
    pub(crate) version: u32,
}

impl RecordProof {
    /// Reads the file. Nothing about it is verified.
    pub fn from_json(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > PROOF_BYTES_MAX {
            let got = bytes.len();
            return Err(format!("{got} bytes: expected at most {PROOF_BYTES_MAX}"));
        }
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    /// The file, on several lines.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts, numbers and lists always serialise")
    }
}
