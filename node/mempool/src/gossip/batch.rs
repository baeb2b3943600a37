//! Transactions that travel together.

use std::hash::{BuildHasher, Hasher, RandomState};

use serde::{Deserialize, Serialize};
use yilian_primitives::codec::{self, CodecError};
use yilian_primitives::{Envelope, VerifiedTransaction};

use super::limits::{BATCH_BYTES, BATCH_TRANSACTIONS_MAX, MESSAGE_BYTES_MAX};

/// Bytes that a transaction adds to a batch beside payload and signature: two lengths, and room to spare.
const FRAME_BYTES: usize = 32;

/// What a message holds.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Batch {
    /// Makes a repeated announcement another message: peers ignore a message they have seen.
    nonce: u64,
    pub(super) transactions: Vec<Envelope>,
}

impl Batch {
    /// Reads a message of a peer; nothing in it is verified.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let batch = codec::decode::<Batch, MESSAGE_BYTES_MAX>(bytes)
            .map_err(|error: CodecError| format!("batch: {error}"))?;
        match batch.transactions.len() {
            1..=BATCH_TRANSACTIONS_MAX => Ok(batch),
            got => Err(format!(
                "batch of {got} transactions: expected 1 to {BATCH_TRANSACTIONS_MAX}"
            )),
        }
    }
}

/// Collects transactions until a batch is full.
#[derive(Debug)]
pub(super) struct Batcher {
    nonce: u64,
    waiting: Vec<Envelope>,
    bytes: usize,
}

impl Batcher {
    pub(super) fn new() -> Self {
        Batcher {
            // Random, so that a restarted node does not repeat the messages of its predecessor.
            nonce: RandomState::new().build_hasher().finish(),
            waiting: Vec::new(),
            bytes: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Adds a transaction; gives the message that must go out before it, if it does not fit.
    pub(super) fn add(&mut self, transaction: &VerifiedTransaction) -> Option<(Vec<u8>, usize)> {
        let size = transaction.size_bytes().saturating_add(FRAME_BYTES);
        let full = self.bytes.saturating_add(size) > BATCH_BYTES
            || self.waiting.len() >= BATCH_TRANSACTIONS_MAX;
        let message = if full { self.flush() } else { None };
        self.bytes = self.bytes.saturating_add(size);
        self.waiting.push(transaction.envelope().clone());
        message
    }

    /// The message of everything that waits, and how many transactions it holds.
    pub(super) fn flush(&mut self) -> Option<(Vec<u8>, usize)> {
        if self.waiting.is_empty() {
            return None;
        }
        self.bytes = 0;
        self.nonce = self.nonce.wrapping_add(1);
        let transactions = std::mem::take(&mut self.waiting);
        let count = transactions.len();
        let batch = Batch {
            nonce: self.nonce,
            transactions,
        };
        Some((codec::encode(&batch), count))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;
    use crate::testing::{NOW_MS, transaction, transaction_with};

    /// A message as it is sent.
    static SENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut batcher = Batcher::new();
        for number in 0..3 {
            assert!(batcher.add(&transaction(1, number)).is_none());
        }
        batcher.flush().expect("a message").0
    });

    #[test]
    fn batches_hold_everything_once_and_stay_small() {
        let mut batcher = Batcher::new();
        let mut messages = Vec::new();
        for number in 0..1_000 {
            messages.extend(batcher.add(&transaction(1, number)));
        }
        messages.extend(batcher.flush());
        assert!(batcher.flush().is_none());
        let mut read = Vec::new();
        for (bytes, count) in messages {
            assert!(bytes.len() <= BATCH_BYTES, "{} bytes", bytes.len());
            let batch = Batch::decode(&bytes).expect("a batch");
            assert_eq!(batch.transactions.len(), count);
            read.extend(batch.transactions);
        }
        let sent: Vec<_> = (0..1_000)
            .map(|n| transaction(1, n).envelope().clone())
            .collect();
        assert_eq!(read, sent);
    }

    #[test]
    fn a_large_transaction_goes_alone() {
        let mut batcher = Batcher::new();
        assert!(batcher.add(&transaction(1, 1)).is_none());
        let large = transaction_with(1, 2, NOW_MS, &"x".repeat(1_000_000));
        assert_eq!(batcher.add(&large).map(|(_, count)| count), Some(1));
        let (bytes, count) = batcher.add(&transaction(1, 3)).expect("the large one goes");
        assert_eq!(count, 1);
        assert_eq!(
            Batch::decode(&bytes).expect("a batch").transactions[0],
            *large.envelope()
        );
    }

    #[test]
    fn the_same_transactions_announced_again_are_another_message() {
        let mut batcher = Batcher::new();
        let mut message = || {
            batcher.add(&transaction(1, 1));
            batcher.flush()
        };
        assert_ne!(message(), message());
    }

    #[test]
    fn garbage_and_empty_batches_are_refused() {
        assert!(Batch::decode(&[]).is_err());
        assert!(Batch::decode(&[0xff; 64]).is_err());
        let none = Batch {
            nonce: 1,
            transactions: Vec::new(),
        };
        assert!(Batch::decode(&codec::encode(&none)).is_err());
        let one = transaction(1, 1).envelope().clone();
        let many = Batch {
            nonce: 1,
            transactions: vec![one; BATCH_TRANSACTIONS_MAX + 1],
        };
        assert!(Batch::decode(&codec::encode(&many)).is_err());
    }

    /// What is read is written again as the same bytes.
    fn is_read(bytes: &[u8]) -> bool {
        let Ok(batch) = Batch::decode(bytes) else {
            return false;
        };
        assert_eq!(codec::encode(&batch), bytes);
        true
    }

    #[test]
    fn what_is_sent_is_read() {
        assert!(is_read(&SENT));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_message_has_one_encoding(bytes: Vec<u8>, place: Index, cut: Index, value: u8) {
            is_read(&bytes);
            let mut changed = SENT.clone();
            let place = place.index(changed.len());
            changed[place] = value;
            is_read(&changed);
            changed.truncate(cut.index(SENT.len()));
            is_read(&changed);
            changed.extend(bytes);
            is_read(&changed);
        }
    }
}
