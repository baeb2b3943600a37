//! Digests that say by which suite they were made.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::Namespace;

/// The suite by which a digest was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum HashSuite {
    /// SHA-256 (FIPS 180-4).
    Sha256 = 1,
}

/// A digest could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HashError {
    /// The text is not `sha256:` and 64 lower-case hexadecimal digits.
    #[error("digest text: expected \"sha256:\" and 64 lower-case hex digits, got {got:?}")]
    Text {
        /// The text, cut to 80 characters.
        got: String,
    },
    /// The bytes are not one suite byte and 32 digest bytes.
    #[error("digest bytes: expected 33 bytes beginning with suite 1, got {length} bytes")]
    Bytes {
        /// Number of bytes given.
        length: usize,
    },
}

/// A 32-byte digest.
///
/// Text form `sha256:<64 hex>`; byte form one suite byte and 32 bytes ([`Digest::to_tagged`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Thirty-two zero bytes: "none", where a format has no other way to say so.
    pub const ZERO: Digest = Digest([0; 32]);
    /// Length in bytes, without the suite.
    pub const LENGTH: usize = 32;

    /// Wraps bytes that are already a SHA-256 digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Digest(bytes)
    }

    /// The 32 bytes, without the suite.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// SHA-256 of bytes that carry their own domain separation.
    pub fn sha256(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// SHA-256 of several pieces, as if they were one.
    pub fn sha256_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Digest(hasher.finalize().into())
    }

    /// SHA-256 of the namespace, a zero byte and the bytes.
    pub fn tagged(namespace: Namespace, bytes: &[u8]) -> Self {
        Self::tagged_parts(namespace, &[bytes])
    }

    /// As [`Digest::tagged`], over several pieces. The caller answers for the pieces being unambiguous.
    pub fn tagged_parts(namespace: Namespace, parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(namespace.as_str().as_bytes());
        hasher.update([0]);
        for part in parts {
            hasher.update(part);
        }
        Digest(hasher.finalize().into())
    }

    /// 64 lower-case hexadecimal digits, without the suite.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The digest of 64 lower-case hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self, HashError> {
        decode_lower_hex(text)
            .map(Digest)
            .ok_or_else(|| text_error(text))
    }

    /// One suite byte and 32 bytes.
    pub fn to_tagged(&self) -> [u8; 33] {
        let mut tagged = [HashSuite::Sha256 as u8; 33];
        tagged[1..].copy_from_slice(&self.0);
        tagged
    }

    /// Reads what [`Digest::to_tagged`] wrote.
    pub fn from_tagged(bytes: &[u8]) -> Result<Self, HashError> {
        match bytes.split_first() {
            Some((&suite, rest)) if suite == HashSuite::Sha256 as u8 => {
                rest.try_into().map(Digest).map_err(|_| HashError::Bytes {
                    length: bytes.len(),
                })
            }
            _ => Err(HashError::Bytes {
                length: bytes.len(),
            }),
        }
    }
}

/// Decodes lower-case hexadecimal only: two spellings of one value would be two different texts under a signature.
pub fn decode_lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

fn text_error(text: &str) -> HashError {
    HashError::Text {
        got: text.chars().take(80).collect(),
    }
}

impl FromStr for Digest {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let digits = text
            .strip_prefix("sha256:")
            .ok_or_else(|| text_error(text))?;
        Self::from_hex(digits).map_err(|_| text_error(text))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Text for people's formats, 33 tagged bytes for our own.
impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            (HashSuite::Sha256 as u8, self.0).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?
                .parse()
                .map_err(D::Error::custom)
        } else {
            let (suite, bytes) = <(u8, [u8; 32])>::deserialize(deserializer)?;
            if suite != HashSuite::Sha256 as u8 {
                return Err(D::Error::custom("unknown hash suite"));
            }
            Ok(Digest(bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sha256_of_abc_is_the_digest_of_fips_180_4() {
        let expected = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::sha256(b"abc").to_string(), expected);
    }

    #[test]
    fn upper_case_and_foreign_suites_are_refused() {
        let upper = Digest::sha256(b"abc")
            .to_string()
            .to_uppercase()
            .replace("SHA", "sha");
        assert!(upper.parse::<Digest>().is_err());
        assert!(
            format!("sm3:{}", Digest::ZERO.to_hex())
                .parse::<Digest>()
                .is_err()
        );
        let mut tagged = Digest::ZERO.to_tagged();
        tagged[0] = 2;
        assert!(Digest::from_tagged(&tagged).is_err());
    }

    proptest! {
        #[test]
        fn text_and_tagged_forms_round_trip(bytes: [u8; 32]) {
            let digest = Digest::from_bytes(bytes);
            prop_assert_eq!(digest.to_string().parse::<Digest>(), Ok(digest));
            prop_assert_eq!(Digest::from_tagged(&digest.to_tagged()), Ok(digest));
        }
    }
}
