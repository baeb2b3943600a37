//! What a ledger may know about the call it is in.

use serde::{Deserialize, Serialize};
use yilian_primitives::{Height, TimestampMs};

/// Sender of calls that the chain itself makes.
pub const SYSTEM_CALLER: &str = "system";

/// The surroundings of a call, as `env` hands them to a ledger in canonical JSON. Rules get none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Env {
    /// Name of the chain.
    pub chain_id: String,
    /// Height of the block being executed; of the last block for a query.
    pub height: Height,
    /// Time of that block in ms.
    pub time_ms: TimestampMs,
    /// Text of the transaction id; empty for a call of the chain itself or a query.
    pub tx_id: String,
    /// Text of the digest over contract, method and arguments of the transaction, whoever sent it and when; empty as
    /// `tx_id`. Validators acknowledge it.
    pub submission: String,
    /// Text of the sender's key, or [`SYSTEM_CALLER`]; empty for a query.
    pub caller: String,
    /// Organisation the sender's key is bound to; empty if none.
    pub organisation: String,
    /// Roles of that organisation.
    pub roles: Vec<String>,
    /// Name of the contract that runs.
    pub contract: String,
    /// Ledger that made this nested call; none at the top.
    pub calling_contract: Option<String>,
    /// Log index that the receipt of this call will have.
    pub log_index: u64,
}
