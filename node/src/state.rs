//! What the parts of a running node share.

use std::sync::Arc;

use tokio::sync::{Notify, broadcast};
use yilian_api::backend::Waiters;
use yilian_crypto::SecretKey;
use yilian_executor::{Executor, ParentState, StateError};
use yilian_mempool::{Pool, Sponsor};
use yilian_primitives::{Height, Refusal, RefusalCode, VerifiedTransaction};
use yilian_storage::{Snapshot, Store};

use crate::acknowledger::ClockGuard;
use crate::clock;

/// Idle intervals without a block after which a node counts as behind.
const IDLE_INTERVALS: u64 = 3;

/// Heights that a slow follower may lag behind before it misses some.
const HEIGHTS_KEPT: usize = 1_024;

/// Chain, pool and the bells between the parts. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) executor: Executor,
    pub(crate) store: Store,
    pub(crate) pool: Arc<Pool>,
    pub(crate) key: SecretKey,
    /// Rung when there is work for a proposer.
    pub(crate) wake: Arc<Notify>,
    /// Clients that wait for their transactions.
    pub(crate) waiters: Waiters,
    /// Heights, each sent after it can be read.
    pub(crate) heights: broadcast::Sender<Height>,
    /// Holds this node's clock against those of the others.
    pub(crate) guard: Arc<ClockGuard>,
}

/// Whose share of the pool a transaction uses, by what the executor says of it.
pub(crate) fn sponsor(transaction: &VerifiedTransaction, organisation: Option<String>) -> Sponsor {
    match organisation {
        Some(code) => Sponsor::Organisation(code.into()),
        None => Sponsor::Key(transaction.payload().sender),
    }
}

impl Shared {
    pub(crate) fn new(executor: Executor, store: Store, pool: Arc<Pool>, key: SecretKey) -> Self {
        let spec = executor.spec();
        let first = spec.validators();
        let tip = store.tip();
        let validators = tip.as_ref().map_or(&first, |tip| tip.next_validators());
        let guard = ClockGuard::new(spec.parameters.time_precision_ms, validators);
        Shared {
            executor,
            store,
            pool,
            key,
            wake: Arc::new(Notify::new()),
            waiters: Waiters::default(),
            heights: broadcast::channel(HEIGHTS_KEPT).0,
            guard: Arc::new(guard),
        }
    }

    /// The tip. There is one from genesis on.
    pub(crate) fn tip(&self) -> Result<Arc<Snapshot>, StateError> {
        let tip = self.store.tip();
        tip.ok_or_else(|| StateError("the database has no genesis".to_owned()))
    }

    /// The tip's state.
    pub(crate) fn state(&self) -> Result<Arc<dyn ParentState>, StateError> {
        Ok(self.tip()?.open()?)
    }

    /// Whether the last block is so old that the node must be behind, or the chain halted.
    pub(crate) fn is_behind(&self) -> bool {
        let parameters = &self.executor.spec().parameters;
        let quiet = parameters.idle_interval_ms * IDLE_INTERVALS
            + 4 * (parameters.propose_timeout_ms + parameters.precommit_timeout_ms);
        let tip = self.store.tip();
        tip.is_none_or(|tip| tip.header().time_ms.saturating_add(quiet) < clock::now_ms())
    }

    /// Drops parts of releases that came too late: they would keep blocks coming for nothing.
    pub(crate) fn discard_untimely(&self) -> Result<(), StateError> {
        let waiting = self.pool.first_lane();
        if waiting.is_empty() {
            return Ok(());
        }
        let state = self.state()?;
        let mut late = Vec::new();
        for transaction in waiting {
            if !self.executor.is_timely(&state, &transaction)? {
                late.push(transaction.id());
            }
        }
        self.pool.discard(&late);
        Ok(())
    }

    /// Judges a transaction as the tip and the clock stand; gives whose share of the pool it uses.
    pub(crate) fn admit(&self, transaction: &VerifiedTransaction) -> Result<Sponsor, Refusal> {
        let judged = self
            .state()
            .and_then(|state| self.executor.admit(&state, transaction, clock::now_ms()));
        let judged = judged.map(|judged| judged.map(|code| sponsor(transaction, code)));
        judged.unwrap_or_else(|error| {
            tracing::error!(%error, "a transaction cannot be judged");
            let detail = "this node cannot read its state; send to another node";
            Err(Refusal::new(RefusalCode::NotReady, detail))
        })
    }
}
