//! The keys that decide, with their voting power.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_crypto::{Digest, Namespace, PublicKey};

use crate::Address;
use crate::cbor::{Cbor, CborError, FieldWriter, Reader};
use crate::limits::{NAME_BYTES_MAX, VALIDATORS_MAX, VOTING_POWER_MAX};

/// One centre's signing identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validator {
    /// Name of the centre in signed notes: lower-case letters, digits and `-`.
    pub name: String,
    /// Key that signs votes.
    pub public_key: PublicKey,
    /// Weight of its vote, at least 1.
    pub power: u64,
}

impl Validator {
    /// The address of the key.
    pub fn address(&self) -> Address {
        Address::of(&self.public_key)
    }
}

/// Validators form no set.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ValidatorSetError {
    /// Nobody would decide.
    #[error("expected 1 to {VALIDATORS_MAX} validators, got {got}")]
    Count {
        /// How many were given.
        got: usize,
    },
    /// A power of zero, or a total above the limit.
    #[error("voting power of {name}: expected at least 1, and at most {VOTING_POWER_MAX} in total")]
    Power {
        /// Name of the validator.
        name: String,
    },
    /// A key or name stands twice.
    #[error("validator {name}: its key or its name stands twice")]
    Duplicate {
        /// Name of the validator.
        name: String,
    },
    /// A name that cannot stand in a signed note.
    #[error("validator name {name:?}: expected 1 to {NAME_BYTES_MAX} of a-z 0-9 -")]
    Name {
        /// The name.
        name: String,
    },
}

/// Most of so many validators that may be malicious under equal power: floor((n - 1) / 3).
pub const fn fault_bound(validators: usize) -> usize {
    validators.saturating_sub(1) / 3
}

/// Validators in their one order: power falling, then address rising.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValidatorSet(Vec<(Address, Validator)>);

impl ValidatorSet {
    /// Orders and checks validators.
    pub fn new(validators: Vec<Validator>) -> Result<Self, ValidatorSetError> {
        if validators.is_empty() || validators.len() > VALIDATORS_MAX {
            return Err(ValidatorSetError::Count {
                got: validators.len(),
            });
        }
        let mut total = 0u64;
        for validator in &validators {
            check_name(&validator.name)?;
            total = total.saturating_add(validator.power);
            if validator.power == 0 || total > VOTING_POWER_MAX {
                return Err(ValidatorSetError::Power {
                    name: validator.name.clone(),
                });
            }
        }
        let mut set: Vec<_> = validators.into_iter().map(|v| (v.address(), v)).collect();
        set.sort_by(|(a, left), (b, right)| right.power.cmp(&left.power).then(a.cmp(b)));
        for (index, (address, validator)) in set.iter().enumerate() {
            let twice =
                |(other, v): &(Address, Validator)| other == address || v.name == validator.name;
            if set.iter().take(index).any(twice) {
                return Err(ValidatorSetError::Duplicate {
                    name: validator.name.clone(),
                });
            }
        }
        Ok(ValidatorSet(set))
    }

    /// Namespaced hash, as headers carry it.
    pub fn hash(&self) -> Digest {
        Digest::tagged(Namespace::ValidatorSet, &self.encode())
    }

    /// Sum of all powers.
    pub fn total_power(&self) -> u64 {
        self.iter().map(|validator| validator.power).sum()
    }

    /// Whether a power is more than two thirds of the total.
    pub fn is_quorum(&self, power: u64) -> bool {
        power.saturating_mul(3) > self.total_power().saturating_mul(2)
    }

    /// [`fault_bound`] of this set.
    pub fn fault_bound(&self) -> usize {
        fault_bound(self.len())
    }

    /// Number of validators.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never true: a set has at least one validator.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The validators in order.
    pub fn iter(&self) -> impl Iterator<Item = &Validator> {
        self.0.iter().map(|(_, validator)| validator)
    }

    /// The validator of an address.
    pub fn get(&self, address: &Address) -> Option<&Validator> {
        self.0
            .iter()
            .find(|(other, _)| other == address)
            .map(|(_, validator)| validator)
    }

    /// The place of an address in the order.
    pub fn index_of(&self, address: &Address) -> Option<usize> {
        self.0.iter().position(|(other, _)| other == address)
    }

    /// The validator at a place.
    pub fn at(&self, index: usize) -> Option<&Validator> {
        self.0.get(index).map(|(_, validator)| validator)
    }
}

fn check_name(name: &str) -> Result<(), ValidatorSetError> {
    let plain = name
        .bytes()
        .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if plain && !name.is_empty() && name.len() <= NAME_BYTES_MAX {
        Ok(())
    } else {
        Err(ValidatorSetError::Name {
            name: name.chars().take(80).collect(),
        })
    }
}

/// `[* [name, key, power]]` in the order of the set.
impl Cbor for ValidatorSet {
    const WHAT: &'static str = "validator set";
    const BYTES_MAX: usize = VALIDATORS_MAX * 160;

    fn write(&self, writer: &mut FieldWriter) {
        writer.array(self.len());
        for validator in self.iter() {
            writer
                .array(3)
                .text(&validator.name)
                .bytes(&validator.public_key.to_tagged())
                .uint(validator.power);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        let length = reader.array_up_to(VALIDATORS_MAX, "an array of validators")?;
        let mut validators = Vec::new();
        for _ in 0..length {
            reader.array_of(3, "an array of 3 per validator")?;
            validators.push(Validator {
                name: reader.text(NAME_BYTES_MAX, "the name of a validator")?,
                public_key: reader.public_key("a tagged public key")?,
                power: reader.uint("a voting power")?,
            });
        }
        Self::new(validators).map_err(|_| reader.unexpected("distinct validators with power"))
    }
}
