//! Who waits for a transaction to be executed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use yilian_primitives::TxId;

/// Clients that wait, by transaction: a block wakes those whose transactions it executed, and nobody else. Cheap to clone.
#[derive(Clone, Default)]
pub struct Waiters(Arc<Mutex<BTreeMap<TxId, Entry>>>);

struct Entry {
    waiting: usize,
    executed: watch::Sender<bool>,
}

/// A place among those who wait, until it is dropped.
pub struct Waiter {
    all: Waiters,
    id: TxId,
    executed: watch::Receiver<bool>,
}

impl Waiters {
    /// Begins to wait for a transaction.
    pub fn wait(&self, id: TxId) -> Waiter {
        let mut entries = self.lock();
        let entry = entries.entry(id).or_insert_with(|| Entry {
            waiting: 0,
            executed: watch::Sender::new(false),
        });
        entry.waiting = entry.waiting.saturating_add(1);
        Waiter {
            all: self.clone(),
            id,
            executed: entry.executed.subscribe(),
        }
    }

    /// Wakes those who wait for these transactions. What was executed can be read by now.
    pub fn executed(&self, ids: &[TxId]) {
        let mut entries = self.lock();
        for entry in ids
            .iter()
            .filter_map(|id| entries.remove(id))
            .collect::<Vec<_>>()
        {
            entry.executed.send_replace(true);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TxId, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// Ends when a block has executed the transaction. Never if that was before the waiting began.
    pub async fn executed(&mut self) {
        // The sender goes only after it has sent.
        let _ = self.executed.wait_for(|executed| *executed).await;
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut entries = self.all.lock();
        // After it was executed somebody else may have begun to wait for the same in vain; that entry is not this one's.
        if *self.executed.borrow() {
            return;
        }
        if let Some(entry) = entries.get_mut(&self.id) {
            entry.waiting = entry.waiting.saturating_sub(1);
            if entry.waiting == 0 {
                entries.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::{Context, Waker};

    use yilian_crypto::Digest;

    use super::*;

    fn id(number: u8) -> TxId {
        TxId(Digest::from_bytes([number; 32]))
    }

    fn is_told(waiter: &mut Waiter) -> bool {
        let told = std::pin::pin!(waiter.executed());
        told.poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    }

    #[test]
    fn a_block_wakes_those_whose_transactions_it_executed() {
        let waiters = Waiters::default();
        let [mut one, mut same, mut other] = [1, 1, 2].map(|number| waiters.wait(id(number)));
        assert!(!is_told(&mut one));
        waiters.executed(&[id(1), id(3)]);
        assert!(is_told(&mut one) && is_told(&mut same));
        assert!(!is_told(&mut other));
    }

    #[test]
    fn nothing_is_left_of_who_went_away() {
        let waiters = Waiters::default();
        let first = waiters.wait(id(1));
        let second = waiters.wait(id(1));
        drop(first);
        assert_eq!(waiters.lock().len(), 1);
        waiters.executed(&[id(1)]);
        // A late one waits in vain, and keeps its place when those who were told leave.
        let late = waiters.wait(id(1));
        drop(second);
        assert_eq!(waiters.lock().len(), 1);
        drop(late);
        assert!(waiters.lock().is_empty());
    }
}
