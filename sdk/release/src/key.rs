//! The group's key and its signatures.

use core::fmt;
use core::str::FromStr;

use blst::BLST_ERROR;
use blst::min_sig::{PublicKey, Signature};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use yilian_crypto::{Digest, Namespace, decode_lower_hex, part};

/// Domain of the hash to the curve.
const DOMAIN: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";

/// Why a release does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReleaseError {
    /// The key's bytes are no point of the group.
    #[error(
        "the group key is no key: expected a point of G2, 96 bytes as 192 lower-case hexadecimal digits"
    )]
    Key,
    /// The signature's bytes are no point of the group.
    #[error(
        "the release is no signature: expected a point of G1, 48 bytes as 96 lower-case hexadecimal digits"
    )]
    Signature,
    /// The signature is another one.
    #[error("the release was not made by this group for this identity")]
    Forged,
}

/// Bytes of a point with their text form: lower-case hexadecimal, which has one spelling.
macro_rules! point_text {
    ($name:ident, $length:literal, $error:ident) => {
        impl $name {
            /// Length in bytes.
            pub const LENGTH: usize = $length;

            /// The compressed point.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ReleaseError;

            fn from_str(text: &str) -> Result<Self, ReleaseError> {
                let bytes: [u8; $length] = decode_lower_hex(text).ok_or(ReleaseError::$error)?;
                $name::from_bytes(&bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// The key of a group of centres; it stays when the group changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey([u8; 96]);

/// What a group released for an identity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseSignature([u8; 48]);

point_text!(GroupKey, 96, Key);
point_text!(ReleaseSignature, 48, Signature);

impl GroupKey {
    /// A key of its compressed form, in the right subgroup and not the neutral element.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReleaseError> {
        PublicKey::key_validate(bytes).map_err(|_| ReleaseError::Key)?;
        bytes
            .try_into()
            .map(GroupKey)
            .map_err(|_| ReleaseError::Key)
    }

    /// SHA-256 of the key: names it in messages.
    pub fn id(&self) -> Digest {
        Digest::sha256(&self.0)
    }

    /// Whether the group released this for an identity of a chain.
    ///
    /// # Errors
    /// [`ReleaseError::Forged`] if not.
    pub fn verify(
        &self,
        chain_id: &str,
        identity: &str,
        signature: &ReleaseSignature,
    ) -> Result<(), ReleaseError> {
        let key = PublicKey::from_bytes(&self.0).map_err(|_| ReleaseError::Key)?;
        let signature = Signature::from_bytes(&signature.0).map_err(|_| ReleaseError::Signature)?;
        let namespace = Namespace::Release.as_str().as_bytes();
        let message = message(chain_id, self, identity);
        let length = [u8::try_from(namespace.len()).unwrap_or(u8::MAX)];
        let signed = [&length, namespace, &message].concat();
        match signature.verify(true, &signed, DOMAIN, &[], &key, true) {
            BLST_ERROR::BLST_SUCCESS => Ok(()),
            _ => Err(ReleaseError::Forged),
        }
    }
}

impl ReleaseSignature {
    #[cfg(test)]
    pub(crate) const fn unchecked(bytes: [u8; 48]) -> Self {
        ReleaseSignature(bytes)
    }

    /// A signature of its compressed form, in the right subgroup and not the neutral element.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReleaseError> {
        Signature::sig_validate(bytes, true).map_err(|_| ReleaseError::Signature)?;
        bytes
            .try_into()
            .map(ReleaseSignature)
            .map_err(|_| ReleaseError::Signature)
    }
}

/// What the group signs for an identity, after the namespace.
pub fn message(chain_id: &str, key: &GroupKey, identity: &str) -> Vec<u8> {
    [
        part(chain_id.as_bytes()),
        key.id().as_bytes().to_vec(),
        part(identity.as_bytes()),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by another implementation (commonware-cryptography) with another namespace and message.
    const KEY: &str = "a17fd6092d26b31a9719264372370670555354e95ad96156494737d4591a46eee06e4374dec2d8aa419c238334d2eaa2122ff5512d660c336b0f4cadca9f02cd1cc0b37477148f84c775e55c40a31ba256da6044590b79ac16bbb962d8565337";
    const SIGNATURE: &str = "840953d96f527fb4e7b806d1aa826ed87fafe77543188d5bee25c07ad42eb586586ec280f4a8c133de6fd05d9bd38d55";

    #[test]
    fn a_signature_of_another_implementation_verifies() {
        let key = PublicKey::from_bytes(GroupKey::from_str(KEY).expect("a key").as_bytes());
        let parsed = ReleaseSignature::from_str(SIGNATURE).expect("a signature");
        let signature = Signature::from_bytes(parsed.as_bytes()).expect("a point");
        let signed = |message: &str| [b"\x10yilian/beacon/v1", message.as_bytes()].concat();
        let verify = |message: &str| {
            let key = key.as_ref().expect("a point");
            signature.verify(true, &signed(message), DOMAIN, &[], key, true)
        };
        assert_eq!(
            verify("gansu-1|epoch 3|height 123456"),
            BLST_ERROR::BLST_SUCCESS
        );
        assert_ne!(
            verify("gansu-1|epoch 3|height 123457"),
            BLST_ERROR::BLST_SUCCESS
        );
    }

    #[test]
    fn a_signature_on_something_else_is_forged() {
        let key: GroupKey = KEY.parse().expect("a key");
        let signature = SIGNATURE.parse().expect("a signature");
        assert_eq!(
            key.verify("gansu-1", "draw:E62:1", &signature),
            Err(ReleaseError::Forged)
        );
    }

    #[test]
    fn what_is_no_point_is_refused() {
        assert_eq!(GroupKey::from_str(&"00".repeat(96)), Err(ReleaseError::Key));
        assert_eq!(
            GroupKey::from_str(&KEY.to_uppercase()),
            Err(ReleaseError::Key)
        );
        assert_eq!(GroupKey::from_str(&KEY[2..]), Err(ReleaseError::Key));
        // The neutral element has a valid encoding and verifies everything.
        let neutral = format!("c0{}", "00".repeat(95));
        assert_eq!(GroupKey::from_str(&neutral), Err(ReleaseError::Key));
        let neutral = format!("c0{}", "00".repeat(47));
        assert_eq!(
            ReleaseSignature::from_str(&neutral),
            Err(ReleaseError::Signature)
        );
    }
}
