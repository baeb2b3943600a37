//! Keys and signatures that say by which suite they were made.

use core::fmt;
use core::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::hash::decode_lower_hex;

/// The suite of a key or signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SignatureSuite {
    /// Ed25519 (RFC 8032), verified strictly.
    Ed25519 = 1,
}

const SUITE: u8 = SignatureSuite::Ed25519 as u8;
const PREFIX: &str = "ed25519:";

/// A key or signature could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The text form is wrong.
    #[error("expected \"ed25519:\" and {digits} lower-case hex digits, got {got:?}")]
    Text {
        /// Number of hexadecimal digits that belong there.
        digits: usize,
        /// The text, cut to 160 characters.
        got: String,
    },
    /// The byte form is wrong.
    #[error("expected {expected} bytes beginning with suite 1, got {got} bytes")]
    Bytes {
        /// Number of bytes that belong there.
        expected: usize,
        /// Number of bytes given.
        got: usize,
    },
    /// The bytes are no point of the curve, or a weak one.
    #[error("the 32 bytes are not a usable Ed25519 public key")]
    NotAPoint,
}

/// The signature does not belong to this key and message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature was not made by this key over these bytes")]
pub struct SignatureError;

/// A public key. Text form `ed25519:<64 hex>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Takes 32 bytes if they are a curve point that is not of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAPoint)?;
        if key.is_weak() {
            return Err(KeyError::NotAPoint);
        }
        Ok(PublicKey(*bytes))
    }

    /// The 32 bytes, without the suite.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// One suite byte and 32 bytes.
    pub fn to_tagged(&self) -> [u8; 33] {
        let mut tagged = [SUITE; 33];
        tagged[1..].copy_from_slice(&self.0);
        tagged
    }

    /// Reads what [`PublicKey::to_tagged`] wrote.
    pub fn from_tagged(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::from_bytes(&untag::<32>(bytes)?)
    }

    /// Verifies strictly: no small-order keys, no malleable signatures (`verify_strict` of ed25519-dalek).
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(message, &signature)
            .map_err(|_| SignatureError)
    }
}

/// A signature. Text form `ed25519:<128 hex>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Wraps 64 bytes; whether they are a valid signature only [`PublicKey::verify`] can say.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Signature(bytes)
    }

    /// The 64 bytes, without the suite.
    pub const fn to_bytes(&self) -> [u8; 64] {
        self.0
    }

    /// One suite byte and 64 bytes.
    pub fn to_tagged(&self) -> [u8; 65] {
        let mut tagged = [SUITE; 65];
        tagged[1..].copy_from_slice(&self.0);
        tagged
    }

    /// Reads what [`Signature::to_tagged`] wrote.
    pub fn from_tagged(bytes: &[u8]) -> Result<Self, KeyError> {
        untag::<64>(bytes).map(Signature)
    }
}

/// A secret key. It is erased when dropped and never printed.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key of a 32-byte seed (RFC 8032 section 5.1.5). The caller brings good randomness.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        SecretKey(SigningKey::from_bytes(&seed))
    }

    /// The seed, for writing the key to a protected file.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs the bytes as they are; the caller has put a namespace in front.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public_key())
    }
}

fn untag<const N: usize>(bytes: &[u8]) -> Result<[u8; N], KeyError> {
    let error = KeyError::Bytes {
        expected: N + 1,
        got: bytes.len(),
    };
    match bytes.split_first() {
        Some((&SUITE, rest)) => rest.try_into().map_err(|_| error),
        _ => Err(error),
    }
}

fn parse<const N: usize>(text: &str) -> Result<[u8; N], KeyError> {
    text.strip_prefix(PREFIX)
        .and_then(decode_lower_hex)
        .ok_or_else(|| KeyError::Text {
            digits: 2 * N,
            got: text.chars().take(160).collect(),
        })
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&parse::<32>(text)?)
    }
}

impl FromStr for Signature {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        parse::<64>(text).map(Signature)
    }
}

/// Text form, and serde: text for people's formats, tagged bytes for our own.
macro_rules! tagged_text {
    ($type:ty, $length:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{PREFIX}{}", hex::encode(self.0))
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.to_tagged())
                }
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use serde::de::Error;
                if deserializer.is_human_readable() {
                    String::deserialize(deserializer)?
                        .parse()
                        .map_err(D::Error::custom)
                } else {
                    let bytes = Vec::<u8>::deserialize(deserializer)?;
                    Self::from_tagged(&bytes).map_err(D::Error::custom)
                }
            }
        }
    };
}

tagged_text!(PublicKey, 33);
tagged_text!(Signature, 65);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 8032 section 7.1, test 2.
    #[test]
    fn the_second_test_of_rfc_8032_passes() {
        let seed = decode_lower_hex::<32>(
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        );
        let key = SecretKey::from_seed(seed.expect("hex"));
        assert_eq!(
            key.public_key().to_string(),
            "ed25519:3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        );
        assert_eq!(
            key.sign(&[0x72]).to_string(),
            "ed25519:92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
    }

    #[test]
    fn a_small_order_key_is_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity), Err(KeyError::NotAPoint));
    }

    #[test]
    fn a_secret_key_never_prints_its_seed() {
        let key = SecretKey::from_seed([7; 32]);
        assert!(!format!("{key:?}").contains(&hex::encode([7; 32])));
    }

    proptest! {
        #[test]
        fn any_changed_bit_is_refused(seed: [u8; 32], message: Vec<u8>, bit in 0usize..512) {
            let key = SecretKey::from_seed(seed);
            let signature = key.sign(&message);
            prop_assert!(key.public_key().verify(&message, &signature).is_ok());
            let mut bytes = signature.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(key.public_key().verify(&message, &Signature::from_bytes(bytes)).is_err());
        }

        #[test]
        fn text_forms_round_trip(seed: [u8; 32]) {
            let key = SecretKey::from_seed(seed);
            let public = key.public_key();
            prop_assert_eq!(public.to_string().parse::<PublicKey>(), Ok(public));
            prop_assert_eq!(PublicKey::from_tagged(&public.to_tagged()), Ok(public));
        }
    }
}
