//! What a ceremony gave: the public side of a shared key.

use core::num::NonZeroU32;

use commonware_codec::{Decode as _, Encode as _};
use commonware_cryptography::bls12381::dkg::feldman_desmedt::Output;
use commonware_cryptography::bls12381::primitives::ops::threshold;
use commonware_cryptography::bls12381::primitives::sharing::ModeVersion;
use commonware_parallel::Sequential;
use commonware_utils::N3f1;
use yilian_crypto::{Namespace, PublicKey};
use yilian_release::{GroupKey, ReleaseSignature, message};

use crate::{CeremonyError, MEMBERS_MAX, Member, Partial, PartialError, Scheme, key_of};

/// First byte of the encoding, before the library's own.
const VERSION: u8 = 1;

/// The public side of a shared key: the group's key, and that of each share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub(crate) output: Output<Scheme, Member>,
    key: GroupKey,
    holders: Vec<PublicKey>,
}

impl Outcome {
    pub(crate) fn of(output: Output<Scheme, Member>) -> Result<Self, CeremonyError> {
        let key = GroupKey::from_bytes(&output.public().public().encode())
            .map_err(|_| CeremonyError::Malformed("group key"))?;
        let holders = output
            .players()
            .iter()
            .map(key_of)
            .collect::<Result<_, _>>()?;
        Ok(Outcome {
            output,
            key,
            holders,
        })
    }

    /// The group's key.
    pub fn key(&self) -> &GroupKey {
        &self.key
    }

    /// Who holds shares, in the order of their indices.
    pub fn holders(&self) -> &[PublicKey] {
        &self.holders
    }

    /// Index of a member's share.
    pub fn index_of(&self, member: &PublicKey) -> Option<u32> {
        let place = self.holders.iter().position(|holder| holder == member)?;
        u32::try_from(place).ok()
    }

    /// How many shares make a release.
    pub fn threshold(&self) -> u32 {
        self.output.quorum::<N3f1>()
    }

    /// Holders whose shares had to be shown, because they did not acknowledge them. Their shares are no secret.
    pub fn revealed(&self) -> Result<Vec<PublicKey>, CeremonyError> {
        self.output.revealed().iter().map(key_of).collect()
    }

    /// The one encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[VERSION], self.output.encode().as_ref()].concat()
    }

    /// Reads what [`Outcome::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CeremonyError> {
        let malformed = CeremonyError::Malformed("outcome of a ceremony");
        let Some((&VERSION, rest)) = bytes.split_first() else {
            return Err(malformed);
        };
        let config = (members_max(), ModeVersion::v0());
        let output = Output::decode_cfg(rest.to_vec(), &config).map_err(|_| malformed.clone())?;
        let outcome = Outcome::of(output)?;
        if outcome.to_bytes() != bytes || !outcome.is_of_its_holders() {
            return Err(malformed);
        }
        Ok(outcome)
    }

    /// Whether the parts belong together; the library reads each for itself.
    fn is_of_its_holders(&self) -> bool {
        let (public, players) = (self.output.public(), self.output.players());
        let of_a_holder = |member| players.position(member).is_some();
        public.total().get() as usize == players.len()
            && public.required() == self.threshold()
            && self.output.revealed().iter().all(of_a_holder)
    }

    /// Whether a partial signature is that of its share on an identity.
    pub fn verify(
        &self,
        chain_id: &str,
        identity: &str,
        partial: &Partial,
    ) -> Result<(), PartialError> {
        let last = u32::try_from(self.holders.len())
            .unwrap_or(u32::MAX)
            .saturating_sub(1);
        let index = partial.index;
        if index > last {
            return Err(PartialError::Index { index, last });
        }
        let message = message(chain_id, &self.key, identity);
        let namespace = Namespace::Release.as_str().as_bytes();
        let public = self.output.public();
        threshold::verify_message::<Scheme>(public, namespace, &message, &partial.inner()?)
            .map_err(|_| PartialError::Forged { index })
    }

    /// The release that partial signatures make together. It is the same whichever they are, and it was verified with
    /// the group's key by the other implementation that outsiders use.
    pub fn recover(
        &self,
        chain_id: &str,
        identity: &str,
        partials: &[Partial],
    ) -> Result<ReleaseSignature, PartialError> {
        let required = self.threshold();
        let mut chosen: Vec<&Partial> = partials.iter().collect();
        chosen.sort_by_key(|partial| partial.index);
        chosen.dedup_by_key(|partial| partial.index);
        let found = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
        if found < required {
            return Err(PartialError::TooFew { found, required });
        }
        let chosen: Vec<_> = chosen
            .into_iter()
            .map(Partial::inner)
            .collect::<Result<_, _>>()?;
        let whole = threshold::recover::<Scheme, _>(self.output.public(), &chosen, &Sequential)
            .map_err(|_| PartialError::TooFew { found, required })?;
        let signature =
            ReleaseSignature::from_bytes(&whole.encode()).map_err(|_| PartialError::Point)?;
        match self.key.verify(chain_id, identity, &signature) {
            Ok(()) => Ok(signature),
            // One of them does not hold; find out which.
            Err(_) => Err(partials
                .iter()
                .find_map(|partial| self.verify(chain_id, identity, partial).err())
                .unwrap_or(PartialError::Point)),
        }
    }
}

pub(crate) fn members_max() -> NonZeroU32 {
    u32::try_from(MEMBERS_MAX)
        .ok()
        .and_then(NonZeroU32::new)
        .unwrap_or(NonZeroU32::MIN)
}
