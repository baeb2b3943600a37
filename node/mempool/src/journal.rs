//! Where accepted transactions survive a crash.

use thiserror::Error;
use yilian_primitives::{TxId, VerifiedTransaction};

/// A transaction could not be made durable. The node should stop taking transactions and say why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("journal of the pool: {message}")]
pub struct JournalError {
    /// What happened, for the operator.
    pub message: String,
}

/// Keeps accepted transactions on disk. Called without any lock of the pool held, from many threads at once.
pub trait Journal: Send + Sync + 'static {
    /// Makes a transaction durable before its acceptance is told to anyone. Writing it twice is harmless.
    fn accepted(&self, transaction: &VerifiedTransaction) -> Result<(), JournalError>;
    /// The transactions need not be kept any more: executed or expired. Best effort; what stays is dropped by
    /// [`crate::Pool::restore`] at the next start.
    fn forgotten(&self, ids: &[TxId]);
}
