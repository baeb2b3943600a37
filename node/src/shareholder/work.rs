//! What this validator says in each phase, and its part of each waiting release.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use yilian_ceremony::{decode, parameters_of};
use yilian_crypto::PublicKey;
use yilian_executor::release::View;
use yilian_primitives::Height;
use yilian_release_holder::{Holder, HolderError};
use yilian_release_records::{
    Acknowledge, Ceremony, Deal, Group, Log, Partial, Phase, Release, method,
};
use yilian_seal::SealingKey;
use yilian_threshold::{Ceremony as Round, CeremonyError, Outcome, Share};

use super::fault::fault;
use super::{Message, ShareHolder, UNASKED, WorkError};

/// Most waiting releases that are signed at one height.
const SIGNED_MAX: usize = 256;

fn message<T: Serialize>(
    name: String,
    method: &'static str,
    args: &T,
) -> Result<Message, WorkError> {
    let args = serde_json::to_value(args);
    Ok(Message {
        name,
        method,
        args: args.map_err(|error| WorkError::Other(error.to_string()))?,
    })
}

fn outcome(text: &str) -> Result<Outcome, WorkError> {
    let bytes = decode("the group's outcome in the state", text).map_err(HolderError::from)?;
    Ok(Outcome::from_bytes(&bytes)?)
}

impl ShareHolder {
    fn chain_id(&self) -> String {
        self.shared.executor.spec().chain_id.clone()
    }

    fn holder<'h>(&'h self, chain_id: &'h str) -> Holder<'h> {
        Holder {
            chain_id,
            key: &self.shared.key,
            secret: &self.secret,
        }
    }

    /// Says to which key shares are to be sealed, if the chain does not know it; and that a member whose share is no
    /// secret, or that has none, is back.
    pub(super) fn announcement(
        &self,
        view: &mut dyn View,
        group: Option<&Group>,
        ceremony: Option<&Ceremony>,
    ) -> Result<Option<Message>, WorkError> {
        let me = self.shared.key.public_key();
        let args = self.holder(&self.chain_id()).announce()?;
        let known = view.sealing_key(&me)?.as_ref() == Some(&args.sealing_key);
        let without = |group: &Group| !group.holders.contains(&me) || group.revealed.contains(&me);
        let back = ceremony.is_none() && group.is_some_and(without);
        if known && !back {
            return Ok(None);
        }
        // Once for each group: the chain answers with a resharing when it is time for one.
        let round = group.map_or(0, |group| group.round);
        let height = self.shared.tip()?.header().height / ANNOUNCED_EVERY;
        let name = format!("announce/{round}/{known}/{height}");
        message(name, method::ANNOUNCE, &args).map(Some)
    }

    /// Says that this candidate's node runs. If the chain cannot take it in yet, it is said again later.
    pub(super) fn ready(&self, height: Height) -> Result<Message, WorkError> {
        let args = self.holder(&self.chain_id()).announce()?;
        let name = format!("{UNASKED}ready/{}", height / READY_EVERY);
        message(name, method::READY, &args)
    }

    /// What a ceremony wants of this validator now.
    pub(super) fn step(
        &mut self,
        view: &mut dyn View,
        ceremony: &Ceremony,
        group: Option<&Group>,
    ) -> Result<Option<Message>, WorkError> {
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
        self.say(view, &parameters, ceremony, share.as_ref())
    }

    fn say(
        &self,
        view: &mut dyn View,
        parameters: &Round,
        ceremony: &Ceremony,
        share: Option<&Share>,
    ) -> Result<Option<Message>, WorkError> {
        let (round, phase, chain_id) = (ceremony.round, ceremony.phase, self.chain_id());
        let holder = self.holder(&chain_id);
        let name = format!("{phase:?}/{round}");
        match phase {
            Phase::Announce => Ok(None),
            Phase::Deal => {
                let announced = announced(view, &ceremony.members)?;
                let deal = holder.deal(parameters, ceremony, &announced, share)?;
                message(name, method::DEAL, &deal).map(Some)
            }
            Phase::Acknowledge => {
                let deals = view.messages::<Deal>(round, Phase::Deal)?;
                let said = holder.acknowledge(parameters, round, &deals)?;
                for (dealer, reason) in &said.refused {
                    tracing::warn!(%dealer, %reason, "a dealing does not hold");
                }
                message(name, method::ACKNOWLEDGE, &said.message).map(Some)
            }
            Phase::Log => {
                let acks = view.messages::<Acknowledge>(round, Phase::Acknowledge)?;
                let log = holder.log(parameters, ceremony, share, &acks)?;
                message(name, method::LOG, &log).map(Some)
            }
        }
    }

    /// This validator's share of the group's key, if it has one.
    fn share(&mut self, view: &mut dyn View, group: &Group) -> Result<Option<Share>, WorkError> {
        if let Some((round, share)) = &self.share
            && *round == group.round
        {
            return Ok(Some(share.clone()));
        }
        let me: PublicKey = self.shared.key.public_key();
        if !group.holders.contains(&me) {
            return Ok(None);
        }
        let chain_id = self.chain_id();
        let previous = group.previous.as_deref().map(outcome).transpose()?;
        let dealers = previous.as_ref().map_or(&*group.holders, Outcome::holders);
        let parameters = Round::new(
            &chain_id,
            group.round,
            previous.as_ref(),
            dealers,
            &group.holders,
        )?;
        let deals = view.messages::<Deal>(group.round, Phase::Deal)?;
        let logs = view.messages::<Log>(group.round, Phase::Log)?;
        let made = self
            .holder(&chain_id)
            .share(&parameters, group.round, &deals, &logs);
        let share = match made {
            Ok(share) => share,
            Err(HolderError::Ceremony(error @ CeremonyError::Incomplete(_))) => {
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
    ) -> Result<Vec<Message>, WorkError> {
        let fault = fault();
        if waiting.is_empty() || !fault.signs() {
            return Ok(Vec::new());
        }
        let Some(share) = self.share(view, group)? else {
            return Ok(Vec::new());
        };
        let key = group
            .key
            .parse()
            .map_err(|error| WorkError::Other(format!("the group's key in the state: {error}")))?;
        let (chain_id, round) = (self.chain_id(), group.round);
        let mut messages = Vec::new();
        for release in waiting.iter().take(SIGNED_MAX) {
            let given = view.partials(&release.identity, round)?;
            if given.iter().any(|partial| partial.index == share.index()) {
                continue;
            }
            let signed = share.sign(&chain_id, &key, &fault.signed(&release.identity));
            let signed = signed.map_err(|error| WorkError::Other(error.to_string()))?;
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

/// Members that said to which key their shares are to be sealed.
fn announced(
    view: &mut dyn View,
    members: &[PublicKey],
) -> Result<BTreeMap<PublicKey, SealingKey>, WorkError> {
    let mut found = BTreeMap::new();
    for member in members {
        if let Some(Ok(key)) = view.sealing_key(member)?.map(|key| key.parse()) {
            found.insert(*member, key);
        }
    }
    Ok(found)
}
