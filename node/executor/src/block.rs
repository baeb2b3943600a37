//! Blocks before and after execution.

use std::collections::BTreeMap;

use thiserror::Error;
use yilian_crypto::Digest;
use yilian_merkle::log::{self, Frontier, Node};
use yilian_primitives::{
    Address, Block, CertificateError, CommitCertificate, Height, Receipt, TimestampMs, Trace,
    ValidatorSet, VerifiedTransaction,
};
use yilian_state_tree::Update;

use crate::parent::{StateError, StoredValue};

/// New value of a state key, or none if it was removed.
pub type StateChange = Option<StoredValue>;

/// What a proposer wants to put into a block.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Proposer's clock in ms, after the parent's time.
    pub time_ms: TimestampMs,
    /// The proposer.
    pub proposer: Address,
    /// Certificate of the parent; none above genesis.
    pub parent_certificate: Option<CommitCertificate>,
    /// Transactions to try, in order. Those that do not fit or may not be executed are left out.
    pub transactions: Vec<VerifiedTransaction>,
}

/// Whether a block's transactions and certificate are those that its header names. Cheap: nothing is executed.
pub trait BodyOfHeader {
    /// True if the header commits to exactly this body.
    fn body_is_the_headers(&self) -> bool;
}

impl BodyOfHeader for Block {
    fn body_is_the_headers(&self) -> bool {
        let certificate = self.parent_certificate.as_ref();
        let header = &self.header;
        header.transaction_count == self.transactions.len() as u64
            && header.transactions_root == transactions_root(&self.transactions)
            && header.parent_commit_hash
                == certificate.map_or(Digest::ZERO, CommitCertificate::hash)
    }
}

/// RFC 6962 root over the transactions' canonical bytes.
pub(crate) fn transactions_root(transactions: &[VerifiedTransaction]) -> Digest {
    let leaf = |transaction| log::leaf_hash(&Block::transaction_leaf(transaction));
    log::root(&transactions.iter().map(leaf).collect::<Vec<_>>())
}

/// One receipt with its place in the log.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Log index of the receipt.
    pub log_index: u64,
    /// The receipt.
    pub receipt: Receipt,
    /// What stands behind it.
    pub trace: Trace,
}

/// A block and everything it does. Only the executor makes one.
pub struct ExecutedBlock {
    pub(crate) block: Block,
    pub(crate) outcome: Outcome,
}

/// What a block leaves behind.
pub(crate) struct Outcome {
    pub(crate) executions: Vec<Execution>,
    pub(crate) leaves: Vec<Vec<u8>>,
    pub(crate) log_nodes: Vec<Node>,
    pub(crate) frontier: Frontier,
    pub(crate) changes: BTreeMap<Vec<u8>, StateChange>,
    pub(crate) tree: Update,
    pub(crate) next_validators: ValidatorSet,
}

impl ExecutedBlock {
    /// The block.
    pub fn block(&self) -> &Block {
        &self.block
    }

    /// Joins the block with the certificate that decided it.
    ///
    /// # Errors
    /// If the certificate is for another value, or not of more than two thirds of `validators`.
    pub fn commit(
        self,
        certificate: CommitCertificate,
        validators: &ValidatorSet,
    ) -> Result<CommittedBlock, CommitError> {
        let header = &self.block.header;
        if certificate.block != header.block_ref() || certificate.height != header.height {
            return Err(CommitError::OtherBlock {
                height: header.height,
            });
        }
        certificate.verify(&header.chain_id, validators)?;
        Ok(CommittedBlock {
            executed: self,
            certificate: Some(certificate),
        })
    }
}

/// A certificate does not fit a block.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommitError {
    /// It decides another value.
    #[error("the certificate is not for block {height}")]
    OtherBlock {
        /// Height of the block.
        height: Height,
    },
    /// It proves nothing.
    #[error("certificate: {0}")]
    Certificate(#[from] CertificateError),
}

/// A decided block with its outcome, ready for storage. Genesis has no certificate.
pub struct CommittedBlock {
    pub(crate) executed: ExecutedBlock,
    pub(crate) certificate: Option<CommitCertificate>,
}

impl CommittedBlock {
    /// The block.
    pub fn block(&self) -> &Block {
        &self.executed.block
    }

    /// Its certificate; none at genesis.
    pub fn certificate(&self) -> Option<&CommitCertificate> {
        self.certificate.as_ref()
    }

    /// Its receipts in the order of the log.
    pub fn executions(&self) -> &[Execution] {
        &self.executed.outcome.executions
    }

    /// Bytes of the log leaves it adds, in order.
    pub fn leaves(&self) -> &[Vec<u8>] {
        &self.executed.outcome.leaves
    }

    /// Nodes of the log's tree that it completes.
    pub fn log_nodes(&self) -> &[Node] {
        &self.executed.outcome.log_nodes
    }

    /// The log after it.
    pub fn frontier(&self) -> &Frontier {
        &self.executed.outcome.frontier
    }

    /// State keys that it changes.
    pub fn changes(&self) -> &BTreeMap<Vec<u8>, StateChange> {
        &self.executed.outcome.changes
    }

    /// Nodes of the state tree that it adds, and those that it makes stale.
    pub fn tree(&self) -> &Update {
        &self.executed.outcome.tree
    }

    /// Validators that decide the next block.
    pub fn next_validators(&self) -> &ValidatorSet {
        &self.executed.outcome.next_validators
    }
}

/// A block may not be decided.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BlockRefused {
    /// Executing it here gives another root: one of the two nodes computes wrongly.
    #[error(
        "block {height}: {field} in the header is {expected}, and executing the block here gives {got}"
    )]
    RootMismatch {
        /// Height of the block.
        height: Height,
        /// Name of the header's field.
        field: &'static str,
        /// What the header says.
        expected: Digest,
        /// What execution gives.
        got: Digest,
    },
    /// A field of the header, the certificate of the parent, or a transaction breaks a rule.
    #[error("block {height}: {reason}")]
    Invalid {
        /// Height of the block.
        height: Height,
        /// What is wrong and what would be right.
        reason: String,
    },
}

/// A block could not be executed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExecuteError {
    /// The block is at fault.
    #[error("{0}")]
    Refused(#[from] BlockRefused),
    /// This node is at fault.
    #[error("{0}")]
    State(#[from] StateError),
}
