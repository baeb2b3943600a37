//! This validator's part in threshold releases: it takes part in ceremonies and signs what is decided.
//!
//! One thread looks at each new block and sends what is missing, as transactions signed with the validator's key. It keeps
//! nothing but one secret on disk: dealings follow from it, and the share is made anew from what the chain holds, so a
//! node that was stopped at any moment goes on where it was. Consensus never waits for it.

mod fault;
mod metrics;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use yilian_abi::state_key::SYSTEM;
use yilian_executor::StateError;
use yilian_executor::membership::membership;
use yilian_executor::release::{FUEL, StateView, View};
use yilian_mempool::gossip::Gossip;
use yilian_primitives::{Envelope, TransactionPayload, TxId};
use yilian_release_holder::{Holder, HolderError, Secret};
use yilian_release_records::Announce;
use yilian_threshold::{CeremonyError, Share};

use crate::clock;
use crate::state::Shared;

/// How long what is sent stays valid, in ms; what a block did not take by then is sent again.
const VALID_MS: u64 = 30_000;

/// How names of messages begin that the chain does not wait for.
const UNASKED: &str = "unasked/";

/// Most waiting releases that are looked at in one block; the oldest come first.
const WAITING_MAX: usize = 1_000;

/// Why this validator could not do its part.
#[derive(Debug, thiserror::Error)]
enum WorkError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Holder(#[from] HolderError),
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    #[error("{0}")]
    Other(String),
}

/// What this validator is to say: a method of `system` and its arguments.
struct Message {
    /// Names what is said, so that it is said once.
    name: String,
    method: &'static str,
    args: Value,
}

/// The holder of this validator's share.
struct ShareHolder {
    shared: Shared,
    secret: Secret,
    metrics: metrics::Metrics,
    /// The share, with the round that gave it.
    share: Option<(u64, Share)>,
    /// The round whose share cannot be made, because the secret is another one now.
    lost: Option<u64>,
    /// What was sent last, by its name.
    sent: BTreeMap<String, TxId>,
    /// The last word that was said without being asked, which is not to be said again and again.
    said: String,
    /// The last trouble, so that it is logged once.
    trouble: String,
}

/// Begins to take part.
pub(crate) fn start(shared: Shared, secret: Secret, gossip: Arc<Gossip>) -> JoinHandle<()> {
    let mut heights = shared.heights.subscribe();
    let mut holder = ShareHolder {
        shared,
        secret,
        metrics: metrics::Metrics::registered(),
        share: None,
        lost: None,
        sent: BTreeMap::new(),
        said: String::new(),
        trouble: String::new(),
    };
    tokio::spawn(async move {
        loop {
            let worked = tokio::task::spawn_blocking(move || {
                let messages = holder.look();
                (holder, messages)
            });
            let Ok((back, transactions)) = worked.await else {
                tracing::error!("the holder of this validator's share died");
                return;
            };
            holder = back;
            for transaction in transactions {
                holder.send(transaction, &gossip);
            }
            match heights.recv().await {
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    })
}

/// To which key this validator's shares are to be sealed.
pub(crate) fn announcement(shared: &Shared, secret: &Secret) -> Result<Announce, HolderError> {
    let holder = Holder {
        chain_id: &shared.executor.spec().chain_id,
        key: &shared.key,
        secret,
    };
    holder.announce()
}

/// A call of a validator's method, signed with this validator's key.
pub(crate) fn signed(shared: &Shared, method: &str, args: Value) -> Envelope {
    let spec = shared.executor.spec();
    let payload = TransactionPayload {
        chain_id: spec.chain_id.clone(),
        sender: shared.key.public_key(),
        contract: SYSTEM.to_owned(),
        method: method.to_owned(),
        args,
        fuel_limit: FUEL,
        valid_until_ms: clock::now_ms()
            .saturating_add(VALID_MS.min(spec.parameters.valid_for_max_ms / 2)),
        nonce: hex::encode(rand::random::<[u8; 16]>()),
    };
    Envelope::sign(&payload, &shared.key)
}

impl ShareHolder {
    /// What is to be sent now; trouble is logged, since the next block brings the next chance.
    fn look(&mut self) -> Vec<(String, Envelope)> {
        let messages = self.messages().unwrap_or_else(|error| {
            let trouble = error.to_string();
            if trouble != self.trouble {
                tracing::warn!(%trouble, "this validator cannot do its part in threshold releases");
            }
            self.trouble = trouble;
            Vec::new()
        });
        let pool = &self.shared.pool;
        self.sent.retain(|_, id| pool.contains(id));
        let new = messages
            .into_iter()
            .filter(|message| !self.sent.contains_key(&message.name) && message.name != self.said)
            .collect::<Vec<_>>();
        new.into_iter()
            .map(|message| {
                let envelope = signed(&self.shared, message.method, message.args);
                (message.name, envelope)
            })
            .collect()
    }

    fn messages(&mut self) -> Result<Vec<Message>, WorkError> {
        let state = self.shared.state()?;
        let mut view = StateView(state.as_ref());
        let view: &mut dyn View = &mut view;
        let mut messages = Vec::new();
        let (group, ceremony) = (view.group()?, view.ceremony()?);
        let height = state.header().height;
        let waiting = view.waiting(WAITING_MAX)?;
        self.metrics.measure(&waiting, height, group.as_ref());
        let me = self.shared.key.public_key();
        if state.validators().iter().any(|one| one.public_key == me) {
            messages.extend(self.announcement(view, group.as_ref(), ceremony.as_ref())?);
        } else if membership(view)?.candidate(&me).is_some() && !self.shared.is_behind() {
            messages.push(self.ready(height)?);
        }
        // Who decides no more still deals and signs while others do not yet hold his share.
        if let Some(ceremony) = &ceremony {
            messages.extend(self.step(view, ceremony, group.as_ref())?);
        }
        if let Some(group) = &group {
            messages.extend(self.partials(view, group, &waiting)?);
        }
        Ok(messages)
    }

    fn send(&mut self, (name, envelope): (String, Envelope), gossip: &Gossip) {
        let sent = envelope.verify().and_then(|transaction| {
            let sponsor = self.shared.admit(&transaction)?;
            let id = transaction.id();
            self.shared
                .pool
                .insert_shared(transaction.clone(), sponsor, clock::now_ms())?;
            gossip.publish(transaction);
            self.shared.wake.notify_one();
            Ok(id)
        });
        match sent {
            Ok(id) => {
                tracing::debug!(%name, %id, "sent a part of a threshold release");
                if name.starts_with(UNASKED) {
                    self.said.clone_from(&name);
                }
                self.sent.insert(name, id);
            }
            // Another block may have come meanwhile.
            Err(refusal) => tracing::debug!(%name, %refusal, "not wanted any more"),
        }
    }
}
