//! Records of state that the chain itself reads. Ledger `identity` and genesis write the first three.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yilian_crypto::Digest;
use yilian_primitives::{Height, json};

use crate::ContractKind;
use crate::interface::Title;

/// Whether an organisation or key counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In force.
    Active,
    /// The organisation is barred for now.
    Suspended,
    /// The key is withdrawn for ever.
    Revoked,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Unified social credit code (GB 32100).
    pub code: String,
    /// Name.
    pub name: Title,
    /// What it does on this chain.
    pub roles: Vec<String>,
    /// Whether it counts.
    pub status: Status,
    /// Division code (GB/T 2260) or empty.
    #[serde(default)]
    pub division: String,
}

/// A key's binding to an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyBinding {
    /// Unified social credit code.
    pub organisation: String,
    /// Whether it counts.
    pub status: Status,
    /// For people.
    #[serde(default)]
    pub label: String,
}

/// Who may call a method. Both lists empty: every active organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Roles that may.
    pub roles: Vec<String>,
    /// Organisations that may.
    pub organisations: Vec<String>,
}

impl Permission {
    /// Whether an organisation may call.
    pub fn allows(&self, organisation: &Organisation) -> bool {
        (self.roles.is_empty() && self.organisations.is_empty())
            || self.organisations.contains(&organisation.code)
            || self
                .roles
                .iter()
                .any(|role| organisation.roles.contains(role))
    }
}

/// A deployed contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRecord {
    /// Name by which it is called.
    pub name: String,
    /// Rule or ledger.
    pub kind: ContractKind,
    /// SHA-256 of the program.
    pub code_hash: Digest,
    /// Version that the code gives itself.
    pub version: String,
    /// Height at which this code took effect.
    pub height: Height,
}

/// Canonical JSON of a record.
pub fn to_bytes<T: Serialize>(record: &T) -> Vec<u8> {
    let value = serde_json::to_value(record).unwrap_or(Value::Null);
    json::canonical(&value)
}

/// Reads a record; none if the bytes are not one, which no writer of ours produces.
pub fn from_bytes<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organisation(roles: &[&str]) -> Organisation {
        Organisation {
            code: "91620000MA00000000".to_owned(),
            name: Title::default(),
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            status: Status::Active,
            division: String::new(),
        }
    }

    #[test]
    fn a_permission_without_lists_allows_everybody() {
        assert!(Permission::default().allows(&organisation(&[])));
    }

    #[test]
    fn a_permission_allows_by_role_or_by_code() {
        let by_role = Permission {
            roles: vec!["agency".to_owned()],
            organisations: vec![],
        };
        assert!(by_role.allows(&organisation(&["agency"])));
        assert!(!by_role.allows(&organisation(&["bidder"])));
        let by_code = Permission {
            roles: vec![],
            organisations: vec![organisation(&[]).code],
        };
        assert!(by_code.allows(&organisation(&[])));
    }

    #[test]
    fn records_are_read_back() {
        let record = organisation(&["centre"]);
        assert_eq!(from_bytes(&to_bytes(&record)), Some(record));
    }
}
