//! Locking a key to a release: nobody has it before the release, and everybody after.
//!
//! Identity-based encryption (Boneh and Franklin 2001) with the transform of Fujisaki and Okamoto, where the identity is the
//! message that the group signs and the decryption key its signature. 160 bytes: a point of G2, and two blocks of 32.

use core::fmt;
use core::str::FromStr;

use commonware_codec::{DecodeExt as _, Encode as _};
use commonware_cryptography::bls12381::primitives::variant::Variant;
use commonware_cryptography::bls12381::tle::{self, Block, Ciphertext};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use thiserror::Error;
use yilian_crypto::{Namespace, decode_lower_hex};
use yilian_release::{GroupKey, ReleaseSignature, message};
use zeroize::Zeroizing;

use crate::Scheme;

/// Bytes of a locked key.
pub const LOCKED_BYTES: usize = 160;

/// A key that opens with a release.
#[derive(Clone, PartialEq, Eq)]
pub struct LockedKey(Ciphertext<Scheme>);

/// What cannot be locked or unlocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LockError {
    /// The bytes are none.
    #[error(
        "no locked key: expected {LOCKED_BYTES} bytes as lower-case hexadecimal digits, as lock makes them"
    )]
    Form,
    /// The group's key is no point to lock to.
    #[error("the group key is none that a key can be locked to")]
    GroupKey,
    /// Another release, or something that was changed.
    #[error("the release does not open this key: it is locked to another one, or was changed")]
    Closed,
}

impl LockedKey {
    /// Locks a key to the release of an identity by a group. `randomness` is 32 fresh secret bytes.
    ///
    /// # Errors
    /// [`LockError::GroupKey`] if the group's key is the neutral element.
    pub fn lock(
        chain_id: &str,
        group: &GroupKey,
        identity: &str,
        secret: &[u8; 32],
        randomness: &[u8; 32],
    ) -> Result<Self, LockError> {
        let public = <Scheme as Variant>::Public::decode(group.as_bytes().to_vec());
        let public = public.map_err(|_| LockError::GroupKey)?;
        let signed = message(chain_id, group, identity);
        let namespace = Namespace::Release.as_str().as_bytes();
        let mut random = ChaCha20Rng::from_seed(*randomness);
        let block = Zeroizing::new(Block::new(*secret));
        let locked = tle::encrypt::<_, Scheme>(&mut random, public, (namespace, &signed), &block);
        locked.map(LockedKey).map_err(|_| LockError::GroupKey)
    }

    /// Opens it with the release. That the release is the group's is for the caller to check.
    ///
    /// # Errors
    /// [`LockError::Closed`] if it is locked to another release, or was changed.
    pub fn unlock(&self, release: &ReleaseSignature) -> Result<Zeroizing<[u8; 32]>, LockError> {
        let signature = <Scheme as Variant>::Signature::decode(release.as_bytes().to_vec());
        let signature = signature.map_err(|_| LockError::Closed)?;
        let block = tle::decrypt::<Scheme>(&signature, &self.0).ok_or(LockError::Closed)?;
        let bytes: &[u8] = block.as_ref();
        bytes
            .try_into()
            .map(Zeroizing::new)
            .map_err(|_| LockError::Closed)
    }
}

impl fmt::Display for LockedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.encode() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for LockedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LockedKey({self})")
    }
}

impl FromStr for LockedKey {
    type Err = LockError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes: [u8; LOCKED_BYTES] = decode_lower_hex(text).ok_or(LockError::Form)?;
        let read = Ciphertext::<Scheme>::decode(bytes.to_vec());
        read.map(LockedKey).map_err(|_| LockError::Form)
    }
}
