//! What can go wrong between a client and a node.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A node's "no", as `application/problem+json` (RFC 9457) states it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code for programs, as `YL-1003`; empty if the answer had none.
    #[serde(default)]
    pub code: String,
    /// HTTP status.
    #[serde(default)]
    pub status: u16,
    /// What it is, in a few words.
    #[serde(default)]
    pub title: String,
    /// What was wrong and what would be right.
    #[serde(default)]
    pub detail: String,
    /// The contract's refusal, where a view refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<serde_json::Value>,
}

/// A call of a node did not give an answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientError {
    /// The node could not be reached, or did not answer in time. Trying again is harmless.
    #[error("cannot reach {url}: {reason}")]
    Network {
        /// The address that was asked.
        url: String,
        /// What the operating system or the HTTP layer says.
        reason: String,
    },
    /// The node refused.
    #[error("{} {}: {}", .0.code, .0.title, .0.detail)]
    Problem(Problem),
    /// The node has no such thing.
    #[error("{what} not found")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// The answer is not what the interface promises: another program, another version, or a lie.
    #[error("unexpected answer to {what}: {reason}")]
    Protocol {
        /// What was asked for.
        what: String,
        /// What was wrong with the answer.
        reason: String,
    },
}

impl ClientError {
    pub(crate) fn protocol(what: impl Into<String>, reason: impl core::fmt::Display) -> Self {
        let reason = reason.to_string();
        ClientError::Protocol {
            what: what.into(),
            reason,
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_temporary(&self) -> bool {
        match self {
            ClientError::Network { .. } => true,
            ClientError::Problem(problem) => matches!(problem.status, 429 | 502..=504),
            ClientError::NotFound { .. } | ClientError::Protocol { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_node_is_temporary_and_a_forbidden_method_is_not() {
        let problem = |status| {
            ClientError::Problem(Problem {
                status,
                ..Problem::default()
            })
        };
        assert!(problem(429).is_temporary());
        assert!(problem(503).is_temporary());
        assert!(!problem(403).is_temporary());
    }
}
