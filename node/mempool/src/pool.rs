//! The pool that many threads share.
//!
//! A transaction that a client gave is journalled before its acceptance is told ([`Pool::insert`]); the journal is
//! written without the lock, so a slow disk delays those who wait for it and nobody else. Until the write is done the
//! transaction takes up its room but is not selected. Transactions from peers ([`Pool::insert_shared`]) are not
//! journalled: the validator that took them from a client keeps and announces them.
//!
//! The caller tells the time; entry is checked by the caller ([`VerifiedTransaction::check_for`], replay, permission).

use std::sync::Arc;

use tokio::sync::watch;
use yilian_primitives::{Envelope, Refusal, TimestampMs, TxId, VerifiedTransaction};

use crate::held::{Held, State};
use crate::writer::Writer;
use crate::{Journal, PoolLimits, PoolMetrics, Sponsor};

/// What became of a transaction that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It waits now.
    New,
    /// It was waiting already.
    Known,
}

/// Transactions that wait for a block.
pub struct Pool {
    pub(crate) limits: PoolLimits,
    pub(crate) held: Arc<Held>,
    pub(crate) writer: Option<Writer>,
}

impl Pool {
    /// An empty pool. Without a journal a crash loses what waits.
    pub fn new(limits: PoolLimits, journal: Option<Arc<dyn Journal>>) -> Self {
        let held = Arc::new(Held::new());
        let writer = journal.map(|journal| Writer::start(journal, Arc::clone(&held)));
        Pool {
            limits,
            held,
            writer,
        }
    }

    /// The metrics of this pool and of its gossip.
    pub fn metrics(&self) -> &PoolMetrics {
        &self.held.metrics
    }

    /// Chooses transactions for a block: sponsors take turns, each in the order of arrival. Nothing is removed.
    pub fn select(
        &self,
        max_bytes: usize,
        max_count: usize,
        now_ms: TimestampMs,
    ) -> Vec<VerifiedTransaction> {
        self.held.lock().shelf.select(max_bytes, max_count, now_ms)
    }

    /// Removes what a block executed and remembers it, so that late copies are refused.
    pub fn remove_committed(&self, ids: &[TxId]) {
        let mut state = self.held.lock();
        for id in ids {
            state.executed.insert(*id);
        }
        let forgotten = self.take(&mut state, ids);
        drop(state);
        self.forget(&forgotten);
    }

    /// Drops what can no longer be executed at `now_ms`; gives their ids.
    pub fn expire(&self, now_ms: TimestampMs) -> Vec<TxId> {
        let mut state = self.held.lock();
        let ids = state.shelf.expired(now_ms);
        let forgotten = self.take(&mut state, &ids);
        drop(state);
        self.held.metrics.expired.inc_by(ids.len() as u64);
        self.forget(&forgotten);
        ids
    }

    /// Takes entries off the shelf; gives those that the journal has.
    fn take(&self, state: &mut State, ids: &[TxId]) -> Vec<TxId> {
        let journalled = |id: &TxId| {
            state
                .shelf
                .take(id)
                .filter(|entry| entry.durable)
                .map(|_| *id)
        };
        let durable = ids.iter().filter_map(journalled).collect();
        self.held.measure(state);
        durable
    }

    fn forget(&self, ids: &[TxId]) {
        if let (Some(writer), false) = (&self.writer, ids.is_empty()) {
            writer.journal.forgotten(ids);
        }
    }

    /// Puts back what the journal kept, in its order, at the start of the node. What is expired, executed or beyond the
    /// limits is forgotten. Gives how many wait again.
    ///
    /// The caller has left out what the chain executed.
    pub fn restore(&self, kept: Vec<(VerifiedTransaction, Sponsor)>, now_ms: TimestampMs) -> usize {
        let (mut restored, mut forgotten) = (0usize, Vec::new());
        let mut state = self.held.lock();
        for (transaction, sponsor) in kept {
            let id = transaction.id();
            let taken = self.make_room(&mut state, &transaction, sponsor, now_ms);
            if taken.is_err() {
                forgotten.push(id);
            } else if let Some(entry) = state.shelf.get_mut(&id) {
                (entry.durable, entry.ready) = (true, true);
                restored = restored.saturating_add(1);
            }
        }
        drop(state);
        self.forget(&forgotten);
        self.held.announce();
        restored
    }

    /// Everything that may be selected, in order of arrival.
    pub fn snapshot(&self) -> Vec<VerifiedTransaction> {
        let state = self.held.lock();
        let entries = state.shelf.in_order();
        entries
            .into_iter()
            .map(|entry| entry.transaction.clone())
            .collect()
    }

    /// What waits in the lane that is served first.
    pub fn first_lane(&self) -> Vec<VerifiedTransaction> {
        self.held.lock().shelf.first_lane()
    }

    /// Drops transactions that nobody wants any more. They were not executed, so they may come again.
    pub fn discard(&self, ids: &[TxId]) {
        let mut state = self.held.lock();
        let forgotten = self.take(&mut state, ids);
        drop(state);
        self.forget(&forgotten);
    }

    /// Whether a transaction waits.
    pub fn contains(&self, id: &TxId) -> bool {
        self.held.lock().shelf.get(id).is_some()
    }

    /// Whose share a waiting transaction uses.
    pub fn sponsor(&self, id: &TxId) -> Option<Sponsor> {
        let state = self.held.lock();
        state.shelf.get(id).map(|entry| entry.sponsor.clone())
    }

    /// A transaction that waits.
    pub fn get(&self, id: &TxId) -> Option<VerifiedTransaction> {
        self.held
            .lock()
            .shelf
            .get(id)
            .map(|entry| entry.transaction.clone())
    }

    /// Verifies a transaction, unless it waits here byte for byte: then it was verified when it came.
    ///
    /// # Errors
    /// As [`Envelope::verify`].
    pub fn verify(&self, envelope: Envelope) -> Result<VerifiedTransaction, Refusal> {
        let known = self.get(&envelope.id());
        match known.filter(|known| *known.envelope() == envelope) {
            Some(known) => Ok(known),
            None => envelope.verify(),
        }
    }

    /// Number of transactions that wait.
    pub fn len(&self) -> usize {
        self.held.lock().shelf.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of the transactions that wait.
    pub fn bytes(&self) -> usize {
        self.held.lock().shelf.bytes()
    }

    /// Changes whenever something that may be selected has arrived. A receiver that looks late sees one change.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.held.subscribe()
    }
}

impl core::fmt::Debug for Pool {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pool")
            .field("transactions", &self.len())
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
