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

/// Keeps accepted transactions on disk. Called without any lock of the pool held; what is accepted from one thread.
pub trait Journal: Send + Sync + 'static {
    /// Makes transactions durable, all or none, before the acceptance of any is told. Writing one twice is harmless.
    fn accepted(&self, transactions: &[VerifiedTransaction]) -> Result<(), JournalError>;
    /// The transactions need not be kept any more: executed or expired. Best effort; what stays is dropped by
    /// [`crate::Pool::restore`] at the next start.
    fn forgotten(&self, ids: &[TxId]);
}
