//! What the reader of evidence knows beforehand. It never comes out of the evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_chain_spec::{ChainSpec, SpecError};
use yilian_crypto::{Digest, PublicKey};
use yilian_primitives::{Height, TimestampMs, ValidatorSet};

/// Most witnesses of a policy.
const WITNESSES_MAX: usize = 64;

/// The trust anchor: which chain, who decides it, and what is known of it already.
///
/// As a file it is either the chain specification (TOML), or JSON: `{"chain_id", "validators_hash", "chain_spec",
/// "checkpoint", "trusting_period_ms", "witnesses"}`, all but the first two optional. `docs/evidence-bundle.md` has the
/// whole form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// Name of the chain.
    pub chain_id: String,
    /// Hash of the validators that are trusted, more than two thirds of their power together.
    pub validators_hash: Digest,
    /// Digest of the chain specification: two chains of one name differ here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain_spec: Option<Digest>,
    /// A header that is known already; without it trust begins at genesis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<TrustedCheckpoint>,
    /// For how long, in ms of block time, the validators are trusted; without it for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusting_period_ms: Option<u64>,
    /// Witnesses whose cosignatures are demanded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<WitnessPolicy>,
    #[serde(skip)]
    spec: Option<Box<ChainSpec>>,
}

/// A header that the reader checked or was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedCheckpoint {
    /// Its height.
    pub height: Height,
    /// Its time in ms.
    pub time_ms: TimestampMs,
    /// Its hash.
    pub header_hash: Digest,
    /// Leaves of its log.
    pub log_size: u64,
    /// Root of its log.
    pub log_root: Digest,
    /// Hash of the validators that decide the next height.
    pub next_validators_hash: Digest,
}

/// So many of these witnesses must have cosigned (C2SP tlog-policy: one group, `k` of its members).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessPolicy {
    /// How many.
    pub threshold: usize,
    /// Of whom.
    pub keys: Vec<TrustedWitness>,
}

/// A witness that is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedWitness {
    /// Name of its key.
    pub name: String,
    /// The key.
    pub public_key: PublicKey,
}

/// A trust file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrustError {
    /// It is not the specification of a chain.
    #[error("trust file: {0}")]
    Spec(#[from] SpecError),
    /// It is not the JSON form.
    #[error("trust file: expected {{\"chain_id\", \"validators_hash\", …}} as JSON: {reason}")]
    Json {
        /// What is wrong.
        reason: String,
    },
    /// Its witnesses cannot be met, or one stands there twice.
    #[error(
        "trust file: witnesses: expected a threshold of 1 to the number of keys, at most {WITNESSES_MAX} of them, all different"
    )]
    Witnesses,
}

impl Trust {
    /// Trust in validators that are known by their hash alone.
    pub fn new(chain_id: impl Into<String>, validators_hash: Digest) -> Self {
        Trust {
            chain_id: chain_id.into(),
            validators_hash,
            chain_spec: None,
            checkpoint: None,
            trusting_period_ms: None,
            witnesses: None,
            spec: None,
        }
    }

    /// Trust in the centres of a specification, which was checked ([`ChainSpec::parse`] and the presets do so).
    pub fn of_spec(spec: ChainSpec) -> Self {
        Trust {
            chain_spec: Some(spec.digest()),
            spec: Some(Box::new(spec.clone())),
            ..Trust::new(spec.chain_id.clone(), spec.validators().hash())
        }
    }

    /// Reads a trust file of either form.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        if !text.trim_start().starts_with('{') {
            return Ok(Trust::of_spec(ChainSpec::parse(text)?));
        }
        let trust: Trust = serde_json::from_str(text).map_err(|error| TrustError::Json {
            reason: error.to_string(),
        })?;
        match &trust.witnesses {
            Some(policy) if !policy.can_be_met() => Err(TrustError::Witnesses),
            _ => Ok(trust),
        }
    }

    /// The whole specification, when the reader holds it.
    pub fn spec(&self) -> Option<&ChainSpec> {
        self.spec.as_deref()
    }

    /// The trusted validators, when the specification is at hand.
    pub fn validators(&self) -> Option<ValidatorSet> {
        let set = self.spec.as_ref().map(|spec| spec.validators());
        set.filter(|set| set.hash() == self.validators_hash)
    }
}

impl WitnessPolicy {
    fn can_be_met(&self) -> bool {
        let keys = &self.keys;
        let twice = keys.iter().enumerate().any(|(place, key)| {
            let before = &keys[..place];
            before
                .iter()
                .any(|other| other.name == key.name || other.public_key == key.public_key)
        });
        let count = keys.len();
        !twice && count <= WITNESSES_MAX && (1..=count).contains(&self.threshold)
    }
}

/// Programs of rules that the reader brings for replay, found by their hash.
#[derive(Clone, Debug, Default)]
pub struct Codes(BTreeMap<Digest, Vec<u8>>);

impl Codes {
    /// Adds a program; its hash is computed here, so a program never stands for another one.
    pub fn add(&mut self, program: Vec<u8>) -> Digest {
        let hash = Digest::sha256(&program);
        self.0.insert(hash, program);
        hash
    }

    /// The program of a hash.
    pub fn get(&self, hash: &Digest) -> Option<&[u8]> {
        self.0.get(hash).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_chain_spec::presets;
    use yilian_crypto::SecretKey;

    fn key(name: &str) -> PublicKey {
        SecretKey::from_seed(*Digest::sha256(name.as_bytes()).as_bytes()).public_key()
    }

    #[test]
    fn both_forms_of_a_trust_file_are_read() {
        let spec = presets::local(key);
        let whole = Trust::parse(&spec.to_toml()).expect("a specification");
        assert_eq!(whole.validators(), Some(spec.validators()));
        let json = serde_json::to_string(&whole).expect("JSON");
        let short = Trust::parse(&json).expect("the short form");
        assert_eq!(
            (short.validators_hash, short.chain_spec),
            (whole.validators_hash, Some(spec.digest()))
        );
        assert_eq!(short.validators(), None);
        assert!(Trust::parse("{\"chain_id\":\"x\"}").is_err());
        assert!(Trust::parse("chain_id = 3").is_err());
    }

    #[test]
    fn a_specification_of_other_validators_names_none() {
        let mut trust = Trust::of_spec(presets::local(key));
        trust.validators_hash = Digest::sha256(b"others");
        assert_eq!(trust.validators(), None);
        assert_eq!(Trust::new("x", Digest::ZERO).spec(), None);
    }

    #[test]
    fn witnesses_that_cannot_be_met_are_refused() {
        let witness = |name: &str| TrustedWitness {
            name: name.to_owned(),
            public_key: key(name),
        };
        let parse = |threshold, keys: Vec<TrustedWitness>| {
            let policy = WitnessPolicy { threshold, keys };
            let trust = Trust {
                witnesses: Some(policy),
                ..Trust::new("x", Digest::ZERO)
            };
            Trust::parse(&serde_json::to_string(&trust).expect("JSON"))
        };
        let two = || vec![witness("audit"), witness("notary")];
        assert!(parse(1, two()).is_ok() && parse(2, two()).is_ok());
        assert_eq!(parse(0, two()), Err(TrustError::Witnesses));
        assert_eq!(parse(3, two()), Err(TrustError::Witnesses));
        let twice = vec![witness("audit"), witness("audit")];
        assert_eq!(parse(1, twice), Err(TrustError::Witnesses));
    }
}
