//! The interface a contract publishes about itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use yilian_primitives::json;

use crate::refusal::OWN_CODES_FROM;

/// Version of the host interface that this crate describes.
pub const ABI_VERSION: u32 = 1;
/// Largest interface section in bytes.
pub const INTERFACE_BYTES_MAX: usize = 256 * 1_024;
/// Most methods of a contract.
pub const METHODS_MAX: usize = 128;

/// What kind of contract it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractKind {
    /// A pure function: no storage, no clock.
    Rule,
    /// Storage and access control.
    Ledger,
}

impl core::fmt::Display for ContractKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            ContractKind::Rule => "rule",
            ContractKind::Ledger => "ledger",
        })
    }
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// Name of the export.
    pub name: String,
    /// Whether it only reads.
    #[serde(default)]
    pub view: bool,
    /// What it does.
    #[serde(default)]
    pub title: Title,
    /// JSON Schema of the arguments.
    pub args: Value,
    /// JSON Schema of the result.
    pub result: Value,
}

/// One refusal that the contract may give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorText {
    /// Code, from 100.
    pub code: u32,
    /// Stable name.
    pub name: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// Article of law; empty if none.
    #[serde(default)]
    pub law: String,
}

/// The custom section `yilian.interface`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// Version of the host interface.
    pub abi: u32,
    /// Rule or ledger.
    pub kind: ContractKind,
    /// Name it calls itself.
    pub name: String,
    /// Version of the code, for people.
    pub version: String,
    /// What it is.
    #[serde(default)]
    pub title: Title,
    /// Methods.
    pub methods: Vec<Method>,
    /// Refusals.
    #[serde(default)]
    pub errors: Vec<ErrorText>,
}

/// The interface section is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("section yilian.interface: {reason}")]
pub struct InterfaceError {
    /// What is wrong and what would be right.
    pub reason: String,
}

fn wrong(reason: impl Into<String>) -> InterfaceError {
    InterfaceError {
        reason: reason.into(),
    }
}

impl Interface {
    /// Reads and checks the section's bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, InterfaceError> {
        if bytes.len() > INTERFACE_BYTES_MAX {
            let got = bytes.len();
            return Err(wrong(format!(
                "{got} bytes: expected at most {INTERFACE_BYTES_MAX}"
            )));
        }
        let value = json::parse_strict(bytes).map_err(|error| wrong(error.to_string()))?;
        let interface: Interface =
            serde_json::from_value(value).map_err(|error| wrong(error.to_string()))?;
        interface.check()?;
        Ok(interface)
    }

    /// The method of a name.
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.name == name)
    }

    fn check(&self) -> Result<(), InterfaceError> {
        if self.abi != ABI_VERSION {
            let got = self.abi;
            return Err(wrong(format!("abi {got}: expected {ABI_VERSION}")));
        }
        if self.methods.is_empty() || self.methods.len() > METHODS_MAX {
            let got = self.methods.len();
            return Err(wrong(format!("{got} methods: expected 1 to {METHODS_MAX}")));
        }
        for (place, method) in self.methods.iter().enumerate() {
            check_method_name(&method.name)?;
            if self.methods[..place].iter().any(|m| m.name == method.name) {
                return Err(wrong(format!("method {} stands twice", method.name)));
            }
        }
        match self.errors.iter().find(|error| error.code < OWN_CODES_FROM) {
            Some(error) => Err(wrong(format!(
                "error {} has code {}: codes below {OWN_CODES_FROM} are the chain's",
                error.name, error.code
            ))),
            None => Ok(()),
        }
    }
}

fn check_method_name(name: &str) -> Result<(), InterfaceError> {
    let fits = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fits {
        Ok(())
    } else {
        Err(wrong(format!(
            "method name {name:?}: expected lower-case letters, digits and _, at most 64"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(methods: &str) -> String {
        format!(
            r#"{{"abi":1,"kind":"rule","name":"deadline","version":"1.0.0","methods":{methods}}}"#
        )
    }

    #[test]
    fn a_minimal_interface_is_read() {
        let interface =
            Interface::parse(text(r#"[{"name":"judge","args":{},"result":{}}]"#).as_bytes())
                .expect("valid");
        assert_eq!(interface.kind, ContractKind::Rule);
        assert!(interface.method("judge").is_some());
    }

    #[test]
    fn methods_that_stand_twice_or_have_odd_names_are_refused() {
        let twice =
            text(r#"[{"name":"a","args":{},"result":{}},{"name":"a","args":{},"result":{}}]"#);
        assert!(
            Interface::parse(twice.as_bytes()).is_err_and(|e| e.reason.contains("stands twice"))
        );
        let odd = text(r#"[{"name":"Judge","args":{},"result":{}}]"#);
        assert!(Interface::parse(odd.as_bytes()).is_err_and(|e| e.reason.contains("Judge")));
        assert!(Interface::parse(text("[]").as_bytes()).is_err());
    }
}
