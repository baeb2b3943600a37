//! How a transaction comes into the pool.

use yilian_primitives::{Refusal, RefusalCode, TimestampMs, TxId, VerifiedTransaction};

use crate::pool::{Inserted, Pool, State};
use crate::{Journal, JournalError, Sponsor};

impl Pool {
    /// Takes a client's transaction; when this returns `Ok` the journal has it.
    ///
    /// # Errors
    /// `Busy` without room, `Expired` at `now_ms`, `Replayed` if it was executed lately, `NotReady` if the journal
    /// failed.
    pub fn insert(
        &self,
        transaction: VerifiedTransaction,
        sponsor: Sponsor,
        now_ms: TimestampMs,
    ) -> Result<Inserted, Refusal> {
        let Some(journal) = &self.journal else {
            return self.insert_shared(transaction, sponsor, now_ms);
        };
        let id = transaction.id();
        let inserted = {
            let mut state = self.lock();
            let inserted = self.make_room(&mut state, &transaction, sponsor, now_ms)?;
            match state.shelf.get_mut(&id) {
                Some(entry) if !entry.durable => entry.writers = entry.writers.saturating_add(1),
                _ => return Ok(inserted),
            }
            inserted
        };
        match journal.accepted(&transaction) {
            Ok(()) => self.journalled(id, journal.as_ref()),
            Err(error) => return Err(self.not_journalled(id, &error)),
        }
        Ok(inserted)
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
        let mut state = self.lock();
        let inserted = self.make_room(&mut state, &transaction, sponsor, now_ms)?;
        let woken = state.shelf.get_mut(&id).is_some_and(|entry| {
            let first = !entry.ready;
            entry.ready = true;
            first
        });
        drop(state);
        if woken {
            self.announce();
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
            self.metrics.busy.inc();
            return Err(Refusal::new(RefusalCode::Busy, detail));
        }
        state.shelf.put(transaction.clone(), sponsor);
        self.metrics.accepted.inc();
        self.measure(state);
        Ok(Inserted::New)
    }

    fn journalled(&self, id: TxId, journal: &dyn Journal) {
        let mut state = self.lock();
        let Some(entry) = state.shelf.get_mut(&id) else {
            // A block took it, or it expired, while it was written.
            drop(state);
            return journal.forgotten(&[id]);
        };
        entry.writers = entry.writers.saturating_sub(1);
        (entry.durable, entry.ready) = (true, true);
        drop(state);
        self.announce();
    }

    fn not_journalled(&self, id: TxId, error: &JournalError) -> Refusal {
        tracing::error!(%id, %error, "a transaction could not be made durable");
        let mut state = self.lock();
        let unused = state.shelf.get_mut(&id).is_some_and(|entry| {
            entry.writers = entry.writers.saturating_sub(1);
            entry.writers == 0 && !entry.ready
        });
        if unused {
            state.shelf.take(&id);
            self.measure(&state);
        }
        let detail = "the transaction could not be made durable; ask another node";
        Refusal::new(RefusalCode::NotReady, detail)
    }
}
