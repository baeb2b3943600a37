//! What the reader of a proof knows beforehand. It never comes out of the proof.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_chain_spec::{ChainSpec, SpecError};
use yilian_crypto::Digest;
use yilian_primitives::ValidatorSet;

/// The trust anchor: which chain, and who decides it.
///
/// As a file it is either the chain specification (TOML), or JSON:
/// `{"chain_id", "validators_hash": "sha256:…", "chain_spec": "sha256:…"}`, the last one optional.
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
    #[serde(skip)]
    spec: Option<Box<ChainSpec>>,
}

/// A trust file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrustError {
    /// It is not the specification of a chain.
    #[error("trust file: {0}")]
    Spec(#[from] SpecError),
    /// It is not the JSON form.
    #[error(
        "trust file: expected {{\"chain_id\", \"validators_hash\", \"chain_spec\"}} as JSON: {reason}"
    )]
    Json {
        /// What is wrong.
        reason: String,
    },
}

impl Trust {
    /// Trust in validators that are known by their hash alone.
    pub fn new(chain_id: impl Into<String>, validators_hash: Digest) -> Self {
        Trust {
            chain_id: chain_id.into(),
            validators_hash,
            chain_spec: None,
            spec: None,
        }
    }

    /// Trust in the centres of a specification, which was checked ([`ChainSpec::parse`] and the presets do so).
    pub fn of_spec(spec: ChainSpec) -> Self {
        Trust {
            chain_id: spec.chain_id.clone(),
            validators_hash: spec.validators().hash(),
            chain_spec: Some(spec.digest()),
            spec: Some(Box::new(spec)),
        }
    }

    /// Reads a trust file of either form.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        if text.trim_start().starts_with('{') {
            let read = serde_json::from_str(text);
            return read.map_err(|error| TrustError::Json {
                reason: error.to_string(),
            });
        }
        Ok(Trust::of_spec(ChainSpec::parse(text)?))
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

    #[test]
    fn both_forms_of_a_trust_file_are_read() {
        let spec = presets::local(|name| {
            SecretKey::from_seed(*Digest::sha256(name.as_bytes()).as_bytes()).public_key()
        });
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
        let key = |name: &str| SecretKey::from_seed(*Digest::sha256(name.as_bytes()).as_bytes());
        let mut trust = Trust::of_spec(presets::local(|name| key(name).public_key()));
        trust.validators_hash = Digest::sha256(b"others");
        assert_eq!(trust.validators(), None);
        assert_eq!(Trust::new("x", Digest::ZERO).spec(), None);
    }
}
