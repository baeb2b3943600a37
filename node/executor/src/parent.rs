//! The state before a block.

use thiserror::Error;
use yilian_merkle::log::Frontier;
use yilian_primitives::{Header, TxId, ValidatorSet};
use yilian_state_tree::NodeRead;

/// The state could not be read: this node is at fault, not the block.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("state cannot be read: {0}")]
pub struct StateError(pub String);

/// A value and the log index of the record that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredValue {
    /// The value.
    pub value: Vec<u8>,
    /// Log index of the receipt that wrote it; 0 for genesis.
    pub writer: u64,
}

/// A snapshot of everything that a committed block left behind.
pub trait ParentState: Send + Sync + 'static {
    /// The value of a state key.
    fn value(&self, key: &[u8]) -> Result<Option<StoredValue>, StateError>;
    /// Entries from a state key up to, and without, another one, in key order, at most `limit`.
    fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, StoredValue)>, StateError>;
    /// Header of the block.
    fn header(&self) -> &Header;
    /// The log after the block.
    fn frontier(&self) -> &Frontier;
    /// Validators that decided the block.
    fn deciders(&self) -> &ValidatorSet;
    /// Validators that decide the next block.
    fn validators(&self) -> &ValidatorSet;
    /// Whether a transaction was executed in this or an earlier block.
    fn has_transaction(&self, id: &TxId) -> Result<bool, StateError>;
    /// Nodes of the state tree.
    fn tree(&self) -> &dyn NodeRead;
}
