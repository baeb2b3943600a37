//! Answers the engine, from a thread of its own that owns the chain.
//!
//! The engine asks one thing at a time and waits for each answer, but for `Decided` and `Finalized`. Whatever an answer
//! promises is durable before it is given.

mod ahead;
mod decide;
mod propose;
mod receive;
mod sync;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use malachite_app_channel::{AppMsg, NetworkMsg, NetworkRequest, Reply};
use malachite_core_consensus::ProposedValue;
use malachite_core_types::{Round, Validity};
use malachite_engine::host::{HeightParams, Next};
use malachite_peer::PeerId;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use yilian_crash_point::{Point, pass};
use yilian_crypto::SecretKey;
use yilian_primitives::{Address, BlockRef, Height};

use crate::config::Timing;
use crate::context::{self, BlockValue, YilianContext};
use crate::handle::Status;
use crate::height_params::height_params;
use crate::inbox::{Inbound, Inbox};
use crate::pacing::{self, Due, Signs};
use crate::part::{PartFin, PartInit, Proposed};
use crate::port::{Chain, ChainError, KeptProposal};
use crate::roster::{Roster, peer_ids};
use crate::streams::Streams;
use crate::tally::Tally;

/// The application's state. All of it but the chain may be lost in a crash.
pub(crate) struct App<C> {
    pub(crate) chain: C,
    pub(crate) chain_id: String,
    pub(crate) key: SecretKey,
    pub(crate) address: Address,
    pub(crate) timing: Timing,
    /// Most bytes of blocks in one answer to a peer that catches up.
    pub(crate) response_bytes_max: usize,
    pub(crate) runtime: Handle,
    pub(crate) network: mpsc::Sender<NetworkMsg<YilianContext>>,
    pub(crate) network_requests: mpsc::Sender<NetworkRequest>,
    pub(crate) roster: Roster,
    pub(crate) status: Arc<watch::Sender<Status>>,
    pub(crate) tally: Tally,
    pub(crate) streams: Streams,
    /// Nonce of the next stream.
    pub(crate) nonce: u64,
    pub(crate) round: RoundState,
    pub(crate) held: Option<Held>,
    /// When the height of the last block began.
    pub(crate) last_begun: Instant,
}

/// What is remembered of the height being decided.
#[derive(Default)]
pub(crate) struct RoundState {
    /// Height and round that the engine works on; height 0 before it began.
    height: Height,
    round: u32,
    /// Whole proposals for the height after the one being decided, not judged yet: the last one of each publisher, of whom
    /// there are no more than validators.
    pending: BTreeMap<PeerId, Proposed>,
    /// How many blocks were executed to judge proposals, by round.
    judged: BTreeMap<u32, u32>,
    /// First and last parts of others' proposals, with which they can be streamed again.
    signed: BTreeMap<(u32, BlockRef), (PartInit, PartFin)>,
    /// The last value came by sync.
    synced: bool,
}

/// An answer held back until the next height shall begin.
pub(crate) struct Held {
    next: Height,
    params: HeightParams<YilianContext>,
    reply: Reply<Next<YilianContext>>,
    signs: Signs,
    /// Who voted or proposed at a later height.
    ahead: BTreeSet<Address>,
}

impl<C: Chain> App<C> {
    /// Answers until the engine ends or the node is told to stop. An error means that this node is at fault.
    pub(crate) fn run(mut self, mut inbox: Inbox) -> Result<(), ChainError> {
        let runtime = self.runtime.clone();
        loop {
            self.note_roster();
            let until = self.release_if_due();
            match runtime.block_on(inbox.next(until)) {
                Inbound::Engine(message) => self.handle(*message)?,
                Inbound::Heard(message) => self.heard(&message)?,
                Inbound::Tick => {}
                Inbound::End => return Ok(()),
            }
        }
    }

    fn handle(&mut self, message: AppMsg<YilianContext>) -> Result<(), ChainError> {
        match message {
            AppMsg::ConsensusReady { reply } => self.consensus_ready(reply)?,
            AppMsg::StartedRound {
                height,
                round,
                reply_value,
                ..
            } => {
                let values = self.started_round(height.0, round)?;
                answer(reply_value, values);
            }
            AppMsg::GetValue {
                height,
                round,
                reply,
                ..
            } => self.get_value(height.0, round, reply)?,
            AppMsg::ReceivedProposalPart {
                from,
                published_by,
                part,
                reply,
            } => {
                let value = self.received_part(published_by.unwrap_or(from), part)?;
                answer(reply, value);
            }
            AppMsg::RestreamProposal {
                height,
                round,
                valid_round,
                address,
                value_id,
            } => {
                let (round, valid_round) = (round.as_u32(), valid_round.as_u32());
                let Some(round) = round else { return Ok(()) };
                let init = PartInit::new(height.0, round, valid_round, address.0);
                self.restream(init, value_id.0)?;
            }
            AppMsg::Decided {
                certificate, reply, ..
            } => self.decided(&certificate, reply)?,
            AppMsg::Finalized {
                certificate,
                evidence,
                reply,
                ..
            } => {
                self.record_misbehaviour(certificate.height.0, &evidence);
                self.finalized(certificate.height.0, reply)?;
            }
            AppMsg::ProcessSyncedValue {
                height,
                round,
                proposer,
                value_bytes,
                reply,
            } => {
                let outcome = self.synced(height.0, round, proposer.0, &value_bytes)?;
                answer(reply, outcome);
            }
            AppMsg::GetDecidedValues { range, reply } => {
                let values = self.decided_values(range.start().0, range.end().0)?;
                answer(reply, values);
            }
            AppMsg::GetHistoryMinHeight { reply } => {
                answer(reply, context::Height(self.chain.earliest()));
            }
            // Extensions are off, so neither question comes; if one does, no extension is made and none accepted.
            AppMsg::ExtendVote { reply, .. } => answer(reply, None),
            AppMsg::VerifyVoteExtensions { reply, .. } => answer(reply, Vec::new()),
        }
        Ok(())
    }

    /// The height after the tip: the only one that can be built, checked and committed.
    fn next_height(&self) -> Height {
        self.chain.tip().saturating_add(1)
    }

    fn params(&self, height: Height) -> Result<HeightParams<YilianContext>, ChainError> {
        let set = self.chain.validators(height)?;
        Ok(height_params(&set, &self.timing))
    }

    /// Only those that the node talks to may publish proposals.
    fn note_roster(&mut self) {
        if self.roster.has_changed().unwrap_or(false) {
            let publishers = peer_ids(&self.roster.borrow_and_update());
            self.streams.set_publishers(publishers);
        }
    }

    /// Something of a height came while it waits to begin. Whoever says so may lie: then it begins after the interval.
    fn others_began(&mut self, height: Height) {
        if let Some(held) = &mut self.held {
            held.signs.others_began |= height == held.next;
        }
    }

    /// Lets the waiting height begin if it is time; gives the time to ask again.
    fn release_if_due(&mut self) -> Option<Instant> {
        let held = self.held.as_mut()?;
        held.signs.work = held.signs.work || self.chain.has_work();
        held.signs.others_began |= self.streams.has_height(held.next);
        match pacing::due(&self.timing, self.last_begun, held.signs, Instant::now()) {
            Due::Wait(until) => Some(until),
            Due::Now => {
                let held = self.held.take()?;
                self.last_begun = Instant::now();
                // A failure is not asked for here.
                let _ = pass(Point::LogEnds);
                let next = Next::Start(context::Height(held.next), held.params);
                answer(held.reply, next);
                None
            }
        }
    }
}

/// Answers. Nobody may be listening any more: then the engine is ending, and the queue says so next.
fn answer<T>(reply: Reply<T>, value: T) {
    let _ = reply.send(value);
}

/// A kept proposal as the engine knows it.
fn proposed_value(kept: &KeptProposal) -> ProposedValue<YilianContext> {
    ProposedValue {
        height: context::Height(kept.height),
        round: Round::new(kept.round),
        valid_round: kept.valid_round.map_or(Round::Nil, Round::new),
        proposer: context::Address(kept.proposer),
        value: BlockValue(kept.value),
        validity: Validity::from_bool(kept.valid),
    }
}

#[cfg(test)]
mod tests;
