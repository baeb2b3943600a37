//! What the node gives to the interface; public as part of [`crate::backend`].

use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;
use yilian_acknowledgement::Acknowledgement;
use yilian_crypto::Digest;
use yilian_primitives::{
    CommitCertificate, Event, Header, Height, Receipt, Refusal, TimestampMs, Trace, TxId,
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

/// A transaction that was taken. Its sender is told when it is durable.
pub struct Submitted {
    /// Its id.
    pub id: TxId,
    /// Ends when it is on disk; refused as `NotReady` if it cannot be.
    pub durable: BoxFuture<'static, Result<(), Refusal>>,
}

/// Answer of `POST /v1/acknowledgements`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    /// Name of the chain.
    pub chain_id: String,
    /// The transaction that was sent.
    pub tx_id: TxId,
    /// What was acknowledged: the digest over contract, method and arguments.
    pub submission: Digest,
    /// The validator's word.
    pub acknowledgement: Acknowledgement,
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
    /// Whether the database was restored from a backup and the validator signs nothing yet.
    pub restored: bool,
    /// Lowest height whose body is kept here: transactions, results and events.
    pub bodies_from: Height,
    /// Version of the program.
    pub version: String,
    /// How threshold releases stand.
    pub releases: ReleaseStatus,
    /// Whether the chain may be used for real trades: at least four validators, and a group that holds the release key.
    pub production: bool,
    /// What waits.
    pub pool: PoolStatus,
    /// Name of this node.
    pub name: String,
}

/// How threshold releases stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReleaseStatus {
    /// Key of the group, 192 hexadecimal digits; none before the first ceremony is over.
    pub group_key: Option<String>,
    /// Shares that make a release.
    pub threshold: u64,
    /// Shares in all.
    pub holders: u64,
    /// Shares that are no secret, because their holders were absent when they were dealt.
    pub revealed: u64,
    /// Whether a ceremony runs.
    pub ceremony: bool,
    /// Releases that wait.
    pub waiting: u64,
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

/// What a tile holds (c2sp.org/tlog-tiles).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileKind {
    /// Hashes of complete subtrees; level L of tiles is level 8L of the tree.
    Hashes(u8),
    /// Leaves, each with its length in two bytes before it.
    Entries,
}

/// A tile of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// What it holds.
    pub kind: TileKind,
    /// Its place among the tiles of its level, from 0.
    pub index: u64,
    /// Hashes or leaves in it: [`Tile::WIDTH`] if it is full.
    pub width: u16,
}

impl Tile {
    /// Hashes or leaves in a full tile.
    pub const WIDTH: u16 = 256;
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
    Contract(Box<ContractRefusal>),
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

/// The bytes of an evidence bundle, or what is missing for one.
pub type Evidence = Result<Vec<u8>, String>;
