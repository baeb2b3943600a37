//! Everything a call read, wrote and said, whose digests stand in its receipt.

use serde::{Deserialize, Serialize};
use yilian_crypto::{Digest, Namespace, Signature};

use crate::cbor::FieldWriter;

/// A value that a call read from outside its own writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadEntry {
    /// State key: contract name, zero byte, contract's key.
    #[serde(with = "serde_bytes")]
    pub key: Vec<u8>,
    /// Digest of the value, or none if the key was absent.
    pub value: Option<Digest>,
    /// Log index of the record that wrote the value: the cause of this decision.
    pub writer: Option<u64>,
}

/// A value that a call wrote or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteEntry {
    /// State key.
    #[serde(with = "serde_bytes")]
    pub key: Vec<u8>,
    /// The value, or none if the key was removed.
    #[serde(with = "serde_bytes")]
    pub value: Option<Vec<u8>>,
}

/// Something a contract told the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Contract that emitted it.
    pub contract: String,
    /// Name of the event.
    pub name: String,
    /// Canonical JSON.
    #[serde(with = "serde_bytes")]
    pub data: Vec<u8>,
}

/// One call of a rule with its full input and output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCallTrace {
    /// Code that ran.
    pub code_hash: Digest,
    /// Name under which the ledger called it.
    pub name: String,
    /// Method that was called.
    pub method: String,
    /// Canonical JSON input.
    #[serde(with = "serde_bytes")]
    pub input: Vec<u8>,
    /// Canonical JSON output.
    #[serde(with = "serde_bytes")]
    pub output: Vec<u8>,
}

/// What stands behind a receipt. Kept by nodes; not hashed as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Canonical JSON result; empty unless the outcome is ok.
    #[serde(with = "serde_bytes")]
    pub result: Vec<u8>,
    /// Rule calls in order.
    pub rule_calls: Vec<RuleCallTrace>,
    /// Reads in the order of their first use.
    pub reads: Vec<ReadEntry>,
    /// Writes in key order.
    pub writes: Vec<WriteEntry>,
    /// Events in order.
    pub events: Vec<Event>,
}

/// Leaf of a read or write list: `[salt, key, value digest or null, writer or null]`.
///
/// The salt hides one entry while another one is disclosed. It is derived from the signature of the transaction, which
/// a bundle need not carry; `place` counts reads from 0 and writes from 2^32.
pub fn entry_root_leaf(
    signature: Option<&Signature>,
    place: u64,
    key: &[u8],
    value: Option<&Digest>,
    writer: Option<u64>,
) -> Vec<u8> {
    let seed = signature
        .map(|signature| signature.to_bytes())
        .unwrap_or([0; 64]);
    let salt = Digest::tagged_parts(Namespace::DisclosureSalt, &[&seed, &place.to_be_bytes()]);
    let mut leaf = FieldWriter::default();
    leaf.array(4)
        .bytes(salt.as_bytes())
        .bytes(key)
        .digest_or_null(value)
        .uint_or_null(writer);
    leaf.into_bytes()
}

impl Event {
    /// Leaf of the event list: `[contract, name, data]`.
    pub fn root_leaf(&self) -> Vec<u8> {
        let mut leaf = FieldWriter::default();
        leaf.array(3)
            .text(&self.contract)
            .text(&self.name)
            .bytes(&self.data);
        leaf.into_bytes()
    }
}
