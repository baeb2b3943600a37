//! What the interface asks of the node behind it.
//!
//! The node gives its own types (headers, receipts, traces) and the interface writes them as JSON, so the node need not
//! know how an answer looks. Every method is synchronous and may read from disk: the interface calls it on a blocking
//! thread, many at once. An answer of `None` is "there is no such thing"; a [`Fault`] is trouble of this node, which is
//! logged and shown to the client without its message.

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;
use tokio::sync::broadcast;
use yilian_crypto::Digest;
use yilian_primitives::{
    CommitCertificate, Envelope, Event, Header, Height, Receipt, Refusal, TimestampMs, Trace, TxId,
    ValidatorSet, VerifiedTransaction,
};

/// Trouble of this node: a read failed, a stored value is damaged. The message is for the operator's log alone.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Fault {
    /// What happened, for the operator.
    pub message: String,
}

impl Fault {
    /// A fault with its message.
    pub fn new(message: impl Into<String>) -> Self {
        Fault {
            message: message.into(),
        }
    }
}

/// The chain as the interface sees it.
///
/// All answers of one call come from one committed height. Heights never go down.
pub trait Backend: Send + Sync + 'static {
    /// Where the node stands.
    fn status(&self) -> Result<Status, Fault>;
    /// The chain specification as JSON, with `digest`, `validators` and `verifier_keys`.
    fn network(&self) -> Result<Value, Fault>;
    /// Height of the last committed block; cheap, from memory.
    fn tip(&self) -> Height;
    /// A block; `None` above the tip or if its body is no longer kept.
    fn block(&self, height: Height) -> Result<Option<BlockRecord>, Fault>;
    /// A header with the certificate that decided it; `None` above the tip.
    fn header(&self, height: Height) -> Result<Option<HeaderRecord>, Fault>;
    /// A transaction that waits in the pool or was executed; `None` if this node knows nothing of it.
    fn transaction(&self, id: &TxId) -> Result<Option<TransactionRecord>, Fault>;
    /// Everything needed to verify an executed transaction offline: `RecordProof` of yilian-verify as JSON.
    /// `None` unless the transaction is executed and a certificate over its block is known.
    fn record_proof(&self, id: &TxId) -> Result<Option<Value>, Fault>;
    /// The events of a block in the order of their emission; `None` above the tip or if no longer kept.
    fn events(&self, height: Height) -> Result<Option<Vec<EventRecord>>, Fault>;
    /// Leaves in the log at the tip.
    fn log_size(&self) -> Result<u64, Fault>;
    /// Bytes of a log leaf; `None` beyond the log.
    fn log_leaf(&self, index: u64) -> Result<Option<Vec<u8>>, Fault>;
    /// Proof that leaf `index` is in the log of `size` leaves; `None` unless `index < size <= log_size`.
    fn inclusion(&self, index: u64, size: u64) -> Result<Option<Inclusion>, Fault>;
    /// Proof that the log of `new` leaves extends the log of `old`; `None` unless `old <= new <= log_size`.
    fn consistency(&self, old: u64, new: u64) -> Result<Option<Consistency>, Fault>;
    /// Value and proof of a state key (without the contract's prefix) at the tip: a proof of presence or of absence.
    /// `None` if nothing is certified yet (only genesis is there).
    fn state_proof(&self, contract: &str, key: &[u8]) -> Result<Option<StateProofRecord>, Fault>;
    /// The deployed contracts in order of their names.
    fn contracts(&self) -> Result<Vec<Contract>, Fault>;
    /// One deployed contract.
    fn contract(&self, name: &str) -> Result<Option<Contract>, Fault>;
    /// Interface JSON of a deployed contract, as it stands in its code.
    fn interface(&self, name: &str) -> Result<Option<Vec<u8>>, Fault>;
    /// Code by its hash, also of superseded versions.
    fn code(&self, hash: &Digest) -> Result<Option<Vec<u8>>, Fault>;
    /// Calls a view at the tip. `args` is strict JSON ([`yilian_primitives::json`]) and an object.
    fn query(&self, contract: &str, method: &str, args: &Value) -> Result<QueryResult, QueryError>;
    /// Verifies a transaction and puts it into the pool; answers after it is durable. Sending a waiting transaction
    /// again is no error; an executed one is refused as `Replayed`.
    fn submit(&self, envelope: Envelope) -> Result<TxId, Refusal>;
    /// Heights as they are committed, each sent **after** every read above can see it.
    fn subscribe(&self) -> broadcast::Receiver<Height>;
    /// The node's metrics in the OpenMetrics text format, with or without the closing `# EOF` line.
    fn metrics(&self) -> String;
    /// Whether this node follows the chain closely enough to take transactions.
    fn ready(&self) -> bool;
}

/// Answer of `GET /v1/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Name of the chain.
    pub chain_id: String,
    /// Last committed height.
    pub height: Height,
    /// Time of that block in ms.
    pub time_ms: TimestampMs,
    /// Hash of its header.
    pub header_hash: Digest,
    /// Leaves in the log after it.
    pub log_size: u64,
    /// Root of the log after it.
    pub log_root: Digest,
    /// Root of the state after it.
    pub state_root: Digest,
    /// Number of validators that decide the next block.
    pub validators: u64,
    /// Number of validators this node is connected to.
    pub peers: u64,
    /// Whether the node is behind and catching up.
    pub syncing: bool,
    /// Version of the program.
    pub version: String,
    /// Where threshold releases come from.
    pub release_backend: String,
    /// Whether the chain may be used for real trades: false while a development backend is in use.
    pub production: bool,
    /// What waits.
    pub pool: PoolStatus,
    /// Name of this node.
    pub name: String,
}

/// What waits in the pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PoolStatus {
    /// Number of transactions.
    pub transactions: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

/// A committed block. Receipts of the system's calls stand before those of the transactions.
#[derive(Clone, Debug)]
pub struct BlockRecord {
    /// Its header.
    pub header: Header,
    /// The certificate that decided it; none at genesis.
    pub certificate: Option<CommitCertificate>,
    /// Its transactions in order.
    pub transactions: Vec<TxId>,
    /// Its receipts in order.
    pub receipts: Vec<Receipt>,
}

/// A header with what proves it.
#[derive(Clone, Debug)]
pub struct HeaderRecord {
    /// The header.
    pub header: Header,
    /// The certificate that decided it; none at genesis.
    pub certificate: Option<CommitCertificate>,
    /// The validators that decided it.
    pub validators: ValidatorSet,
}

/// A transaction and, once it is final, its outcome.
#[derive(Clone, Debug)]
pub struct TransactionRecord {
    /// The transaction.
    pub transaction: VerifiedTransaction,
    /// Its outcome; none while it waits.
    pub execution: Option<Execution>,
}

/// Outcome of a transaction in a committed block.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Log index of the receipt.
    pub log_index: u64,
    /// The receipt; it names height and index.
    pub receipt: Receipt,
    /// What stands behind the receipt.
    pub trace: Trace,
}

/// An event with its place. Its id in the stream is `height.index.event`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Place of the receipt in the block, from 0.
    pub index: u32,
    /// Place of the event in the receipt, from 0.
    pub event: u32,
    /// The transaction that caused it; none for a release.
    pub tx_id: Option<TxId>,
    /// The event.
    pub emitted: Event,
}

/// Inclusion proof (RFC 9162 section 2.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inclusion {
    /// Place of the leaf.
    pub index: u64,
    /// Leaves in the tree.
    pub size: u64,
    /// The path, from the leaf up.
    pub hashes: Vec<Digest>,
    /// Hash of the leaf.
    pub leaf_hash: Digest,
    /// Root of the tree.
    pub root: Digest,
}

/// Consistency proof (RFC 9162 section 2.1.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Consistency {
    /// Leaves in the older tree.
    pub old_size: u64,
    /// Leaves in the newer tree.
    pub new_size: u64,
    /// The proof.
    pub hashes: Vec<Digest>,
    /// Root of the older tree.
    pub old_root: Digest,
    /// Root of the newer tree.
    pub new_root: Digest,
}

/// A state value, or its absence, with what proves it.
#[derive(Clone, Debug)]
pub struct StateProofRecord {
    /// Header whose state root the proof leads to.
    pub header: Header,
    /// Certificate over that header.
    pub certificate: CommitCertificate,
    /// The proof: `StateProof` of yilian-merkle as JSON.
    pub proof: Value,
    /// The value; none if the key is absent.
    pub value: Option<Vec<u8>>,
}

/// A deployed contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contract {
    /// Name under which it is called.
    pub name: String,
    /// `rule` or `ledger`.
    pub kind: String,
    /// Digest of its code.
    pub code_hash: Digest,
    /// Version its author gave.
    pub version: String,
    /// Height at which this version was deployed.
    pub height: Height,
}

/// Answer of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueryResult {
    /// Height of the state it was asked of.
    pub height: Height,
    /// What it gave.
    pub result: Value,
}

/// A contract's own "no" (refusal JSON of the contract interface).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContractRefusal {
    /// Code: 1 to 99 the protocol's, from 100 the contract's.
    pub code: u32,
    /// Stable name of the code.
    pub name: String,
    /// The reason in Chinese.
    pub zh: String,
    /// The reason in English.
    pub en: String,
    /// Article of law; empty if none.
    pub law: String,
    /// More; may be empty.
    pub detail: String,
}

/// A view gave no result.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// Refused before any code ran: no such contract or method, not a view, malformed arguments.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The contract said no.
    #[error("refused by the contract: {} {}", .0.code, .0.en)]
    Contract(ContractRefusal),
    /// The code failed, ran out of fuel or of another resource. The reason is shown: it is the author's.
    #[error("trapped: {reason}")]
    Trapped {
        /// What happened.
        reason: String,
    },
    /// Trouble of this node.
    #[error("{0}")]
    Fault(#[from] Fault),
}
