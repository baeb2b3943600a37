//! Seal bytes so that one reader can open them.
//!
//! HPKE in base mode (RFC 9180) with X25519, HKDF-SHA-256 and ChaCha20-Poly1305. A sealed text is the encapsulated key,
//! 32 bytes, and the ciphertext with its tag: 48 bytes longer than what was sealed. `info` says what the text is for and
//! `aad` where it stands; it opens only where both are the same, so a sealed text cannot be moved elsewhere.
//!
//! The sender is not authenticated: who sealed it has to be shown by other means.

use core::fmt;
use core::str::FromStr;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use yilian_crypto::decode_lower_hex;
use zeroize::Zeroizing;

/// Bytes by which a sealed text is longer than what was sealed.
pub const OVERHEAD_BYTES: usize = 48;
/// Bytes of the encapsulated key.
const ENCAPSULATED_BYTES: usize = 32;

/// What cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// The bytes are no key.
    #[error("no sealing key: expected an X25519 key, 32 bytes as 64 lower-case hexadecimal digits")]
    Key,
    /// The text was sealed to another reader or for something else, or was changed.
    #[error(
        "the sealed text does not open: it is another reader's, stands elsewhere, or was changed"
    )]
    Closed,
}

/// A reader's public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealingKey([u8; 32]);

/// A reader's secret key.
pub struct OpeningKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// A key of its 32 bytes.
    ///
    /// # Errors
    /// [`SealError::Key`] for a point of small order, to which nothing may be sealed.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, SealError> {
        <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&bytes).map_err(|_| SealError::Key)?;
        let key = SealingKey(bytes);
        // A point of small order gives no shared secret.
        key.seal(b"", b"", b"")?;
        Ok(key)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals bytes with fresh randomness of the operating system.
    pub fn seal(&self, info: &[u8], aad: &[u8], bytes: &[u8]) -> Result<Vec<u8>, SealError> {
        let sealed = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &self.public()?,
            info,
            bytes,
            aad,
        );
        sealed.map(joined).map_err(|_| SealError::Key)
    }

    /// Seals bytes so that the same call gives the same sealed text. `randomness` is secret, and follows from everything
    /// else that is given here: with two texts under one randomness whoever knows one of them reads the other.
    pub fn seal_again(
        &self,
        info: &[u8],
        aad: &[u8],
        bytes: &[u8],
        randomness: &[u8; 32],
    ) -> Result<Vec<u8>, SealError> {
        let mut random = ChaCha20Rng::from_seed(*randomness);
        let sealed =
            hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Base,
                &self.public()?,
                info,
                bytes,
                aad,
                &mut random,
            );
        sealed.map(joined).map_err(|_| SealError::Key)
    }

    fn public(&self) -> Result<<X25519HkdfSha256 as Kem>::PublicKey, SealError> {
        <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&self.0).map_err(|_| SealError::Key)
    }
}

/// The encapsulated key, then what was sealed.
fn joined((encapsulated, sealed): (<X25519HkdfSha256 as Kem>::EncappedKey, Vec<u8>)) -> Vec<u8> {
    [encapsulated.to_bytes().as_slice(), sealed.as_slice()].concat()
}

impl OpeningKey {
    /// The key that follows from 32 secret random bytes (RFC 9180 section 4, DeriveKeyPair).
    pub fn derive(secret: &[u8; 32]) -> Self {
        let (private, _) = X25519HkdfSha256::derive_keypair(secret);
        OpeningKey(Zeroizing::new(private.to_bytes().into()))
    }

    /// The key to seal to.
    pub fn sealing_key(&self) -> Result<SealingKey, SealError> {
        let private = self.private()?;
        let public = X25519HkdfSha256::sk_to_pk(&private);
        Ok(SealingKey(public.to_bytes().into()))
    }

    /// Opens a sealed text.
    ///
    /// # Errors
    /// [`SealError::Closed`] if it was not sealed to this key with this `info` and `aad`.
    pub fn open(&self, info: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (encapsulated, rest) = sealed
            .split_at_checked(ENCAPSULATED_BYTES)
            .ok_or(SealError::Closed)?;
        let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated)
            .map_err(|_| SealError::Closed)?;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.private()?,
            &encapsulated,
            info,
            rest,
            aad,
        )
        .map_err(|_| SealError::Closed)
    }

    fn private(&self) -> Result<<X25519HkdfSha256 as Kem>::PrivateKey, SealError> {
        <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(self.0.as_slice())
            .map_err(|_| SealError::Key)
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpeningKey(..)")
    }
}

impl fmt::Display for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SealingKey {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        SealingKey::from_bytes(decode_lower_hex(text).ok_or(SealError::Key)?)
    }
}

impl Serialize for SealingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SealingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(seed: u8) -> OpeningKey {
        OpeningKey::derive(&[seed; 32])
    }

    #[test]
    fn the_reader_opens_and_nobody_else() {
        let key = reader(1).sealing_key().expect("a key");
        let sealed = key.seal(b"for", b"at", b"a share").expect("seals");
        assert_eq!(sealed.len(), b"a share".len() + OVERHEAD_BYTES);
        assert_eq!(
            reader(1).open(b"for", b"at", &sealed),
            Ok(b"a share".to_vec())
        );
        assert_eq!(
            reader(2).open(b"for", b"at", &sealed),
            Err(SealError::Closed)
        );
    }

    #[test]
    fn a_sealed_text_cannot_be_moved_or_changed() {
        let key = reader(1).sealing_key().expect("a key");
        let sealed = key.seal(b"for", b"at", b"a share").expect("seals");
        assert_eq!(
            reader(1).open(b"other", b"at", &sealed),
            Err(SealError::Closed)
        );
        assert_eq!(
            reader(1).open(b"for", b"other", &sealed),
            Err(SealError::Closed)
        );
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(
                reader(1).open(b"for", b"at", &changed).is_err(),
                "byte {place}"
            );
        }
        for length in 0..sealed.len() {
            assert!(reader(1).open(b"for", b"at", &sealed[..length]).is_err());
        }
    }

    #[test]
    fn the_same_call_seals_the_same_and_another_randomness_something_else() {
        let key = reader(1).sealing_key().expect("a key");
        let seal = |randomness| key.seal_again(b"for", b"at", b"a share", &[randomness; 32]);
        assert_eq!(seal(5), seal(5));
        assert_ne!(seal(5), seal(6));
        let opened = reader(1).open(b"for", b"at", &seal(5).expect("seals"));
        assert_eq!(opened, Ok(b"a share".to_vec()));
    }

    #[test]
    fn a_point_of_small_order_is_no_key() {
        assert_eq!(SealingKey::from_bytes([0; 32]), Err(SealError::Key));
        let one = format!("01{}", "00".repeat(31));
        assert_eq!(one.parse::<SealingKey>(), Err(SealError::Key));
        assert!("zz".parse::<SealingKey>().is_err());
    }

    #[test]
    fn a_key_has_one_text() {
        let key = reader(3).sealing_key().expect("a key");
        assert_eq!(key.to_string().parse(), Ok(key));
        assert!(
            key.to_string()
                .to_uppercase()
                .parse::<SealingKey>()
                .is_err()
        );
    }
}
