//! What the task does with what its peers say.

use std::time::Instant;

use libp2p::PeerId;
use libp2p::gossipsub::{self, MessageAcceptance, MessageId};
use tokio::task::JoinError;
use tokio::time::Instant as Moment;

use super::inspect::{Finding, inspect};
use super::limits::{ANNOUNCE_TO_NEWCOMER, CHECK_QUEUE, CHECKS_AT_ONCE};
use super::node::Node;

/// A message that waits for its check.
pub(super) struct Arrival {
    id: MessageId,
    from: PeerId,
    data: Vec<u8>,
}

/// How a message was judged.
pub(super) type Check = (MessageId, PeerId, Finding);

impl Node {
    pub(super) fn on_gossip(&mut self, event: gossipsub::Event) {
        match event {
            gossipsub::Event::Message {
                propagation_source,
                message_id,
                message,
            } => self.on_message(propagation_source, message_id, message),
            gossipsub::Event::Subscribed { .. } => {
                self.newcomer = true;
                self.announce_at = self.announce_at.min(Moment::now() + ANNOUNCE_TO_NEWCOMER);
            }
            gossipsub::Event::SlowPeer { peer_id, .. } => {
                tracing::debug!(name = %self.peers.name(&peer_id), "peer cannot keep up");
            }
            _ => {}
        }
    }

    fn on_message(&mut self, from: PeerId, id: MessageId, message: gossipsub::Message) {
        let affordable = self.budgets.spend(from, message.data.len(), Instant::now());
        if !affordable || self.arrivals.len() >= CHECK_QUEUE {
            self.pool.metrics().gossip_dropped.inc();
            return self.judge(&id, &from, MessageAcceptance::Ignore);
        }
        let data = message.data;
        self.arrivals.push_back(Arrival { id, from, data });
        self.begin_checks();
    }

    fn begin_checks(&mut self) {
        while self.checks.len() < CHECKS_AT_ONCE {
            let Some(arrival) = self.arrivals.pop_front() else {
                return;
            };
            let (pool, admit) = (self.pool.clone(), self.admit.clone());
            self.checks.spawn_blocking(move || {
                let finding = inspect(&arrival.data, &pool, &admit);
                (arrival.id, arrival.from, finding)
            });
        }
    }

    pub(super) fn on_check(&mut self, check: Result<Check, JoinError>) {
        self.begin_checks();
        let (id, from, finding) = match check {
            Ok(checked) => checked,
            Err(error) => {
                tracing::error!(%error, "the check of a message failed; the message is dropped");
                return;
            }
        };
        match finding {
            Finding::Useful { new } => {
                self.pool.metrics().gossip_received.inc_by(new as u64);
                self.judge(&id, &from, MessageAcceptance::Accept);
            }
            Finding::Useless => self.judge(&id, &from, MessageAcceptance::Ignore),
            Finding::Malformed(reason) => self.on_malformed(&id, &from, &reason),
        }
    }

    fn on_malformed(&mut self, id: &MessageId, from: &PeerId, reason: &str) {
        let name = self.peers.name(from);
        tracing::warn!(%name, %reason, "malformed message of a peer");
        self.pool.metrics().gossip_malformed.inc();
        self.judge(id, from, MessageAcceptance::Reject);
        if self.budgets.strike(*from, Instant::now()) {
            tracing::error!(%name, "peer is cut off: it keeps sending malformed messages");
            self.peers.ban(from, Instant::now());
            self.swarm.behaviour_mut().pinned.disallow_peer(*from);
        }
    }

    fn judge(&mut self, id: &MessageId, from: &PeerId, acceptance: MessageAcceptance) {
        let gossipsub = &mut self.swarm.behaviour_mut().gossipsub;
        gossipsub.report_message_validation_result(id, from, acceptance);
    }
}
