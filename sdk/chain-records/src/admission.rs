//! One-time keys: senders of whom the chain knows that somebody with the right admitted them, and no more.
//!
//! Whoever may call a method admits a batch of keys by the Merkle root over them (RFC 9162), made long before they are
//! used and shuffled. A transaction signed with one of them brings the proof of its place, as argument `admission`. What it
//! calls, the one who admitted it must be allowed to call; who that was is known of the batch, which of its keys serves
//! whom is not. So a bid says neither for which section nor by whom it is (招标投标法 article 22).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yilian_crypto::{Digest, PublicKey};
use yilian_merkle::log::{InclusionProof, leaf_hash};
use yilian_primitives::TimestampMs;

use yilian_abi::state_key::{IDENTITY, of};

/// Argument under which a transaction brings its token.
pub const ARGUMENT: &str = "admission";
/// Role that a one-time key has in the surroundings of its call.
pub const ROLE: &str = "admitted";
/// Most keys of one batch.
pub const KEYS_MAX: u64 = 1_000_000;
/// Most transactions of one key: a bid, its replacements, its withdrawal, its inner key.
pub const USES_MAX: u64 = 8;

/// A batch of keys, as ledger `identity` keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admission {
    /// Root over the keys.
    pub batch: Digest,
    /// Number of keys.
    pub keys: u64,
    /// Organisation that admitted them; it must be active and allowed to call.
    pub issuer: String,
    /// Ledger that they may call.
    pub contract: String,
    /// Its methods that they may call.
    pub methods: Vec<String>,
    /// Last block time at which they may call, in ms.
    pub valid_until_ms: TimestampMs,
}

/// How often a key was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uses {
    /// The number.
    pub uses: u64,
}

/// Proof that a key is in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Root over the keys of the batch.
    pub batch: Digest,
    /// Place of the key.
    pub index: u64,
    /// Siblings from the key to the root.
    pub path: Vec<Digest>,
}

impl Token {
    /// The token among a transaction's arguments, if there is one of the right form.
    pub fn of_args(args: &Value) -> Option<Self> {
        serde_json::from_value(args.get(ARGUMENT)?.clone()).ok()
    }

    /// Whether it proves that a key is in a batch of so many.
    pub fn proves(&self, key: &PublicKey, keys: u64) -> bool {
        let proof = InclusionProof {
            index: self.index,
            size: keys,
            hashes: self.path.clone(),
        };
        proof.verify(&leaf(key), &self.batch).is_ok()
    }
}

/// Hash of a key's leaf: that of its 33 tagged bytes.
pub fn leaf(key: &PublicKey) -> Digest {
    leaf_hash(&key.to_tagged())
}

/// State key of a batch, by its root.
pub fn batch_key(batch: &Digest) -> Vec<u8> {
    of(IDENTITY, format!("admission/{batch}").as_bytes())
}

/// State key of the uses of a key, by its text.
pub fn uses_key(key: &str) -> Vec<u8> {
    of(IDENTITY, format!("one_time/{key}").as_bytes())
}
