//! What a member says, signed for one setting and one phase.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use yilian_crypto::{Digest, Namespace, PublicKey, SecretKey, Signature, SignatureError, part};
use yilian_primitives::{ValidatorSet, json};
use yilian_release_records::{Acknowledge, Announce, Ceremony, Deal, Log, Phase};

use crate::begin;

/// Who holds a ceremony for which chain: what all members compare before they begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The chain.
    pub chain_id: String,
    /// Number of the round.
    pub round: u64,
    /// The members in the order of the validator set.
    pub members: Vec<PublicKey>,
}

impl Setting {
    /// Round 0 of a chain's validators.
    pub fn of(chain_id: &str, validators: &ValidatorSet) -> Self {
        Setting {
            chain_id: chain_id.to_owned(),
            round: 0,
            members: validators.iter().map(|one| one.public_key).collect(),
        }
    }

    /// The record of the round, as a chain with this setting would begin it.
    pub fn ceremony(&self, validators: &ValidatorSet) -> Ceremony {
        begin(self.round, Phase::Announce, 0, 0, validators, None)
    }

    /// What the members compare, and sign with everything they say.
    pub fn digest(&self) -> Digest {
        let about = json!({
            "chain_id": self.chain_id, "members": self.members, "round": self.round,
        });
        Digest::tagged(Namespace::CeremonyFile, &json::canonical(&about))
    }
}

/// A message of a phase.
pub trait Message: Serialize + DeserializeOwned {
    /// The phase in which members say it.
    const PHASE: Phase;

    /// The round that it names, if it names one.
    fn round(&self) -> Option<u64>;
}

impl Message for Announce {
    const PHASE: Phase = Phase::Announce;

    fn round(&self) -> Option<u64> {
        None
    }
}

impl Message for Deal {
    const PHASE: Phase = Phase::Deal;

    fn round(&self) -> Option<u64> {
        Some(self.round)
    }
}

impl Message for Acknowledge {
    const PHASE: Phase = Phase::Acknowledge;

    fn round(&self) -> Option<u64> {
        Some(self.round)
    }
}

impl Message for Log {
    const PHASE: Phase = Phase::Log;

    fn round(&self) -> Option<u64> {
        Some(self.round)
    }
}

/// A message with who says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed<T> {
    /// Validator key of the member.
    pub member: PublicKey,
    /// What it says.
    pub message: T,
    /// Its signature.
    pub signature: Signature,
}

impl<T: Message> Signed<T> {
    /// Says it; the same message has the same signature.
    pub fn sign(setting: &Digest, message: T, key: &SecretKey) -> Self {
        let signature = key.sign(&signed_bytes(setting, &message));
        Signed {
            member: key.public_key(),
            message,
            signature,
        }
    }

    /// Whether the member said this in this setting.
    ///
    /// # Errors
    /// If it did not.
    pub fn verify(&self, setting: &Digest) -> Result<(), SignatureError> {
        let signed = signed_bytes(setting, &self.message);
        self.member.verify(&signed, &self.signature)
    }
}

fn signed_bytes<T: Message>(setting: &Digest, message: &T) -> Vec<u8> {
    // Messages are texts, numbers and lists: they always serialise.
    let value = serde_json::to_value(message).unwrap_or(Value::Null);
    Namespace::CeremonyFile.prefix(&[
        &part(setting.as_bytes()),
        &part(T::PHASE.as_str().as_bytes()),
        &part(&json::canonical(&value)),
    ])
}
