//! Why a command did not do its work, and what to do next.

use serde_json::{Value, json};
use yilian_client::{ClientError, Problem};

use crate::exit::Exit;
use crate::lang::Lang;
use crate::messages::M;

/// A command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How the program ends.
    pub(crate) exit: Exit,
    /// What failed and why.
    pub(crate) message: String,
    /// What to do next; may be empty.
    pub(crate) hint: String,
    /// Stable code, as `YL-1003`; may be empty.
    pub(crate) code: String,
}

impl Failure {
    /// A failure without a hint.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Failure {
            exit,
            message: message.into(),
            hint: String::new(),
            code: String::new(),
        }
    }

    /// Says what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// A node's failure, in the reader's language.
    pub(crate) fn from_client(lang: Lang, error: &ClientError) -> Self {
        match error {
            ClientError::Network { url, reason } => {
                let text = lang.text(M::NodeUnreachable, &[("url", url), ("reason", reason)]);
                Failure::new(Exit::Network, text).hint(lang.text(M::NodeUnreachableHint, &[]))
            }
            ClientError::NotFound { what } => {
                Failure::new(Exit::NotFound, lang.text(M::NotFound, &[("what", what)]))
            }
            ClientError::Protocol { what, reason } => {
                let text = lang.text(M::UnexpectedAnswer, &[("what", what), ("reason", reason)]);
                Failure::new(Exit::Failure, text).hint(lang.text(M::UnexpectedAnswerHint, &[]))
            }
            ClientError::Problem(problem) => Self::from_problem(lang, problem),
        }
    }

    fn from_problem(lang: Lang, problem: &Problem) -> Self {
        let code = problem.code.clone();
        let values: [(&str, &dyn core::fmt::Display); 3] = [
            ("code", &code),
            ("title", &problem.title),
            ("detail", &problem.detail),
        ];
        let text = lang.text(M::NodeRefused, &values);
        let mut failure = Failure::new(problem_exit(problem), text);
        if let Some(hint) = problem_hint(&problem.code) {
            failure.hint = lang.text(hint, &[]);
        }
        failure.code = code;
        failure
    }

    /// The JSON document, for the standard error.
    pub(crate) fn to_json(&self) -> String {
        let error: Value = json!({
            "kind": self.exit.name(), "code": self.code, "message": self.message, "hint": self.hint,
        });
        let document =
            json!({"schema": "yilian.cli/error@1", "exit": self.exit.code(), "error": error});
        format!("{document:#}\n")
    }

    /// The text for people.
    pub(crate) fn to_text(&self, lang: Lang) -> String {
        let mut text = format!("{}{}\n", lang.text(M::ErrorPrefix, &[]), self.message);
        if !self.hint.is_empty() {
            text.push_str(&format!("{}{}\n", lang.text(M::HintPrefix, &[]), self.hint));
        }
        text
    }
}

/// Which end a node's refusal means (codes of `yilian_primitives::RefusalCode`).
pub(crate) fn problem_exit(problem: &Problem) -> Exit {
    match problem.code.as_str() {
        "YL-1003" | "YL-1009" | "YL-1010" => Exit::Permission,
        "YL-1011" | "YL-1012" => Exit::NotFound,
        "YL-1014" | "YL-1015" => Exit::Network,
        "YL-1001" | "YL-1002" | "YL-1004" | "YL-1005" | "YL-1007" | "YL-1013" => Exit::Usage,
        _ if problem.refusal.is_some() => Exit::Refused,
        _ => match problem.status {
            401 | 403 => Exit::Permission,
            404 => Exit::NotFound,
            409 | 422 => Exit::Refused,
            429 | 502..=504 => Exit::Network,
            400..=499 => Exit::Usage,
            _ => Exit::Failure,
        },
    }
}

fn problem_hint(code: &str) -> Option<M> {
    match code {
        "YL-1005" => Some(M::HintWrongChain),
        "YL-1006" => Some(M::HintExpired),
        "YL-1008" => Some(M::HintReplayed),
        "YL-1009" => Some(M::HintUnknownSender),
        "YL-1010" => Some(M::HintForbidden),
        "YL-1011" => Some(M::HintUnknownContract),
        "YL-1012" => Some(M::HintUnknownMethod),
        "YL-1013" => Some(M::HintFuel),
        "YL-1014" | "YL-1015" => Some(M::HintBusy),
        _ => None,
    }
}

/// Which end a contract's refusal means. Codes 1 to 99 are the protocol's.
pub(crate) const fn refusal_exit(code: u32) -> Exit {
    match code {
        1 => Exit::Usage,
        2 | 3 => Exit::NotFound,
        4..=7 => Exit::Permission,
        _ => Exit::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(status: u16, code: &str) -> Problem {
        Problem {
            status,
            code: code.to_owned(),
            ..Problem::default()
        }
    }

    #[test]
    fn every_end_has_its_own_number() {
        assert_eq!(problem_exit(&problem(403, "YL-1010")), Exit::Permission);
        assert_eq!(problem_exit(&problem(404, "YL-1011")), Exit::NotFound);
        assert_eq!(problem_exit(&problem(429, "YL-1014")), Exit::Network);
        assert_eq!(problem_exit(&problem(400, "YL-1005")), Exit::Usage);
        assert_eq!(problem_exit(&problem(500, "")), Exit::Failure);
        assert_eq!(refusal_exit(5), Exit::Permission);
        assert_eq!(refusal_exit(101), Exit::Refused);
        let network = ClientError::Network {
            url: "http://x".to_owned(),
            reason: "refused".to_owned(),
        };
        assert_eq!(Failure::from_client(Lang::En, &network).exit, Exit::Network);
    }

    #[test]
    fn an_unreachable_node_comes_with_a_next_step() {
        let network = ClientError::Network {
            url: "http://x".to_owned(),
            reason: "refused".to_owned(),
        };
        for lang in [Lang::Zh, Lang::En] {
            let text = Failure::from_client(lang, &network).to_text(lang);
            assert!(
                text.contains("http://x") && text.contains("--node"),
                "{text}"
            );
        }
    }
}
