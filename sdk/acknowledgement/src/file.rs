//! A submission with its acknowledgements, as a bidder keeps it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use yilian_crypto::Digest;
use yilian_primitives::json;

use crate::{Acknowledgement, submission};

/// Largest file in bytes: the largest arguments, and some acknowledgements.
pub const FILE_BYTES_MAX: usize = 2 << 20;
/// Most acknowledgements of one submission.
const ACKNOWLEDGEMENTS_MAX: usize = 256;
/// What stands under `format`.
const FORMAT: &str = "yilian.acknowledged-submission.v1";

/// A submission and who acknowledged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcknowledgedSubmission {
    /// The chain.
    pub chain_id: String,
    /// Contract that was to be called.
    pub contract: String,
    /// Its method.
    pub method: String,
    /// The arguments.
    pub args: Value,
    /// The acknowledgements.
    pub acknowledgements: Vec<Acknowledgement>,
}

/// A file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("acknowledged submission: {0}")]
pub struct FileError(pub String);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    chain_id: String,
    contract: String,
    method: String,
    args: Value,
    acknowledgements: Vec<Acknowledgement>,
}

impl AcknowledgedSubmission {
    /// What was acknowledged.
    pub fn submission(&self) -> Digest {
        submission(&self.contract, &self.method, &json::canonical(&self.args))
    }

    /// The file's text.
    pub fn to_json(&self) -> Value {
        let file = File {
            format: FORMAT.to_owned(),
            chain_id: self.chain_id.clone(),
            contract: self.contract.clone(),
            method: self.method.clone(),
            args: self.args.clone(),
            acknowledgements: self.acknowledgements.clone(),
        };
        serde_json::to_value(file).expect("texts and numbers always serialise")
    }

    /// Reads a file strictly.
    ///
    /// # Errors
    /// If it is too large, no strict JSON, or of another format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.len() > FILE_BYTES_MAX {
            let got = bytes.len();
            return Err(FileError(format!(
                "{got} bytes: expected at most {FILE_BYTES_MAX}"
            )));
        }
        let file: File = json::read(bytes).map_err(|error| FileError(error.reason))?;
        if file.format != FORMAT {
            let got = file.format;
            return Err(FileError(format!("format {got:?}: expected {FORMAT:?}")));
        }
        if file.acknowledgements.len() > ACKNOWLEDGEMENTS_MAX {
            let got = file.acknowledgements.len();
            return Err(FileError(format!(
                "{got} acknowledgements: expected at most {ACKNOWLEDGEMENTS_MAX}"
            )));
        }
        Ok(AcknowledgedSubmission {
            chain_id: file.chain_id,
            contract: file.contract,
            method: file.method,
            args: file.args,
            acknowledgements: file.acknowledgements,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use yilian_crypto::SecretKey;

    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_written_and_nothing_else_is() {
        let mut file = AcknowledgedSubmission {
            chain_id: "test".to_owned(),
            contract: "tender".to_owned(),
            method: "commit".to_owned(),
            args: json!({"b": 1, "a": "标"}),
            acknowledgements: Vec::new(),
        };
        let key = SecretKey::from_seed([1; 32]);
        let signed = Acknowledgement::sign("test", &file.submission(), 7, Digest::ZERO, &key);
        file.acknowledgements.push(signed);
        let text = file.to_json().to_string();
        assert_eq!(
            AcknowledgedSubmission::from_bytes(text.as_bytes()),
            Ok(file)
        );
        for (from, to) in [("v1\"", "v2\""), ("\"args\"", "\"arg\""), ("}", "")] {
            let changed = text.replacen(from, to, 1);
            assert!(AcknowledgedSubmission::from_bytes(changed.as_bytes()).is_err());
        }
    }
}
