//! The thread that makes accepted transactions durable. What came while it wrote goes to the disk together, with one sync,
//! and nobody who waits for it keeps a thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;
use yilian_primitives::{Refusal, RefusalCode, TxId, VerifiedTransaction};

use crate::Journal;
use crate::held::Held;
use crate::limits::{WRITE_BYTES, WRITE_QUEUE, WRITE_TRANSACTIONS_MAX};

/// A transaction to be written, and who waits for it.
struct Job {
    transaction: VerifiedTransaction,
    told: oneshot::Sender<Result<(), Refusal>>,
}

/// The journal and the thread that writes it, which ends with this.
pub(crate) struct Writer {
    pub(crate) journal: Arc<dyn Journal>,
    held: Arc<Held>,
    /// None while it ends.
    queue: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// # Panics
    /// If the system gives no thread, as [`std::thread::spawn`].
    pub(crate) fn start(journal: Arc<dyn Journal>, held: Arc<Held>) -> Self {
        let (queue, jobs) = sync_channel(WRITE_QUEUE);
        let (kept, shared) = (Arc::clone(&journal), Arc::clone(&held));
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write(&jobs, kept.as_ref(), &shared))
            .expect("a thread for the journal of the pool");
        Writer {
            journal,
            held,
            queue: Some(queue),
            thread: Some(thread),
        }
    }

    /// Has a transaction written that stands on the shelf with one more writer; the answer comes when it is on disk, or
    /// cannot be.
    ///
    /// # Errors
    /// `Busy` if too many wait to be written, `NotReady` if nothing is written any more. It left the shelf then, unless
    /// somebody else keeps it there.
    pub(crate) fn write(
        &self,
        transaction: VerifiedTransaction,
    ) -> Result<oneshot::Receiver<Result<(), Refusal>>, Refusal> {
        let (id, (told, answer)) = (transaction.id(), oneshot::channel());
        let job = Job { transaction, told };
        let sent = match &self.queue {
            Some(queue) => queue.try_send(job),
            None => Err(TrySendError::Disconnected(job)),
        };
        sent.map(|()| answer).map_err(|error| {
            drop_unwritten(&self.held, &[id]);
            match error {
                TrySendError::Full(_) => {
                    self.held.metrics.busy.inc();
                    let detail = "too many transactions wait for the disk";
                    Refusal::new(RefusalCode::Busy, detail)
                }
                TrySendError::Disconnected(_) => not_durable(),
            }
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Then the thread writes what it has and ends; the database behind the journal is free after it.
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes the journal of the pool had failed");
        }
    }
}

pub(crate) fn not_durable() -> Refusal {
    let detail = "the transaction could not be made durable; ask another node";
    Refusal::new(RefusalCode::NotReady, detail)
}

fn write(jobs: &Receiver<Job>, journal: &dyn Journal, held: &Held) {
    while let Ok(first) = jobs.recv() {
        let mut bytes = first.transaction.size_bytes();
        let (mut transactions, mut told) = (vec![first.transaction], vec![first.told]);
        while transactions.len() < WRITE_TRANSACTIONS_MAX
            && bytes < WRITE_BYTES
            && let Ok(job) = jobs.try_recv()
        {
            bytes = bytes.saturating_add(job.transaction.size_bytes());
            transactions.push(job.transaction);
            told.push(job.told);
        }
        let ids: Vec<TxId> = transactions.iter().map(VerifiedTransaction::id).collect();
        let written = journal.accepted(&transactions).map_err(|error| {
            tracing::error!(count = ids.len(), %error, "transactions could not be made durable");
            not_durable()
        });
        match written {
            Ok(()) => release(held, journal, &ids),
            Err(_) => drop_unwritten(held, &ids),
        }
        for told in told {
            // Who went away is not told.
            let _ = told.send(written.clone());
        }
    }
}

/// What is on disk may be selected.
fn release(held: &Held, journal: &dyn Journal, ids: &[TxId]) {
    let mut state = held.lock();
    let mut gone = Vec::new();
    for id in ids {
        let Some(entry) = state.shelf.get_mut(id) else {
            // A block took it, or it expired, while it was written.
            gone.push(*id);
            continue;
        };
        entry.writers = entry.writers.saturating_sub(1);
        (entry.durable, entry.ready) = (true, true);
    }
    drop(state);
    if gone.len() < ids.len() {
        held.announce();
    }
    if !gone.is_empty() {
        journal.forgotten(&gone);
    }
}

/// Takes off the shelf what is not on disk, unless a peer brought it too or another write of it is under way.
fn drop_unwritten(held: &Held, ids: &[TxId]) {
    let mut state = held.lock();
    for id in ids {
        let unused = state.shelf.get_mut(id).is_some_and(|entry| {
            entry.writers = entry.writers.saturating_sub(1);
            entry.writers == 0 && !entry.ready
        });
        if unused {
            state.shelf.take(id);
        }
    }
    held.measure(&state);
}
