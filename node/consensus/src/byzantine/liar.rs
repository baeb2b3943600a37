//! The proxy for what the engine's own does not do.

use std::sync::Arc;

use async_trait::async_trait;
use malachite_core_consensus::{LivenessMsg, SignedConsensusMsg};
use malachite_core_types::{Context as _, NilOrVal, Round, SignedVote, VoteType};
use malachite_engine::network::{Msg, NetworkRef, Status};
use malachite_engine::util::streaming::StreamMessage;
use malachite_engine_byzantine::Amnesia;
use malachite_signing::Signer as _;
use malachite_sync::{RawDecidedValue, Response, ValueResponse};
use ractor::{Actor, ActorProcessingErr, ActorRef};
use rand::Rng as _;

use super::Attack;
use super::ear::{Ear, Heard, Old, amnesia};
use crate::context::{BlockValue, Height, Vote, YilianContext};
use crate::part::stream_id;
use crate::signing::Signer;

/// How many old messages are said again with every vote.
const REPLAYS: usize = 8;
/// How far above its own the height is that a liar claims.
const HEIGHTS_CLAIMED: u64 = 1_000;
/// How far above its own the heights are at which it votes already.
const HEIGHTS_VOTED: u64 = 3;

/// Stands before a network.
pub(super) struct Liar {
    attack: Attack,
    network: NetworkRef<YilianContext>,
    signer: Signer,
    heard: Heard,
    amnesia: Arc<Amnesia<YilianContext>>,
}

type Handled = Result<(), ActorProcessingErr>;

impl Liar {
    pub(super) async fn stand_before(
        network: NetworkRef<YilianContext>,
        attack: Attack,
        signer: Signer,
    ) -> Result<NetworkRef<YilianContext>, String> {
        let (heard, amnesia) = (Heard::default(), amnesia());
        Ear::listen(&network, heard.clone(), Arc::clone(&amnesia)).await?;
        let liar = Liar {
            attack,
            network,
            signer,
            heard,
            amnesia,
        };
        let spawned = Actor::spawn(None, liar, ()).await;
        Ok(spawned.map_err(|error| error.to_string())?.0)
    }

    fn send(&self, message: Msg<YilianContext>) -> Handled {
        let sent = self.network.cast(message);
        sent.map_err(|error| ActorProcessingErr::from(error.to_string()))
    }

    /// The vote of somebody who was never locked on anything.
    async fn forgetful(
        &self,
        signed: SignedVote<YilianContext>,
    ) -> Result<SignedVote<YilianContext>, ActorProcessingErr> {
        let Vote {
            kind,
            height,
            round,
            value,
            address,
        } = signed.message.clone();
        let other = match (kind, value) {
            (VoteType::Prevote, NilOrVal::Nil) => {
                let proposed = self.amnesia.try_override_nil_prevote(height, round);
                proposed.map(|value| {
                    YilianContext.new_prevote(height, round, NilOrVal::Val(value), address)
                })
            }
            (VoteType::Precommit, NilOrVal::Val(_)) if round == Round::new(0) => {
                Some(YilianContext.new_precommit(height, round, NilOrVal::Nil, address))
            }
            _ => None,
        };
        match other {
            Some(vote) => Ok(self.signer.sign_vote(vote).await?),
            None => Ok(signed),
        }
    }

    /// Says old things, of any height that is remembered.
    fn replay(&self, height: Height) -> Handled {
        for _ in 0..REPLAYS {
            match self.heard.any() {
                Some(Old::Consensus(old)) => self.send(Msg::PublishConsensusMsg(old))?,
                Some(Old::Liveness(old)) => self.send(Msg::PublishLivenessMsg(old))?,
                Some(Old::Part(old)) => {
                    // Once as it was, and once as if it belonged to what is decided at the moment.
                    let id = stream_id(height.0, 0, rand::thread_rng().gen_range(0..4));
                    let moved = StreamMessage::new(id, old.sequence, old.content.clone());
                    self.send(Msg::PublishProposalPart(old))?;
                    self.send(Msg::PublishProposalPart(moved))?;
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// Blocks that are not what their certificates name.
fn false_values(response: Response<YilianContext>) -> Response<YilianContext> {
    let Response::ValueResponse(response) = response;
    let falsified = response.values.into_iter().map(|value| {
        let mut bytes = value.value_bytes.to_vec();
        let place = rand::thread_rng().gen_range(0..bytes.len().max(1));
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= 1;
        }
        RawDecidedValue::new(bytes.into(), value.certificate)
    });
    Response::ValueResponse(ValueResponse::new(
        response.start_height,
        falsified.collect(),
    ))
}

#[async_trait]
impl Actor for Liar {
    type Msg = Msg<YilianContext>;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Self::Msg>, (): ()) -> Handled {
        Ok(())
    }

    async fn handle(&self, _: ActorRef<Self::Msg>, message: Self::Msg, (): &mut ()) -> Handled {
        match (self.attack, message) {
            (Attack::Amnesia, Msg::PublishConsensusMsg(SignedConsensusMsg::Vote(vote))) => {
                let vote = SignedConsensusMsg::Vote(self.forgetful(vote).await?);
                self.send(Msg::PublishConsensusMsg(vote))
            }
            (Attack::Amnesia, Msg::PublishConsensusMsg(SignedConsensusMsg::Proposal(own))) => {
                let said: &crate::context::Proposal = &own.message;
                let value: BlockValue = said.value;
                self.amnesia
                    .record_proposed_value(said.height, said.round, value);
                self.send(Msg::PublishConsensusMsg(SignedConsensusMsg::Proposal(own)))
            }
            // What it really voted must not come out this way.
            (Attack::Amnesia, Msg::PublishLivenessMsg(LivenessMsg::Vote(_))) => Ok(()),
            (Attack::StaleReplays, Msg::PublishConsensusMsg(said)) => {
                let height = match &said {
                    SignedConsensusMsg::Vote(vote) => vote.message.height,
                    SignedConsensusMsg::Proposal(proposal) => proposal.message.height,
                };
                self.heard.remember(Old::Consensus(said.clone()));
                self.send(Msg::PublishConsensusMsg(said))?;
                self.replay(height)
            }
            (Attack::FalseSync, Msg::BroadcastStatus(status)) => {
                let tip = Height(status.tip_height.0.saturating_add(HEIGHTS_CLAIMED));
                self.send(Msg::BroadcastStatus(Status::new(
                    tip,
                    status.history_min_height,
                )))
            }
            (Attack::FalseSync, Msg::PublishConsensusMsg(SignedConsensusMsg::Vote(vote))) => {
                let mut ahead = vote.message.clone();
                ahead.height = Height(ahead.height.0.saturating_add(HEIGHTS_VOTED));
                let ahead = SignedConsensusMsg::Vote(self.signer.sign_vote(ahead).await?);
                self.send(Msg::PublishConsensusMsg(SignedConsensusMsg::Vote(vote)))?;
                self.send(Msg::PublishConsensusMsg(ahead))
            }
            (Attack::FalseSync, Msg::OutgoingResponse(id, response)) => {
                self.send(Msg::OutgoingResponse(id, false_values(response)))
            }
            (_, message) => self.send(message),
        }
    }
}
