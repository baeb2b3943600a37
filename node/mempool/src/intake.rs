//! How a transaction comes into the pool.

use tokio::sync::oneshot;
use yilian_primitives::{Refusal, RefusalCode, TimestampMs, VerifiedTransaction};

use crate::Sponsor;
use crate::held::State;
use crate::pool::{Inserted, Pool};
use crate::writer::not_durable;

/// A client's transaction that has its place. Its sender may be told when it is durable.
#[must_use]
#[derive(Debug)]
pub struct Taken {
    inserted: Inserted,
    /// None if it is durable already, or nothing is.
    written: Option<oneshot::Receiver<Result<(), Refusal>>>,
}

impl Taken {
    /// Waits until the journal has it.
    ///
    /// # Errors
    /// `NotReady` if the journal failed.
    pub async fn durable(self) -> Result<Inserted, Refusal> {
        if let Some(written) = self.written {
            written.await.unwrap_or_else(|_| Err(not_durable()))?;
        }
        Ok(self.inserted)
    }

    /// As [`Taken::durable`], for a thread that may wait.
    ///
    /// # Errors
    /// As [`Taken::durable`].
    ///
    /// # Panics
    /// In a task of an asynchronous runtime, whose thread must not wait.
    pub fn wait(self) -> Result<Inserted, Refusal> {
        if let Some(written) = self.written {
            let written = written.blocking_recv();
            written.unwrap_or_else(|_| Err(not_durable()))?;
        }
        Ok(self.inserted)
    }
}

impl Pool {
    /// Takes a client's transaction, and has it written to the journal.
    ///
    /// # Errors
    /// `Busy` without room, `Expired` at `now_ms`, `Replayed` if it was executed lately, `NotReady` if nothing is written
    /// any more.
    pub fn insert(
        &self,
        transaction: VerifiedTransaction,
        sponsor: Sponsor,
        now_ms: TimestampMs,
    ) -> Result<Taken, Refusal> {
        let Some(writer) = &self.writer else {
            let inserted = self.insert_shared(transaction, sponsor, now_ms)?;
            let written = None;
            return Ok(Taken { inserted, written });
        };
        let mut state = self.held.lock();
        let inserted = self.make_room(&mut state, &transaction, sponsor, now_ms)?;
        let entry = state.shelf.get_mut(&transaction.id());
        let unwritten = entry.filter(|entry| !entry.durable).map(|entry| {
            entry.writers = entry.writers.saturating_add(1);
        });
        drop(state);
        let written = unwritten.map(|()| writer.write(transaction)).transpose()?;
        Ok(Taken { inserted, written })
    }

    /// Takes a transaction that another validator keeps durable.
    ///
    /// # Errors
    /// `Busy` without room, `Expired` at `now_ms`, `Replayed` if it was executed lately.
    pub fn insert_shared(
        &self,
        transaction: VerifiedTransaction,
        sponsor: Sponsor,
        now_ms: TimestampMs,
    ) -> Result<Inserted, Refusal> {
        let id = transaction.id();
        let mut state = self.held.lock();
        let inserted = self.make_room(&mut state, &transaction, sponsor, now_ms)?;
        let woken = state.shelf.get_mut(&id).is_some_and(|entry| {
            let first = !entry.ready;
            entry.ready = true;
            first
        });
        drop(state);
        if woken {
            self.held.announce();
        }
        Ok(inserted)
    }

    /// Puts a transaction on the shelf, not ready, unless it is there.
    pub(crate) fn make_room(
        &self,
        state: &mut State,
        transaction: &VerifiedTransaction,
        sponsor: Sponsor,
        now_ms: TimestampMs,
    ) -> Result<Inserted, Refusal> {
        let id = transaction.id();
        if state.executed.contains(&id) {
            let detail = format!("transaction {id} was executed");
            return Err(Refusal::new(RefusalCode::Replayed, detail));
        }
        if state.shelf.get(&id).is_some() {
            return Ok(Inserted::Known);
        }
        let until = transaction.payload().valid_until_ms;
        if until < now_ms {
            let detail = format!("valid_until_ms {until} is before {now_ms}");
            return Err(Refusal::new(RefusalCode::Expired, detail));
        }
        if let Some(detail) = state.shelf.no_room(transaction, &sponsor, &self.limits) {
            self.held.metrics.busy.inc();
            return Err(Refusal::new(RefusalCode::Busy, detail));
        }
        state.shelf.put(transaction.clone(), sponsor);
        self.held.metrics.accepted.inc();
        self.held.measure(state);
        Ok(Inserted::New)
    }
}
