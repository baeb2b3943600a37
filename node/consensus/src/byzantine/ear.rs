//! Remembers what others said, to say it again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use malachite_core_consensus::{LivenessMsg, SignedConsensusMsg};
use malachite_engine::network::{Msg, NetworkEvent, NetworkRef};
use malachite_engine::util::streaming::StreamMessage;
use malachite_engine_byzantine::{Amnesia, Trigger};
use ractor::{Actor, ActorProcessingErr, ActorRef};
use rand::Rng as _;

use crate::context::YilianContext;
use crate::part::Part;

/// Most messages that are remembered.
const OLD_MAX: usize = 1_024;

/// A message that was sent once.
#[derive(Clone)]
pub(super) enum Old {
    Consensus(SignedConsensusMsg<YilianContext>),
    Liveness(LivenessMsg<YilianContext>),
    Part(StreamMessage<Part>),
}

/// What was heard; clones share it.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<VecDeque<Old>>>);

impl Heard {
    pub(super) fn remember(&self, old: Old) {
        let mut all = self.lock();
        if all.len() >= OLD_MAX {
            all.pop_front();
        }
        all.push_back(old);
    }

    /// Any of those that are remembered.
    pub(super) fn any(&self) -> Option<Old> {
        let all = self.lock();
        let place = rand::thread_rng().gen_range(0..all.len().max(1));
        all.get(place).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Old>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An event of the network, as the actor takes it.
pub(super) struct Event(NetworkEvent<YilianContext>);

impl From<NetworkEvent<YilianContext>> for Event {
    fn from(event: NetworkEvent<YilianContext>) -> Self {
        Event(event)
    }
}

/// The actor that listens.
pub(super) struct Ear {
    heard: Heard,
    amnesia: Arc<Amnesia<YilianContext>>,
}

impl Ear {
    /// Listens to a network from now on.
    pub(super) async fn listen(
        network: &NetworkRef<YilianContext>,
        heard: Heard,
        amnesia: Arc<Amnesia<YilianContext>>,
    ) -> Result<(), String> {
        let spawned = Actor::spawn(None, Ear { heard, amnesia }, ()).await;
        let (ear, _) = spawned.map_err(|error| error.to_string())?;
        let subscribed = network.cast(Msg::Subscribe(Box::new(ear)));
        subscribed.map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Actor for Ear {
    type Msg = Event;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Event>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(
        &self,
        _: ActorRef<Event>,
        Event(event): Event,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        match event {
            NetworkEvent::Vote(_, vote) => {
                let old = SignedConsensusMsg::Vote(vote);
                self.heard.remember(Old::Consensus(old));
            }
            NetworkEvent::Proposal(_, proposal) => {
                let said = &proposal.message;
                self.amnesia
                    .record_proposed_value(said.height, said.round, said.value);
                let old = SignedConsensusMsg::Proposal(proposal);
                self.heard.remember(Old::Consensus(old));
            }
            NetworkEvent::PolkaCertificate(_, certificate) => {
                let old = LivenessMsg::PolkaCertificate(certificate);
                self.heard.remember(Old::Liveness(old));
            }
            NetworkEvent::RoundCertificate(_, certificate) => {
                let old = LivenessMsg::SkipRoundCertificate(certificate);
                self.heard.remember(Old::Liveness(old));
            }
            NetworkEvent::ProposalPart(_, _, part) => self.heard.remember(Old::Part(part)),
            _ => {}
        }
        Ok(())
    }
}

/// One that forgets whenever it can.
pub(super) fn amnesia() -> Arc<Amnesia<YilianContext>> {
    Arc::new(Amnesia::new(Trigger::Always, None))
}
