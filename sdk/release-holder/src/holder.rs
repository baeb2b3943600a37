//! What a validator says in each phase.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use yilian_ceremony::{MessageError, decode};
use yilian_crypto::{PublicKey, SecretKey};
use yilian_release_records::{Ack, Acknowledge, Announce, Ceremony, Deal, Log, SealedShare};
use yilian_seal::{SealError, SealingKey};
use yilian_threshold::{Ceremony as Round, CeremonyError, Received, Share, sealed_for};

use crate::Secret;

/// Why a validator cannot do its part.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HolderError {
    /// The step cannot be taken; [`CeremonyError::Incomplete`] if the share is lost with an older secret.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// What others said is not readable. It was checked before, so the caller's records are damaged.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A share cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// A validator's part in one round.
pub struct Holder<'h> {
    /// The chain.
    pub chain_id: &'h str,
    /// The validator's key.
    pub key: &'h SecretKey,
    /// Its secret.
    pub secret: &'h Secret,
}

/// What a player acknowledges, and what it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// For everybody.
    pub message: Acknowledge,
    /// Dealers whose dealing does not hold for this player, with the reason. Only the player can see it.
    pub refused: Vec<(PublicKey, String)>,
}

impl Holder<'_> {
    /// To which key this validator's shares are to be sealed.
    pub fn announce(&self) -> Result<Announce, HolderError> {
        Ok(Announce {
            sealing_key: self.secret.sealing_key()?.to_string(),
        })
    }

    /// Deals to those who announced a key; the others will find their shares in the log. `share` is this validator's share
    /// of the key that is to be kept, if one is.
    pub fn deal(
        &self,
        parameters: &Round,
        ceremony: &Ceremony,
        announced: &BTreeMap<PublicKey, SealingKey>,
        share: Option<&Share>,
    ) -> Result<Deal, HolderError> {
        let secret = self.secret.dealing(self.chain_id, ceremony);
        let dealing = parameters.deal(self.key, &secret, share)?;
        let mut shares = Vec::with_capacity(dealing.shares.len());
        for (to, share) in &dealing.shares {
            if let Some(sealing) = announced.get(to) {
                let sealed = self.seal(ceremony.round, (to, sealing), share)?;
                shares.push(SealedShare { to: *to, sealed });
            }
        }
        Ok(Deal {
            round: ceremony.round,
            public: STANDARD.encode(&dealing.public),
            shares,
        })
    }

    fn seal(
        &self,
        round: u64,
        (to, sealing): (&PublicKey, &SealingKey),
        share: &[u8],
    ) -> Result<String, HolderError> {
        let (info, aad) = sealed_for(self.chain_id, round, &self.key.public_key(), to);
        let randomness = self.secret.sealing((&info, &aad), (to, sealing), share);
        let sealed = sealing.seal_again(&info, &aad, share, &randomness)?;
        Ok(STANDARD.encode(sealed))
    }

    /// Acknowledges the dealings whose share fits.
    pub fn acknowledge(
        &self,
        parameters: &Round,
        round: u64,
        deals: &[(PublicKey, Deal)],
    ) -> Result<Acknowledged, HolderError> {
        let (mut acks, mut refused) = (Vec::new(), Vec::new());
        for (dealer, deal) in deals {
            let Some(received) = self.receive(round, dealer, deal)? else {
                let reason = "it holds no share that this member can open".to_owned();
                refused.push((*dealer, reason));
                continue;
            };
            match parameters.acknowledge(self.key, &received) {
                Ok(ack) => acks.push(Ack {
                    dealer: *dealer,
                    ack: STANDARD.encode(ack),
                }),
                Err(error) => refused.push((*dealer, error.to_string())),
            }
        }
        let message = Acknowledge { round, acks };
        Ok(Acknowledged { message, refused })
    }

    /// The log of this validator's dealing: acknowledgements, and the shares of those who did not acknowledge.
    ///
    /// Two logs of one dealing with different acknowledgements show more shares than either; a caller that can be asked
    /// again keeps the first.
    pub fn log(
        &self,
        parameters: &Round,
        ceremony: &Ceremony,
        share: Option<&Share>,
        acknowledgements: &[(PublicKey, Acknowledge)],
    ) -> Result<Log, HolderError> {
        let me = self.key.public_key();
        let mut acks = Vec::new();
        for (player, given) in acknowledgements {
            if let Some(mine) = given.acks.iter().find(|ack| ack.dealer == me) {
                acks.push((*player, decode("ack", &mine.ack)?));
            }
        }
        let secret = self.secret.dealing(self.chain_id, ceremony);
        let log = parameters.log(self.key, &secret, share, &acks)?;
        Ok(Log {
            round: ceremony.round,
            log: STANDARD.encode(log),
        })
    }

    /// This validator's share of the key that the logs give.
    ///
    /// # Errors
    /// [`CeremonyError::Incomplete`] if a share that it acknowledged does not open any more.
    pub fn share(
        &self,
        parameters: &Round,
        round: u64,
        deals: &[(PublicKey, Deal)],
        logs: &[(PublicKey, Log)],
    ) -> Result<Share, HolderError> {
        let mut received = Vec::with_capacity(deals.len());
        for (dealer, deal) in deals {
            received.extend(self.receive(round, dealer, deal)?);
        }
        let logs: Result<Vec<_>, _> = logs
            .iter()
            .map(|(_, log)| decode("log", &log.log))
            .collect();
        Ok(parameters.share(self.key, &received, &logs?)?)
    }

    /// A dealing as it reached this validator: none if its share does not open.
    fn receive(
        &self,
        round: u64,
        dealer: &PublicKey,
        deal: &Deal,
    ) -> Result<Option<Received>, HolderError> {
        let me = self.key.public_key();
        let (info, aad) = sealed_for(self.chain_id, round, dealer, &me);
        let opening = self.secret.opening_key();
        let mine = deal.shares.iter().find(|share| share.to == me);
        let opened = mine
            .and_then(|share| decode("sealed", &share.sealed).ok())
            .and_then(|sealed| opening.open(&info, &aad, &sealed).ok());
        let Some(share) = opened else {
            return Ok(None);
        };
        Ok(Some(Received {
            dealer: *dealer,
            public: decode("public", &deal.public)?,
            share,
        }))
    }
}
