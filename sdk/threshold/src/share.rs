//! A member's share, and what it signs with it.

use core::fmt;

use commonware_codec::{DecodeExt as _, Encode as _};
use commonware_cryptography::bls12381::primitives::group;
use commonware_cryptography::bls12381::primitives::ops::threshold;
use commonware_cryptography::bls12381::primitives::variant::{PartialSignature, Variant};
use commonware_utils::Participant;
use yilian_crypto::Namespace;
use yilian_release::{GroupKey, ReleaseSignature, message};
use zeroize::Zeroizing;

use crate::{PartialError, Scheme};

/// A member's part of the group's key.
#[derive(Clone)]
pub struct Share(pub(crate) group::Share);

/// A member's part of a release: which share, and a point of G1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partial {
    /// Which share made it.
    pub index: u32,
    /// The point; its form is that of a whole release.
    pub signature: ReleaseSignature,
}

impl Share {
    /// Place of the share among the group's.
    pub fn index(&self) -> u32 {
        self.0.index.get()
    }

    /// Signs an identity of a chain. The caller answers for the request being decided: what is signed is known.
    pub fn sign(
        &self,
        chain_id: &str,
        key: &GroupKey,
        identity: &str,
    ) -> Result<Partial, PartialError> {
        let message = message(chain_id, key, identity);
        let namespace = Namespace::Release.as_str().as_bytes();
        let signed = threshold::sign_message::<Scheme>(&self.0, namespace, &message);
        Ok(Partial {
            index: signed.index.get(),
            signature: ReleaseSignature::from_bytes(&signed.value.encode())
                .map_err(|_| PartialError::Point)?,
        })
    }

    /// The bytes that a key store keeps; secret.
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.encode().to_vec())
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({})", self.index())
    }
}

impl Partial {
    pub(crate) fn inner(&self) -> Result<PartialSignature<Scheme>, PartialError> {
        let value = <Scheme as Variant>::Signature::decode(self.signature.as_bytes().to_vec());
        Ok(PartialSignature {
            index: Participant::new(self.index),
            value: value.map_err(|_| PartialError::Point)?,
        })
    }
}
