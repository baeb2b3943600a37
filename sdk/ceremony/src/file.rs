//! The file in which a member carries its part of a phase to the others.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_crypto::{Digest, PublicKey};
use yilian_primitives::json;

use crate::{Message, Setting, Signed};

/// Largest file of a member, in bytes: a dealing among 128 members takes about 40,000.
pub const FILE_BYTES_MAX: usize = 256 << 10;

/// Why a file is not a member's part of this ceremony.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// Longer than any part.
    #[error("{got} bytes: expected at most {FILE_BYTES_MAX}")]
    Size {
        /// Its length in bytes.
        got: usize,
    },
    /// No strict JSON with these fields.
    #[error("not readable: {0}")]
    Json(String),
    /// Another phase's, or something else.
    #[error("format {got:?}: expected {expected:?}")]
    Format {
        /// What stands there.
        got: String,
        /// What belongs there.
        expected: String,
    },
    /// Made for another chain.
    #[error("made for chain {got:?}: expected {expected:?}")]
    Chain {
        /// The chain that it names.
        got: String,
        /// This one.
        expected: String,
    },
    /// Made for another round.
    #[error("made for round {got}: expected round {expected}")]
    Round {
        /// The round that it names.
        got: u64,
        /// This one.
        expected: u64,
    },
    /// Made among other members: somebody has another chain specification.
    #[error("made among other members (setting {got}): expected setting {expected}")]
    Members {
        /// Digest of the setting that it names.
        got: Digest,
        /// Of this one.
        expected: Digest,
    },
    /// Of somebody who takes no part.
    #[error("{0} is no member of this ceremony")]
    Foreign(PublicKey),
    /// Changed, or said by somebody else.
    #[error("the signature is not {0}'s: changed or forged")]
    Forged(PublicKey),
}

impl FileError {
    /// The member whose file it claims to be, where it got so far.
    pub fn member(&self) -> Option<PublicKey> {
        match self {
            FileError::Foreign(member) | FileError::Forged(member) => Some(*member),
            _ => None,
        }
    }
}

/// A member's part of a phase, as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberFile<T> {
    format: String,
    chain_id: String,
    round: u64,
    setting: Digest,
    signed: Signed<T>,
}

impl<T: Message> MemberFile<T> {
    /// The file of what a member says.
    pub fn of(setting: &Setting, signed: Signed<T>) -> Self {
        MemberFile {
            format: format::<T>(),
            chain_id: setting.chain_id.clone(),
            round: setting.round,
            setting: setting.digest(),
            signed,
        }
    }

    /// Its bytes; the same part has the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical_line(self)
    }

    /// Reads a file strictly, and verifies that a member of this ceremony signed it.
    ///
    /// # Errors
    /// The first thing that is wrong; whether the message fits is not looked at.
    pub fn read(bytes: &[u8], setting: &Setting) -> Result<Signed<T>, FileError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(FileError::Size { got: bytes.len() });
        }
        let file: Self = json::read(bytes).map_err(|error| FileError::Json(error.reason))?;
        file.check_head(setting)?;
        let signed = file.signed;
        if !setting.members.contains(&signed.member) {
            return Err(FileError::Foreign(signed.member));
        }
        match signed.verify(&setting.digest()) {
            Ok(()) => Ok(signed),
            Err(_) => Err(FileError::Forged(signed.member)),
        }
    }

    fn check_head(&self, setting: &Setting) -> Result<(), FileError> {
        let (got, expected) = (self.format.clone(), format::<T>());
        if got != expected {
            return Err(FileError::Format { got, expected });
        }
        if self.chain_id != setting.chain_id {
            let (got, expected) = (self.chain_id.clone(), setting.chain_id.clone());
            return Err(FileError::Chain { got, expected });
        }
        let named = self.signed.message.round().unwrap_or(self.round);
        for got in [self.round, named] {
            if got != setting.round {
                let expected = setting.round;
                return Err(FileError::Round { got, expected });
            }
        }
        let (got, expected) = (self.setting, setting.digest());
        match got == expected {
            true => Ok(()),
            false => Err(FileError::Members { got, expected }),
        }
    }
}

fn format<T: Message>() -> String {
    format!("yilian.ceremony-{}.v1", T::PHASE.as_str())
}

/// Canonical JSON on one line.
pub(crate) fn canonical_line<T: Serialize>(value: &T) -> Vec<u8> {
    // Texts, numbers and lists always serialise.
    let value = serde_json::to_value(value).unwrap_or(serde_json::Value::Null);
    let mut bytes = json::canonical(&value);
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_crypto::SecretKey;
    use yilian_release_records::{Announce, Deal, Log};

    fn key(number: u8) -> SecretKey {
        SecretKey::from_seed([number; 32])
    }

    fn setting() -> Setting {
        Setting {
            chain_id: "test".to_owned(),
            round: 0,
            members: vec![key(1).public_key(), key(2).public_key()],
        }
    }

    fn announcement() -> Announce {
        Announce {
            sealing_key: "ab".repeat(32),
        }
    }

    fn written(setting: &Setting, by: u8) -> Vec<u8> {
        let signed = Signed::sign(&setting.digest(), announcement(), &key(by));
        MemberFile::of(setting, signed).to_bytes()
    }

    fn read(bytes: &[u8]) -> Result<Signed<Announce>, FileError> {
        MemberFile::read(bytes, &setting())
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let bytes = written(&setting(), 1);
        assert_eq!(bytes, written(&setting(), 1));
        let signed = read(&bytes).expect("reads");
        assert_eq!(
            (signed.member, signed.message),
            (key(1).public_key(), announcement())
        );
    }

    #[test]
    fn what_is_anothers_is_refused_by_its_name() {
        let other = |change: &dyn Fn(&mut Setting)| {
            let mut other = setting();
            change(&mut other);
            read(&written(&other, 1)).expect_err("another ceremony's")
        };
        let chain = other(&|one| one.chain_id = "elsewhere".to_owned());
        assert!(matches!(chain, FileError::Chain { .. }), "{chain}");
        let round = other(&|one| one.round = 1);
        assert!(matches!(round, FileError::Round { got: 1, .. }), "{round}");
        let members = other(&|one| one.members.truncate(1));
        assert!(matches!(members, FileError::Members { .. }), "{members}");
        let stranger = read(&written(&setting(), 3)).expect_err("a stranger's");
        assert_eq!(stranger, FileError::Foreign(key(3).public_key()));
    }

    #[test]
    fn a_file_of_another_phase_is_refused() {
        let log = Log {
            round: 0,
            log: String::new(),
        };
        let bytes = MemberFile::of(&setting(), Signed::sign(&setting().digest(), log, &key(1)));
        let read = MemberFile::<Deal>::read(&bytes.to_bytes(), &setting());
        assert!(matches!(read, Err(FileError::Json(_))), "{read:?}");
    }

    #[test]
    fn a_changed_bit_is_found_wherever_it_is() {
        let bytes = written(&setting(), 1);
        for place in 0..bytes.len() - 1 {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert!(read(&changed).is_err(), "byte {place}");
        }
        assert!(read(&vec![b' '; FILE_BYTES_MAX + 1]).is_err());
    }
}
