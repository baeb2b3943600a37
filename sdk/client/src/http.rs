//! The HTTP layer: one agent, bounded answers, problems read from their JSON.

use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::http::Response;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};

use crate::resolve::Resolve;
use crate::{ClientError, Problem};

/// Longest JSON answer that is read, in bytes: a block of 8 MiB with receipts, in base64 and JSON.
const ANSWER_BYTES_MAX: u64 = 64 << 20;
/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// An agent that knows its node.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    agent: Agent,
    base: String,
    language: String,
}

impl Http {
    pub(crate) fn new(base: &str, timeout: Duration) -> Self {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .user_agent(concat!("yilian-client/", env!("CARGO_PKG_VERSION")));
        if is_loopback(base) {
            // A proxy for the outside world cannot reach a node on this machine.
            config = config.proxy(None);
        }
        Http {
            agent: Agent::with_parts(
                config.build(),
                DefaultConnector::default(),
                Resolve::default(),
            ),
            base: base.trim_end_matches('/').to_owned(),
            language: "zh-CN".to_owned(),
        }
    }

    pub(crate) fn set_language(&mut self, tag: &str) {
        self.language = tag.to_owned();
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// GET, answered with JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        parse(path, &self.bytes(path)?)
    }

    /// GET, answered with bytes.
    pub(crate) fn bytes(&self, path: &str) -> Result<Vec<u8>, ClientError> {
        let url = format!("{}{path}", self.base);
        let answer = self
            .agent
            .get(&url)
            .header("accept-language", &self.language)
            .call();
        read(path, answer.map_err(|error| network(&url, &error))?, &url)
    }

    /// GET, answered with a text without end; `last` is the id after which the stream continues.
    pub(crate) fn stream(
        &self,
        path: &str,
        last: Option<&str>,
    ) -> Result<Response<Body>, ClientError> {
        let url = format!("{}{path}", self.base);
        let mut request = self.agent.get(&url).header("accept", "text/event-stream");
        request = request.header("accept-language", &self.language);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.config().timeout_global(None).build();
        let answer = request.call().map_err(|error| network(&url, &error))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        read(path, answer, &url)?;
        Err(ClientError::protocol(
            path,
            "neither a stream nor a problem",
        ))
    }

    /// POST of JSON, answered with JSON. `timeout` replaces the usual one where the node itself waits.
    pub(crate) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &str,
        timeout: Option<Duration>,
    ) -> Result<T, ClientError> {
        parse(path, &self.post_for_bytes(path, body, timeout)?)
    }

    /// As [`Http::post`], answered with bytes.
    pub(crate) fn post_for_bytes(
        &self,
        path: &str,
        body: &str,
        timeout: Option<Duration>,
    ) -> Result<Vec<u8>, ClientError> {
        let url = format!("{}{path}", self.base);
        let mut request = self.agent.post(&url).content_type("application/json");
        request = request.header("accept-language", &self.language);
        if let Some(timeout) = timeout {
            request = request.config().timeout_global(Some(timeout)).build();
        }
        let answer = request.send(body).map_err(|error| network(&url, &error))?;
        read(path, answer, &url)
    }
}

/// Whether an address names this machine.
fn is_loopback(base: &str) -> bool {
    let host = base.split_once("://").map_or(base, |(_, rest)| rest);
    ["127.", "localhost", "[::1]"]
        .iter()
        .any(|start| host.starts_with(start))
}

fn network(url: &str, error: &ureq::Error) -> ClientError {
    let (url, reason) = (url.to_owned(), error.to_string());
    ClientError::Network { url, reason }
}

fn parse<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, ClientError> {
    serde_json::from_slice(bytes).map_err(|error| ClientError::protocol(path, error))
}

/// The body of a good answer, or the problem of another one.
fn read(path: &str, mut answer: Response<Body>, url: &str) -> Result<Vec<u8>, ClientError> {
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX);
    let bytes = body.read_to_vec().map_err(|error| network(url, &error))?;
    match status {
        200..=299 => Ok(bytes),
        _ => Err(problem(path, status, &bytes)),
    }
}

fn problem(path: &str, status: u16, bytes: &[u8]) -> ClientError {
    let Ok(mut problem) = serde_json::from_slice::<Problem>(bytes) else {
        let reason = format!("HTTP status {status} without problem details");
        return ClientError::protocol(path, reason);
    };
    problem.status = status;
    // A missing contract or method is named by the problem; anything else that is missing, by its path.
    if status == 404 && !matches!(problem.code.as_str(), "YL-1011" | "YL-1012") {
        let what = if problem.detail.is_empty() {
            path.trim_start_matches("/v1/").to_owned()
        } else {
            problem.detail
        };
        return ClientError::NotFound { what };
    }
    ClientError::Problem(problem)
}

/// Percent-encodes a piece of a path or a query (RFC 3986: only unreserved characters stay).
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_keys_survive_a_url() {
        assert_eq!(encode("bid/A 1/甲"), "bid%2FA%201%2F%E7%94%B2");
    }

    #[test]
    fn a_missing_contract_stays_a_problem_and_a_missing_block_is_not_found() {
        let contract =
            br#"{"code":"YL-1011","status":404,"title":"unknown contract","detail":"x"}"#;
        assert!(matches!(
            problem("/v1/x", 404, contract),
            ClientError::Problem(_)
        ));
        let block = br#"{"code":"YL-2001","status":404,"title":"not found","detail":"block 9"}"#;
        let expected = ClientError::NotFound {
            what: "block 9".to_owned(),
        };
        assert_eq!(problem("/v1/blocks/9", 404, block), expected);
    }

    #[test]
    fn only_this_machine_is_loopback() {
        assert!(is_loopback("http://127.0.0.1:27200"));
        assert!(is_loopback("http://localhost:1"));
        assert!(!is_loopback("http://10.0.0.7:27200"));
    }
}
