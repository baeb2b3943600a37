//! Make a key that t of n centres hold, and sign with it.
//!
//! The cryptography is `commonware-cryptography`'s: Joint-Feldman key generation (Gennaro et al. 1999) and resharing
//! (Desmedt and Jajodia 1997) on BLS12-381, with signatures in G1. This crate is the only one that speaks to it; what
//! crosses its border are bytes and keys of ours.
//!
//! A [`Ceremony`] goes: each dealer deals ([`Ceremony::deal`]), each player acknowledges what reached it
//! ([`Ceremony::acknowledge`]), each dealer writes a log that shows the shares of those who did not
//! ([`Ceremony::log`]), and from the logs anybody computes the [`Outcome`], and each player its [`Share`]. Every step
//! depends on its inputs alone: a member that stopped does the same again.
//!
//! With n members, f = ⌊(n-1)/3⌋ of them absent or cheating do not stop a ceremony, and n - f shares make a release.

mod ceremony;
mod error;
mod lock;
mod outcome;
mod share;

pub use ceremony::{Ceremony, Dealing, Received, Shown};
pub use error::{CeremonyError, CeremonyFailure, PartialError};
pub use lock::{LOCKED_BYTES, LockError, LockedKey};
pub use outcome::Outcome;
pub use share::{Partial, Share};

use commonware_codec::{DecodeExt as _, Encode as _};
use commonware_cryptography::bls12381::primitives::variant::MinSig;
use commonware_cryptography::ed25519;
use yilian_crypto::{Namespace, PublicKey, SecretKey};

/// Signatures in G1, keys in G2: the short ones are those that are written down.
pub(crate) type Scheme = MinSig;
/// Members are known by their validator keys.
pub(crate) type Member = ed25519::PublicKey;

/// Most members of a group.
pub const MEMBERS_MAX: usize = 128;

/// What a share is sealed for and where it stands: `info` and `aad` of its sealing.
pub fn sealed_for(
    chain_id: &str,
    round: u64,
    dealer: &PublicKey,
    player: &PublicKey,
) -> (Vec<u8>, Vec<u8>) {
    let info = Namespace::Ceremony.prefix(&[b"share/", chain_id.as_bytes()]);
    let aad = [
        &round.to_be_bytes()[..],
        dealer.as_bytes(),
        player.as_bytes(),
    ]
    .concat();
    (info, aad)
}

pub(crate) fn member(key: &PublicKey) -> Result<Member, CeremonyError> {
    Member::decode(key.as_bytes().to_vec()).map_err(|_| CeremonyError::Member(*key))
}

pub(crate) fn signer(key: &SecretKey) -> Result<ed25519::PrivateKey, CeremonyError> {
    ed25519::PrivateKey::decode(key.seed().to_vec())
        .map_err(|_| CeremonyError::Member(key.public_key()))
}

pub(crate) fn key_of(member: &Member) -> Result<PublicKey, CeremonyError> {
    let bytes: Vec<u8> = member.encode().to_vec();
    <[u8; 32]>::try_from(bytes.as_slice())
        .ok()
        .and_then(|bytes| PublicKey::from_bytes(&bytes).ok())
        .ok_or(CeremonyError::Malformed("key of a member"))
}
