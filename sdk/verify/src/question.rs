//! What evidence is asked for: the body of `POST /v1/evidence`.

use serde::{Deserialize, Serialize};

use crate::bundle::Claim;

/// Claims that a node is to prove. A verifier needs to know nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is to be proven, at least one.
    pub claims: Vec<Claim>,
    /// Whether the programs of the rules that were called are to be in the file.
    #[serde(default)]
    pub codes: bool,
    /// Whether the file is to hang on the last checkpoint that a witness cosigned, instead of on the last one.
    #[serde(default)]
    pub cosigned: bool,
    /// Sizes of smaller logs, as of a trusted checkpoint, that the file's log is to be shown to extend.
    #[serde(default)]
    pub consistent_with: Vec<u64>,
}

impl Question {
    /// Asks for one record, without programs.
    pub fn of_record(log_index: u64) -> Self {
        Question {
            claims: vec![Claim::Record { log_index }],
            ..Question::default()
        }
    }
}
