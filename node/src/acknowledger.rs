//! This validator's acknowledgements (回执): signed when it took a submission, in one chain, on disk before they are told.
//!
//! No block is needed for it, so it goes on while blocks are stalled. One thread signs, in the order of arrival, and writes
//! many at once: a disk that syncs slowly slows all of them once and not each.

mod clock_guard;
mod metrics;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;
use yilian_acknowledgement::Acknowledgement;
use yilian_crypto::{Digest, SecretKey};
use yilian_primitives::{Refusal, RefusalCode, TimestampMs};
use yilian_storage::{AcknowledgementHead, StorageError, Store};

pub(crate) use clock_guard::ClockGuard;
use metrics::Metrics;

/// Most submissions that wait for a signature.
const WAITING_MAX: usize = 4_096;
/// Most that are signed for one write.
const BATCH_MAX: usize = 256;

/// What is to be acknowledged.
struct Request {
    submission: Digest,
    received_ms: TimestampMs,
    answer: oneshot::Sender<Result<Acknowledgement, Refusal>>,
}

/// Signs acknowledgements. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Acknowledger {
    store: Store,
    guard: Arc<ClockGuard>,
    /// Whether it may sign: what this validator acknowledged before must be known.
    signs: bool,
    metrics: Metrics,
    requests: SyncSender<Request>,
}

impl Acknowledger {
    /// Starts the thread that signs.
    pub(crate) fn start(
        chain_id: String,
        key: SecretKey,
        store: Store,
        guard: Arc<ClockGuard>,
    ) -> anyhow::Result<Self> {
        let signs = store.restored()?.is_none();
        let head = store.acknowledgement_head()?.unwrap_or((Digest::ZERO, 0));
        let (requests, queue) = sync_channel(WAITING_MAX);
        let metrics = Metrics::registered();
        let signer = Signer {
            chain_id,
            key,
            store: store.clone(),
            metrics: metrics.clone(),
            head,
        };
        std::thread::Builder::new()
            .name("acknowledger".to_owned())
            .spawn(move || signer.work(&queue))?;
        Ok(Acknowledger {
            store,
            guard,
            signs,
            metrics,
            requests,
        })
    }

    /// What was said of a submission before.
    pub(crate) fn given(
        &self,
        submission: &Digest,
    ) -> Result<Option<Acknowledgement>, StorageError> {
        self.store.acknowledgement(submission)
    }

    /// Acknowledges a submission that this node holds on disk. Asked again, it says the same.
    ///
    /// # Errors
    /// If the validator was restored and signs nothing yet, the clock is not good enough, too much waits, or the disk fails.
    pub(crate) fn acknowledge(
        &self,
        submission: Digest,
        received_ms: TimestampMs,
    ) -> Result<Acknowledgement, Refusal> {
        if !self.signs {
            let detail = "this validator was restored and signs nothing yet; ask another validator";
            return Err(Refusal::new(RefusalCode::NotReady, detail));
        }
        if let Err(detail) = self.guard.check() {
            self.metrics.refused.inc();
            return Err(Refusal::new(RefusalCode::NotReady, detail));
        }
        let (answer, answered) = oneshot::channel();
        let request = Request {
            submission,
            received_ms,
            answer,
        };
        match self.requests.try_send(request) {
            Ok(()) => answered.blocking_recv().unwrap_or_else(|_| Err(ended())),
            Err(TrySendError::Full(_)) => {
                let detail = format!("{WAITING_MAX} submissions wait for their acknowledgement");
                Err(Refusal::new(RefusalCode::Busy, detail))
            }
            Err(TrySendError::Disconnected(_)) => Err(ended()),
        }
    }
}

fn ended() -> Refusal {
    let detail = "this node signs no acknowledgements now; ask another validator";
    Refusal::new(RefusalCode::NotReady, detail)
}

/// The one who signs. It alone extends the chain.
struct Signer {
    chain_id: String,
    key: SecretKey,
    store: Store,
    metrics: Metrics,
    head: AcknowledgementHead,
}

impl Signer {
    /// Works until nobody can ask any more.
    fn work(mut self, queue: &Receiver<Request>) {
        while let Ok(first) = queue.recv() {
            let mut batch = vec![first];
            batch.extend(queue.try_iter().take(BATCH_MAX - 1));
            // The chain's times never fall, so none can be dated back; those that came together are put in order.
            batch.sort_by_key(|request| request.received_ms);
            let answers = self.sign(&batch);
            for (request, answer) in batch.into_iter().zip(answers) {
                // Who asked may be gone.
                let _ = request.answer.send(answer);
            }
        }
    }

    fn sign(&mut self, batch: &[Request]) -> Vec<Result<Acknowledgement, Refusal>> {
        let mut new: Vec<(Digest, Acknowledgement)> = Vec::new();
        let mut head = self.head;
        let mut answers = Vec::with_capacity(batch.len());
        for request in batch {
            let submission = request.submission;
            let fresh = new.iter().find(|(one, _)| *one == submission);
            let given = match fresh {
                Some((_, given)) => Ok(Some(given.clone())),
                None => self.store.acknowledgement(&submission),
            };
            answers.push(match given {
                Ok(Some(given)) => Ok(given),
                Ok(None) => {
                    let signed = self.next(&submission, request.received_ms, &mut head);
                    new.push((submission, signed.clone()));
                    Ok(signed)
                }
                Err(error) => Err(broken(&error)),
            });
        }
        match self.store.keep_acknowledgements(&new, &head) {
            Ok(()) => {
                self.head = head;
                self.metrics.signed.inc_by(new.len() as u64);
                answers
            }
            Err(error) => batch.iter().map(|_| Err(broken(&error))).collect(),
        }
    }

    fn next(
        &self,
        submission: &Digest,
        received_ms: TimestampMs,
        head: &mut AcknowledgementHead,
    ) -> Acknowledgement {
        let (previous, last_ms) = *head;
        let time_ms = received_ms.max(last_ms);
        let signed =
            Acknowledgement::sign(&self.chain_id, submission, time_ms, previous, &self.key);
        *head = (signed.digest(&self.chain_id, submission), time_ms);
        signed
    }
}

fn broken(error: &StorageError) -> Refusal {
    tracing::error!(%error, "an acknowledgement cannot be kept");
    ended()
}

#[cfg(test)]
mod tests {
    use yilian_primitives::{Validator, ValidatorSet};
    use yilian_storage::HISTORY_BLOCKS_MIN;

    use super::*;

    fn store(path: &std::path::Path) -> Store {
        Store::open(path, &Digest::ZERO, Some(HISTORY_BLOCKS_MIN)).expect("a new database")
    }

    fn start(store: &Store) -> Acknowledger {
        let key = SecretKey::from_seed([7; 32]);
        let alone = Validator {
            name: "centre".to_owned(),
            public_key: key.public_key(),
            power: 1,
        };
        let alone = ValidatorSet::new(vec![alone]).expect("a set");
        let guard = Arc::new(ClockGuard::new(2_000, &alone));
        Acknowledger::start("test".to_owned(), key, store.clone(), guard).expect("a thread")
    }

    #[test]
    fn acknowledgements_are_one_chain_that_outlives_the_process_and_never_goes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(folder.path());
        let subject = |number: u8| Digest::sha256(&[number]);
        let first = start(&store);
        let one = first.acknowledge(subject(1), 5_000).expect("signed");
        let two = first.acknowledge(subject(2), 4_000).expect("signed");
        assert_eq!(one.previous, Digest::ZERO);
        assert_eq!(two.previous, one.digest("test", &subject(1)));
        // It arrived earlier and was signed later: the chain does not go back.
        assert_eq!(two.time_ms, 5_000);
        let again = start(&store);
        assert_eq!(again.acknowledge(subject(1), 9_000), Ok(one));
        let three = again.acknowledge(subject(3), 6_000).expect("signed");
        assert_eq!(three.previous, two.digest("test", &subject(2)));
        assert!(three.verify("test", &subject(3)).is_ok());
    }
}
