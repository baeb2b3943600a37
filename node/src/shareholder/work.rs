//! What this validator says in each phase, and its part of each waiting release.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;
use yilian_crypto::PublicKey;
use yilian_executor::release::{View, parameters_of};
use yilian_primitives::Height;
use yilian_release_records::{
    Ack, Acknowledge, Announce, Ceremony, Deal, Group, Log, Partial, Phase, Release, SealedShare,
    method,
};
use yilian_threshold::{Ceremony as Round, CeremonyError, Outcome, Received, Share, sealed_for};

use super::fault::fault;
use super::{HolderError, Message, ShareHolder, UNASKED};

/// Most waiting releases that are signed at one height.
const SIGNED_MAX: usize = 256;

fn message<T: Serialize>(
    name: String,
    method: &'static str,
    args: &T,
) -> Result<Message, HolderError> {
    let args = serde_json::to_value(args);
    Ok(Message {
        name,
        method,
        args: args.map_err(|error| HolderError::Other(error.to_string()))?,
    })
}

fn bytes(what: &str, text: &str) -> Result<Vec<u8>, HolderError> {
    let decoded = STANDARD.decode(text);
    decoded.map_err(|_| HolderError::Other(format!("{what} in the state is no base64")))
}

fn outcome(text: &str) -> Result<Outcome, HolderError> {
    Ok(Outcome::from_bytes(&bytes("the group's outcome", text)?)?)
}

impl ShareHolder {
    fn chain_id(&self) -> String {
        self.shared.executor.spec().chain_id.clone()
    }

    /// Says to which key shares are to be sealed, if the chain does not know it; and that a member whose share is no
    /// secret, or that has none, is back.
    pub(super) fn announcement(
        &self,
        view: &mut dyn View,
        group: Option<&Group>,
        ceremony: Option<&Ceremony>,
    ) -> Result<Option<Message>, HolderError> {
        let me = self.shared.key.public_key();
        let mine = self.secret.sealing_key();
        let mine = mine.map_err(|error| HolderError::Other(error.to_string()))?;
        let known = view.sealing_key(&me)?.as_deref() == Some(&mine.to_string());
        let without = |group: &Group| !group.holders.contains(&me) || group.revealed.contains(&me);
        let back = ceremony.is_none() && group.is_some_and(without);
        if known && !back {
            return Ok(None);
        }
        // Once for each group: the chain answers with a resharing when it is time for one.
        let round = group.map_or(0, |group| group.round);
        let height = self.shared.tip()?.header().height / ANNOUNCED_EVERY;
        let args = Announce {
            sealing_key: mine.to_string(),
        };
        let name = format!("announce/{round}/{known}/{height}");
        message(name, method::ANNOUNCE, &args).map(Some)
    }

    /// Says that this candidate's node runs. If the chain cannot take it in yet, it is said again later.
    pub(super) fn ready(&self, height: Height) -> Result<Message, HolderError> {
        let mine = self.secret.sealing_key();
        let mine = mine.map_err(|error| HolderError::Other(error.to_string()))?;
        let args = Announce {
            sealing_key: mine.to_string(),
        };
        let name = format!("{UNASKED}ready/{}", height / READY_EVERY);
        message(name, method::READY, &args)
    }

    /// What a ceremony wants of this validator now.
    pub(super) fn step(
        &mut self,
        view: &mut dyn View,
        ceremony: &Ceremony,
        group: Option<&Group>,
    ) -> Result<Option<Message>, HolderError> {
        let me = self.shared.key.public_key();
        let (round, phase) = (ceremony.round, ceremony.phase);
        let takes_part = match phase {
            Phase::Announce => false,
            Phase::Acknowledge => ceremony.members.contains(&me),
            Phase::Deal => ceremony.dealers.contains(&me),
            Phase::Log => {
                let dealt = view.messages::<Value>(round, Phase::Deal)?;
                dealt.iter().any(|(dealer, _)| *dealer == me)
            }
        };
        let given = view.messages::<Value>(round, phase)?;
        if !takes_part || given.iter().any(|(sender, _)| *sender == me) {
            return Ok(None);
        }
        let kept = match group.filter(|_| ceremony.reshare) {
            Some(group) => Some(outcome(&group.outcome)?),
            None => None,
        };
        // A dealer of a kept key deals its share of it; without one there is nothing to deal.
        let deals_share = ceremony.reshare && matches!(phase, Phase::Deal | Phase::Log);
        let share = match group.filter(|_| deals_share) {
            Some(group) => self.share(view, group)?,
            None => None,
        };
        if deals_share && share.is_none() {
            return Ok(None);
        }
        let parameters = parameters_of(&self.chain_id(), ceremony, kept.as_ref())?;
        let name = format!("{phase:?}/{round}");
        match phase {
            Phase::Announce => Ok(None),
            Phase::Deal => {
                let deal = self.deal(view, &parameters, ceremony, share.as_ref())?;
                message(name, method::DEAL, &deal).map(Some)
            }
            Phase::Acknowledge => {
                let acks = self.acknowledge(view, &parameters, ceremony)?;
                message(name, method::ACKNOWLEDGE, &acks).map(Some)
            }
            Phase::Log => {
                let log = self.log(view, &parameters, ceremony, share.as_ref())?;
                message(name, method::LOG, &log).map(Some)
            }
        }
    }

    fn deal(
        &self,
        view: &mut dyn View,
        parameters: &Round,
        ceremony: &Ceremony,
        share: Option<&Share>,
    ) -> Result<Deal, HolderError> {
        let (chain_id, key) = (self.chain_id(), &self.shared.key);
        let secret = self.secret.dealing(&chain_id, ceremony);
        let dealing = parameters.deal(key, &secret, share)?;
        let mut shares = Vec::with_capacity(dealing.shares.len());
        for (to, share) in &dealing.shares {
            // Whoever has not said where to send it will find it in the log.
            let Some(Ok(sealing)) = view.sealing_key(to)?.map(|key| key.parse()) else {
                continue;
            };
            let sealing: yilian_seal::SealingKey = sealing;
            let (info, aad) = sealed_for(&chain_id, ceremony.round, &key.public_key(), to);
            let sealed = sealing.seal(&info, &aad, share);
            let sealed = sealed.map_err(|error| HolderError::Other(error.to_string()))?;
            shares.push(SealedShare {
                to: *to,
                sealed: STANDARD.encode(sealed),
            });
        }
        Ok(Deal {
            round: ceremony.round,
            public: STANDARD.encode(&dealing.public),
            shares,
        })
    }

    /// The dealings that reached this validator: those whose share it can open.
    fn received(&self, view: &mut dyn View, round: u64) -> Result<Vec<Received>, HolderError> {
        let (chain_id, me) = (self.chain_id(), self.shared.key.public_key());
        let opening = self.secret.opening_key();
        let mut received = Vec::new();
        for (dealer, deal) in view.messages::<Deal>(round, Phase::Deal)? {
            let (info, aad) = sealed_for(&chain_id, round, &dealer, &me);
            let mine = deal.shares.iter().find(|share| share.to == me);
            let opened = mine
                .and_then(|share| STANDARD.decode(&share.sealed).ok())
                .and_then(|sealed| opening.open(&info, &aad, &sealed).ok());
            if let Some(share) = opened {
                received.push(Received {
                    dealer,
                    public: bytes("a dealing", &deal.public)?,
                    share,
                });
            }
        }
        Ok(received)
    }

    fn acknowledge(
        &self,
        view: &mut dyn View,
        parameters: &Round,
        ceremony: &Ceremony,
    ) -> Result<Acknowledge, HolderError> {
        let mut acks = Vec::new();
        for one in self.received(view, ceremony.round)? {
            match parameters.acknowledge(&self.shared.key, &one) {
                Ok(ack) => acks.push(Ack {
                    dealer: one.dealer,
                    ack: STANDARD.encode(ack),
                }),
                Err(error) => {
                    tracing::warn!(dealer = %one.dealer, %error, "a dealing does not hold");
                }
            }
        }
        Ok(Acknowledge {
            round: ceremony.round,
            acks,
        })
    }

    fn log(
        &self,
        view: &mut dyn View,
        parameters: &Round,
        ceremony: &Ceremony,
        share: Option<&Share>,
    ) -> Result<Log, HolderError> {
        let key = &self.shared.key;
        let me = key.public_key();
        let mut acks = Vec::new();
        for (player, given) in view.messages::<Acknowledge>(ceremony.round, Phase::Acknowledge)? {
            let mine = given.acks.iter().find(|ack| ack.dealer == me);
            if let Some(ack) = mine {
                acks.push((player, bytes("an acknowledgement", &ack.ack)?));
            }
        }
        let secret = self.secret.dealing(&self.chain_id(), ceremony);
        let log = parameters.log(key, &secret, share, &acks)?;
        Ok(Log {
            round: ceremony.round,
            log: STANDARD.encode(log),
        })
    }

    /// This validator's share of the group's key, if it has one.
    fn share(&mut self, view: &mut dyn View, group: &Group) -> Result<Option<Share>, HolderError> {
        if let Some((round, share)) = &self.share
            && *round == group.round
        {
            return Ok(Some(share.clone()));
        }
        let me: PublicKey = self.shared.key.public_key();
        if !group.holders.contains(&me) {
            return Ok(None);
        }
        let previous = group.previous.as_deref().map(outcome).transpose()?;
        let dealers = previous.as_ref().map_or(&*group.holders, Outcome::holders);
        let parameters = Round::new(
            &self.chain_id(),
            group.round,
            previous.as_ref(),
            dealers,
            &group.holders,
        )?;
        let received = self.received(view, group.round)?;
        let mut logs = Vec::new();
        for (_, log) in view.messages::<Log>(group.round, Phase::Log)? {
            logs.push(bytes("a log", &log.log)?);
        }
        let share = match parameters.share(&self.shared.key, &received, &logs) {
            Ok(share) => share,
            Err(error @ CeremonyError::Incomplete(_)) => {
                if self.lost != Some(group.round) {
                    tracing::warn!(round = group.round, %error, "this validator lost its share; it needs a resharing");
                    self.lost = Some(group.round);
                }
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        tracing::info!(
            round = group.round,
            index = share.index(),
            "this validator holds a share"
        );
        self.share = Some((group.round, share.clone()));
        Ok(Some(share))
    }

    /// This validator's parts of the releases that wait. What is read here is decided, and stays as it is.
    pub(super) fn partials(
        &mut self,
        view: &mut dyn View,
        group: &Group,
        waiting: &[Release],
    ) -> Result<Vec<Message>, HolderError> {
        let fault = fault();
        if waiting.is_empty() || !fault.signs() {
            return Ok(Vec::new());
        }
        let Some(share) = self.share(view, group)? else {
            return Ok(Vec::new());
        };
        let key = group.key.parse().map_err(|error| {
            HolderError::Other(format!("the group's key in the state: {error}"))
        })?;
        let (chain_id, round) = (self.chain_id(), group.round);
        let mut messages = Vec::new();
        for release in waiting.iter().take(SIGNED_MAX) {
            let given = view.partials(&release.identity, round)?;
            if given.iter().any(|partial| partial.index == share.index()) {
                continue;
            }
            let signed = share.sign(&chain_id, &key, &fault.signed(&release.identity));
            let signed = signed.map_err(|error| HolderError::Other(error.to_string()))?;
            let args = Partial {
                identity: release.identity.clone(),
                round,
                index: signed.index,
                signature: signed.signature.to_string(),
            };
            let name = format!("partial/{round}/{}", release.identity);
            messages.push(message(name, method::PARTIAL, &args)?);
        }
        Ok(messages)
    }
}

/// Blocks after which a candidate that was not taken in says again that it runs.
const READY_EVERY: u64 = 10;
/// Blocks after which a member that is back says so again.
const ANNOUNCED_EVERY: u64 = 60;
