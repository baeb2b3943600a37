//! One round of making, or of resharing, a key.

use commonware_codec::{Decode as _, DecodeExt as _, Encode as _, Read as _};
use commonware_cryptography::bls12381::dkg::feldman_desmedt::{
    Dealer, DealerLog, DealerLogSummary, DealerPrivMsg, DealerPubMsg, Failure, Info, Logs, Player,
    PlayerAck, Reveal, SignedDealerLog, observe,
};
use commonware_cryptography::bls12381::primitives::sharing::Mode;
use commonware_cryptography::ed25519;
use commonware_parallel::Sequential;
use commonware_utils::{N3f1, TryCollect as _, ordered::Set};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use yilian_crypto::{Digest, Namespace, PublicKey, SecretKey};
use zeroize::Zeroizing;

use crate::outcome::members_max;
use crate::{
    CeremonyError, CeremonyFailure, MEMBERS_MAX, Member, Outcome, Scheme, Share, key_of, member,
    signer,
};

/// The public parameters of a round; everybody who takes part has the same.
#[derive(Clone, Debug)]
pub struct Ceremony {
    info: Info<Scheme, Member>,
}

/// What a dealer gives.
pub struct Dealing {
    /// For everybody: what the shares are held against.
    pub public: Vec<u8>,
    /// For each player its share, 32 bytes; secret, for that player alone.
    pub shares: Vec<(PublicKey, Zeroizing<Vec<u8>>)>,
}

/// A dealing as it reached a player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Who dealt; the caller has made sure of it.
    pub dealer: PublicKey,
    /// What the dealer told everybody.
    pub public: Vec<u8>,
    /// The share for this player, opened.
    pub share: Vec<u8>,
}

/// What a log shows of its dealing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Who signed it.
    pub dealer: PublicKey,
    /// The public part of the dealing that it is about.
    pub public: Vec<u8>,
    /// Players whose shares stand in it. None: too many were silent, so it shows nothing and cannot be used.
    pub revealed: Option<Vec<PublicKey>>,
}

impl Ceremony {
    /// A round. `previous` is what holds now, if the key is to be kept: then dealers are among its holders.
    ///
    /// # Errors
    /// If a list is empty, too long or not a set, or dealers are fewer than the threshold of `previous`.
    pub fn new(
        chain_id: &str,
        round: u64,
        previous: Option<&Outcome>,
        dealers: &[PublicKey],
        players: &[PublicKey],
    ) -> Result<Self, CeremonyError> {
        let set = |keys: &[PublicKey], what: &str| -> Result<Set<Member>, CeremonyError> {
            if keys.len() > MEMBERS_MAX {
                let reason = format!("{} {what}: expected at most {MEMBERS_MAX}", keys.len());
                return Err(CeremonyError::Parameters(reason));
            }
            let members = keys.iter().map(member).collect::<Result<Vec<_>, _>>()?;
            let twice = |_| CeremonyError::Parameters(format!("one of the {what} stands twice"));
            members.into_iter().try_collect().map_err(twice)
        };
        let namespace = [
            Namespace::Ceremony.as_str().as_bytes(),
            &[0],
            chain_id.as_bytes(),
        ]
        .concat();
        let dealers = set(dealers, "dealers")?;
        let sorted = set(players, "players")?;
        let info = Info::new::<N3f1>(
            &namespace,
            round,
            previous.map(|outcome| outcome.output.clone()),
            Mode::NonZeroCounter,
            Reveal::V1,
            dealers,
            sorted,
        )
        .map_err(|error| CeremonyError::Parameters(error.to_string()))?;
        Ok(Ceremony { info })
    }

    /// Deals. The same `secret`, 32 bytes that only this dealer knows and uses for this round alone, gives the same
    /// dealing; `share` is the dealer's share of the key that is to be kept.
    pub fn deal(
        &self,
        key: &SecretKey,
        secret: &[u8; 32],
        share: Option<&Share>,
    ) -> Result<Dealing, CeremonyError> {
        let (_, public, shares) = self.dealer(key, secret, share)?;
        let shares = shares
            .into_iter()
            .map(|(player, share)| Ok((key_of(&player)?, Zeroizing::new(share.encode().to_vec()))))
            .collect::<Result<_, CeremonyError>>()?;
        Ok(Dealing {
            public: public.encode().to_vec(),
            shares,
        })
    }

    /// Whether bytes can be the public part of a dealing. Whether its shares fit only players see.
    pub fn check_public(&self, public: &[u8]) -> Result<(), CeremonyError> {
        self.public_message(public).map(|_| ())
    }

    /// A player's acknowledgement of a dealing whose share fits.
    ///
    /// # Errors
    /// If the share does not fit: then the player stays silent, and the dealer has to show the share in its log.
    pub fn acknowledge(
        &self,
        key: &SecretKey,
        received: &Received,
    ) -> Result<Vec<u8>, CeremonyError> {
        let mut player = Player::new(self.info.clone(), signer(key)?)
            .map_err(|_| CeremonyError::Member(key.public_key()))?;
        let ack = self.take(&mut player, received)?;
        let ack = ack.ok_or(CeremonyError::Malformed("a dealing that came twice"))?;
        Ok(ack.encode().to_vec())
    }

    /// Whether bytes can be an acknowledgement.
    pub fn check_acknowledgement(ack: &[u8]) -> Result<(), CeremonyError> {
        acknowledgement(ack).map(|_| ())
    }

    /// A dealer's signed log: the acknowledgements that came, and in place of the others the shares. With more than f
    /// missing it shows none and cannot be used. Acknowledgements that do not hold are left out.
    pub fn log(
        &self,
        key: &SecretKey,
        secret: &[u8; 32],
        share: Option<&Share>,
        acks: &[(PublicKey, Vec<u8>)],
    ) -> Result<Vec<u8>, CeremonyError> {
        let (mut dealer, _, _) = self.dealer(key, secret, share)?;
        for (player, ack) in acks {
            let (Ok(player), Ok(ack)) = (member(player), acknowledgement(ack)) else {
                continue;
            };
            // One that does not hold counts as silence.
            let _ = dealer.receive_player_ack(player, ack);
        }
        Ok(dealer.finalize::<N3f1>().encode().to_vec())
    }

    /// Who signed a log. One that shows nothing, because too many players were silent, is nobody's fault and of no use.
    ///
    /// # Errors
    /// If it is not readable or not signed for this round, or if what it shows is wrong: that is its dealer's fault.
    pub fn check_log(&self, log: &[u8]) -> Result<PublicKey, CeremonyError> {
        let (dealer, one) = self.signed_log(log)?;
        let name = key_of(&dealer)?;
        let mut logs = Logs::<Scheme, Member, N3f1>::new(self.info.clone());
        logs.record(dealer, one);
        let fault = match observe(&mut checking_rng(&[log]), logs, &Sequential) {
            Ok(_) => None,
            Err(Failure::InsufficientLogs { faults, .. }) => {
                let mut reasons = faults.iter_pairs().map(|(_, reason)| reason.to_string());
                reasons.next()
            }
        };
        match fault {
            None => Ok(name),
            Some(reason) => Err(CeremonyError::Log {
                dealer: name,
                reason,
            }),
        }
    }

    /// What a log shows. Whether it holds [`Ceremony::check_log`] says.
    ///
    /// # Errors
    /// If it is not readable or not signed for this round.
    pub fn shown(&self, log: &[u8]) -> Result<Shown, CeremonyError> {
        let (dealer, one) = self.signed_log(log)?;
        let revealed = match one.summary() {
            DealerLogSummary::TooManyReveals => None,
            DealerLogSummary::Ok { reveals, .. } => {
                Some(reveals.iter().map(key_of).collect::<Result<_, _>>()?)
            }
        };
        // A log begins with the public part of its dealing.
        let public = DealerPubMsg::<Scheme>::read_cfg(&mut one.encode(), &members_max())
            .map_err(|_| CeremonyError::Malformed("log of a dealer"))?;
        Ok(Shown {
            dealer: key_of(&dealer)?,
            public: public.encode().to_vec(),
            revealed,
        })
    }

    /// What logs give together; the same for everybody who has the same logs.
    pub fn outcome(
        &self,
        logs: &[Vec<u8>],
    ) -> Result<Result<Outcome, CeremonyFailure>, CeremonyError> {
        let (collected, mut rng) = self.collect(logs)?;
        match observe(&mut rng, collected, &Sequential) {
            Ok(output) => Outcome::of(output).map(Ok),
            Err(failure) => failed(failure).map(Err),
        }
    }

    /// A player's share, from the dealings that reached it and everybody's logs.
    pub fn share(
        &self,
        key: &SecretKey,
        received: &[Received],
        logs: &[Vec<u8>],
    ) -> Result<Share, CeremonyError> {
        let mut player = Player::new(self.info.clone(), signer(key)?)
            .map_err(|_| CeremonyError::Member(key.public_key()))?;
        for one in received {
            // A dealing that does not fit is either not among those selected, or its share stands in the log.
            let _ = self.take(&mut player, one);
        }
        let (collected, mut rng) = self.collect(logs)?;
        match player.finalize::<N3f1>(&mut rng, collected, &Sequential) {
            Ok((_, share)) => Ok(Share(share)),
            Err(error) => Err(CeremonyError::Incomplete(error.to_string())),
        }
    }

    #[allow(clippy::type_complexity, reason = "as the library gives it")]
    fn dealer(
        &self,
        key: &SecretKey,
        secret: &[u8; 32],
        share: Option<&Share>,
    ) -> Result<
        (
            Dealer<Scheme, ed25519::PrivateKey>,
            DealerPubMsg<Scheme>,
            Vec<(Member, DealerPrivMsg)>,
        ),
        CeremonyError,
    > {
        let mut rng = ChaCha20Rng::from_seed(*secret);
        Dealer::start::<N3f1>(
            &mut rng,
            self.info.clone(),
            signer(key)?,
            share.map(|share| share.0.clone()),
        )
        .map_err(|error| CeremonyError::Parameters(error.to_string()))
    }

    fn take(
        &self,
        player: &mut Player<Scheme, ed25519::PrivateKey>,
        received: &Received,
    ) -> Result<Option<PlayerAck<Member>>, CeremonyError> {
        let public = self.public_message(&received.public)?;
        let share = DealerPrivMsg::decode(received.share.clone())
            .map_err(|_| CeremonyError::Malformed("share of a dealing"))?;
        player
            .dealer_message::<N3f1>(member(&received.dealer)?, public, share)
            .map_err(|error| CeremonyError::Dealing(error.to_string()))
    }

    fn public_message(&self, public: &[u8]) -> Result<DealerPubMsg<Scheme>, CeremonyError> {
        DealerPubMsg::decode_cfg(public.to_vec(), &members_max())
            .map_err(|_| CeremonyError::Malformed("public part of a dealing"))
    }

    fn signed_log(&self, log: &[u8]) -> Result<(Member, DealerLog<Scheme, Member>), CeremonyError> {
        SignedDealerLog::<Scheme, Member>::decode_cfg(log.to_vec(), &members_max())
            .ok()
            .and_then(|log| log.check(&self.info))
            .ok_or(CeremonyError::Malformed("log of a dealer"))
    }

    fn collect(
        &self,
        logs: &[Vec<u8>],
    ) -> Result<(Logs<Scheme, Member, N3f1>, ChaCha20Rng), CeremonyError> {
        let mut collected = Logs::new(self.info.clone());
        for log in logs {
            let (dealer, log) = self.signed_log(log)?;
            collected.record(dealer, log);
        }
        let bytes: Vec<&[u8]> = logs.iter().map(Vec::as_slice).collect();
        Ok((collected, checking_rng(&bytes)))
    }
}

/// Coefficients for checking many things at once. They follow from what is checked, so that everybody has the same and
/// nobody can choose logs to fit coefficients it knows beforehand.
fn checking_rng(logs: &[&[u8]]) -> ChaCha20Rng {
    let digests: Vec<u8> = logs
        .iter()
        .flat_map(|log| *Digest::sha256(log).as_bytes())
        .collect();
    let seed = Digest::tagged(Namespace::Ceremony, &digests);
    ChaCha20Rng::from_seed(*seed.as_bytes())
}

fn acknowledgement(ack: &[u8]) -> Result<PlayerAck<Member>, CeremonyError> {
    PlayerAck::decode(ack.to_vec())
        .map_err(|_| CeremonyError::Malformed("acknowledgement of a dealing"))
}

fn failed(failure: Failure<Member>) -> Result<CeremonyFailure, CeremonyError> {
    let Failure::InsufficientLogs {
        required,
        found,
        faults,
        unavailable,
    } = failure;
    Ok(CeremonyFailure {
        required,
        found,
        faults: faults
            .iter_pairs()
            .map(|(dealer, reason)| Ok((key_of(dealer)?, reason.to_string())))
            .collect::<Result<_, CeremonyError>>()?,
        absent: unavailable.iter().map(key_of).collect::<Result<_, _>>()?,
    })
}
