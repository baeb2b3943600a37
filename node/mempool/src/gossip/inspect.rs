//! Judges a message of a peer.

use yilian_crypto::Digest;
use yilian_primitives::{Envelope, PAYLOAD_TYPE, TxId, pre_authentication_encoding};

use super::Admit;
use super::batch::Batch;
use crate::Pool;

/// What a message is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Every transaction verifies, and at least one waits here now: pass it on.
    Useful {
        /// How many were not waiting before.
        new: usize,
    },
    /// Every transaction verifies, but this node wants none: executed, expired, or no room. Not passed on.
    Useless,
    /// The sender is at fault: an honest node verifies before it passes on.
    Malformed(String),
}

/// Decodes and verifies a message and admits what is in it, one after another up to the first bad one.
pub(super) fn inspect(bytes: &[u8], pool: &Pool, admit: &Admit) -> Finding {
    let batch = match Batch::decode(bytes) {
        Ok(batch) => batch,
        Err(reason) => return Finding::Malformed(reason),
    };
    let (mut new, mut known) = (0usize, 0usize);
    for envelope in batch.transactions {
        if waits(&envelope, pool) {
            known = known.saturating_add(1);
            continue;
        }
        let transaction = match envelope.verify() {
            Ok(transaction) => transaction,
            Err(refusal) => return Finding::Malformed(refusal.to_string()),
        };
        let id = transaction.id();
        match admit(transaction) {
            Ok(()) => new = new.saturating_add(1),
            Err(refusal) => tracing::debug!(%id, %refusal, "transaction of a peer refused"),
        }
    }
    if new > 0 || known > 0 {
        Finding::Useful { new }
    } else {
        Finding::Useless
    }
}

/// Whether these very bytes wait already; then they were verified. The signature is compared too: a message that carries
/// a bad one under a known id must not be passed on as ours.
fn waits(envelope: &Envelope, pool: &Pool) -> bool {
    let signed = pre_authentication_encoding(PAYLOAD_TYPE, &envelope.payload);
    let id = TxId(Digest::sha256(&signed));
    pool.get(&id)
        .is_some_and(|waiting| waiting.envelope() == envelope)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::batch::Batcher;
    use super::*;
    use crate::PoolLimits;
    use crate::testing::{NOW_MS, transaction};
    use yilian_crypto::Signature;

    fn pool_and_gate() -> (Arc<Pool>, Admit) {
        let pool = Arc::new(Pool::new(PoolLimits::default(), None));
        let inner = pool.clone();
        let gate: Admit = Arc::new(move |tx| inner.insert_shared_alone(tx, NOW_MS).map(|_| ()));
        (pool, gate)
    }

    fn message(numbers: &[u64]) -> Vec<u8> {
        let mut batcher = Batcher::new();
        for number in numbers {
            assert!(batcher.add(&transaction(1, *number)).is_none());
        }
        batcher.flush().expect("a message").0
    }

    #[test]
    fn a_valid_message_is_admitted_once_and_stays_useful_while_it_waits() {
        let (pool, gate) = pool_and_gate();
        assert_eq!(
            inspect(&message(&[1, 2]), &pool, &gate),
            Finding::Useful { new: 2 }
        );
        assert_eq!(
            inspect(&message(&[1, 2]), &pool, &gate),
            Finding::Useful { new: 0 }
        );
        pool.remove_committed(&[transaction(1, 1).id(), transaction(1, 2).id()]);
        assert_eq!(inspect(&message(&[1, 2]), &pool, &gate), Finding::Useless);
    }

    #[test]
    fn any_changed_byte_is_malformed_or_another_number_of_the_batch() {
        let (pool, gate) = pool_and_gate();
        let bytes = message(&[1]);
        for place in 8..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0x40;
            let finding = inspect(&changed, &pool, &gate);
            assert!(
                matches!(finding, Finding::Malformed(_)),
                "byte {place}: {finding:?}"
            );
        }
        assert!(pool.is_empty());
    }

    #[test]
    fn a_bad_signature_under_a_known_id_is_malformed() {
        let (pool, gate) = pool_and_gate();
        pool.insert_shared_alone(transaction(1, 1), NOW_MS)
            .expect("room");
        let mut envelope = transaction(1, 1).envelope().clone();
        envelope.signature = Signature::from_bytes([7; 64]);
        assert!(!waits(&envelope, &pool));
        assert!(waits(transaction(1, 1).envelope(), &pool));
        assert!(matches!(inspect(&[], &pool, &gate), Finding::Malformed(_)));
    }
}
