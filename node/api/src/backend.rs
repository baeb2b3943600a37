//! What the interface asks of the node behind it.
//!
//! The node gives its own types (headers, receipts, traces) and the interface writes them as JSON, so the node need not
//! know how an answer looks. Every method is synchronous and may read from disk: the interface calls it on a blocking
//! thread, many at once. An answer of `None` is "there is no such thing"; a [`Fault`] is trouble of this node, which is
//! logged and shown to the client without its message.

use serde_json::Value;
use tokio::sync::broadcast;
use yilian_crypto::Digest;
use yilian_primitives::{Envelope, Height, Refusal, TimestampMs, TxId};
use yilian_verify::Question;

pub use crate::records::{
    Acknowledged, BlockRecord, Consistency, Contract, ContractRefusal, EventRecord, Evidence,
    Execution, Fault, HeaderRecord, Inclusion, PoolStatus, QueryError, QueryResult, ReleaseStatus,
    StateProofRecord, Status, Submitted, Tile, TileKind, TransactionRecord,
};
pub use crate::waiters::{Waiter, Waiters};

/// The chain as the interface sees it.
///
/// All answers of one call come from one committed height. Heights never go down.
pub trait Backend: Send + Sync + 'static {
    /// Where the node stands.
    fn status(&self) -> Result<Status, Fault>;
    /// The chain specification as JSON, with `digest`, `validators` and `verifier_keys`.
    fn network(&self) -> Result<Value, Fault>;
    /// The group that holds the release key, the ceremony that runs, releases that wait and for whom, and faults.
    fn releases(&self) -> Result<Value, Fault>;
    /// Centres whose validators decide, candidates, former ones that still hold shares, and proposals.
    fn validators(&self) -> Result<Value, Fault>;
    /// Height of the last committed block; cheap, from memory.
    fn tip(&self) -> Height;
    /// Lowest height whose body, that is transactions, results and events, is kept on this node.
    fn bodies_from(&self) -> Result<Height, Fault>;
    /// A block with its receipts; `None` above the tip.
    fn block(&self, height: Height) -> Result<Option<BlockRecord>, Fault>;
    /// A header with the certificate that decided it; `None` above the tip.
    fn header(&self, height: Height) -> Result<Option<HeaderRecord>, Fault>;
    /// A transaction that waits in the pool or was executed; `None` if this node does not have it.
    fn transaction(&self, id: &TxId) -> Result<Option<TransactionRecord>, Fault>;
    /// Height and log index at which a transaction was executed, also if this node does not have it itself.
    fn executed_at(&self, id: &TxId) -> Result<Option<(Height, u64)>, Fault>;
    /// An evidence bundle that proves claims under the tip; the error names what this chain does not have.
    fn evidence(&self, question: &Question) -> Result<Evidence, Fault>;
    /// As [`Backend::evidence`], for the record of an executed transaction.
    fn evidence_of(&self, id: &TxId) -> Result<Evidence, Fault>;
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
    /// A checkpoint as a signed note with every signature there is: of the tip, or the last that a witness cosigned; `None`
    /// if there is none yet.
    fn checkpoint(&self, cosigned: bool) -> Result<Option<String>, Fault>;
    /// A COSE receipt of a leaf, signed by this validator; `None` beyond the log.
    fn cose_receipt(&self, index: u64) -> Result<Option<Vec<u8>>, Fault>;
    /// A tile of the log; `None` if the log is not that large.
    fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>, Fault>;
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
    /// Verifies a transaction and puts it into the pool. Sending a waiting transaction again is no error; an executed one is
    /// refused as `Replayed`.
    fn submit(&self, envelope: Envelope) -> Result<Submitted, Refusal>;
    /// As [`Backend::submit`], and when it is durable signs that this validator had the submission at `received_ms`. Asked
    /// again, it says the same, also when the transaction was executed meanwhile.
    fn acknowledge(
        &self,
        envelope: Envelope,
        received_ms: TimestampMs,
    ) -> Result<Acknowledged, Refusal>;
    /// This node's clock, Unix time in ms: when a submission came.
    fn clock_ms(&self) -> TimestampMs;
    /// Begins to wait for a block that executes a transaction: its waiter is told **after** every read above can see it.
    fn wait_for(&self, id: TxId) -> Waiter;
    /// Heights as they are committed, each sent **after** every read above can see it.
    fn subscribe(&self) -> broadcast::Receiver<Height>;
    /// The node's metrics in the OpenMetrics text format, with or without the closing `# EOF` line.
    fn metrics(&self) -> String;
    /// Whether this node follows the chain closely enough to take transactions.
    fn ready(&self) -> bool;
}
