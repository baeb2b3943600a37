//! Waiting transactions on disk.

use yilian_mempool::{Journal, JournalError};
use yilian_primitives::{TxId, VerifiedTransaction};
use yilian_storage::Store;

/// The pool's journal in the node's database.
pub(crate) struct PoolJournal(pub(crate) Store);

impl Journal for PoolJournal {
    fn accepted(&self, transactions: &[VerifiedTransaction]) -> Result<(), JournalError> {
        self.0
            .keep_transactions(transactions)
            .map_err(|error| JournalError {
                message: error.to_string(),
            })
    }

    fn forgotten(&self, ids: &[TxId]) {
        if let Err(error) = self.0.forget_transactions(ids) {
            tracing::warn!(%error, "transactions that left the pool stay in its journal until the next start");
        }
    }
}
