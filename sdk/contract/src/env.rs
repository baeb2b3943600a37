//! What a ledger may know about its call.

use crate::Json;

/// The circumstances of a call. The same on every node and in every re-execution.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
pub struct Env {
    /// Chain id.
    pub chain_id: String,
    /// Height of the block under execution.
    pub height: u64,
    /// Time of the block under execution, Unix time in ms.
    pub time_ms: u64,
    /// Id of the transaction, `sha256:<64 hex>`.
    pub tx_id: String,
    /// Digest of what the transaction asks for, whoever sent it and when, `sha256:<64 hex>`: validators acknowledge it.
    pub submission: String,
    /// Key that signed, `ed25519:<64 hex>`, or `system`.
    pub caller: String,
    /// The caller's unified social credit code, or empty.
    pub organisation: String,
    /// The organisation's roles.
    pub roles: Vec<String>,
    /// Name of the contract that runs.
    pub contract: String,
    /// Name of the contract that called it, if one did.
    pub calling_contract: Option<String>,
    /// Index in the log that this call's receipt will have.
    pub log_index: u64,
}

impl Env {
    /// Whether the caller's organisation has the role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }

    /// Whether the caller's organisation has one of the roles.
    pub fn has_any_role(&self, roles: &[&str]) -> bool {
        roles.iter().any(|role| self.has_role(role))
    }

    /// Whether the chain itself calls: with a release, or at a time that was asked for.
    pub fn is_system(&self) -> bool {
        self.caller == "system"
    }
}

/// Arguments of the method that a release calls. The caller is then `system`.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
pub struct Release {
    /// The identity that was asked for.
    pub identity: String,
    /// The released randomness, 64 hexadecimal digits.
    pub seed: String,
    /// What the group of centres signed, 96 hexadecimal digits: the seed is a hash of it.
    pub signature: String,
    /// Key of the group, 192 hexadecimal digits; anybody verifies the signature with it.
    pub group_key: String,
    /// Height at which it was asked for.
    pub requested_at: u64,
}

/// Arguments of the method that the chain calls at a time. The caller is then `system`.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
pub struct Due {
    /// The ledger's own name for the call.
    pub name: String,
}
