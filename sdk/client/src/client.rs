//! The calls of the node's interface.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use yilian_crypto::Digest;
use yilian_primitives::{Envelope, Header, Height, TransactionPayload, TxId};
use yilian_verify::{Bundle, Question, StateAnswer};

use crate::http::{Http, encode};
use crate::types::{HeaderAnswer, from_base64};
use crate::{
    BlockView, CertifiedHeader, ClientError, Consistency, Contract, EventFilter, EventStream,
    Inclusion, Network, QueryResult, Releases, Status, Submitted, TransactionStatus, Validators,
    Wait,
};

/// How long an ordinary call may take.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest wait that a node accepts for a transaction to become final, in ms.
pub const WAIT_MAX: u64 = 30_000;
/// Most headers that a node lists at once.
pub const BLOCKS_MAX: u64 = 200;
/// Pause between two questions whether a transaction is final.
const POLL: Duration = Duration::from_millis(300);

/// A node, as its users see it. Cheap to clone; connections are kept and shared.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) http: Http,
}

impl Client {
    /// A client of the node at an address such as `http://127.0.0.1:27200`. Nothing is sent yet.
    pub fn new(url: &str) -> Self {
        Self::with_timeout(url, DEFAULT_TIMEOUT)
    }

    /// As [`Client::new`], with another limit for ordinary calls.
    pub fn with_timeout(url: &str, timeout: Duration) -> Self {
        Client {
            http: Http::new(url, timeout),
        }
    }

    /// Asks for titles of problems in a language, as `en` or `zh-CN`. Without it they are Chinese.
    pub fn in_language(mut self, tag: &str) -> Self {
        self.http.set_language(tag);
        self
    }

    /// The node's address.
    pub fn url(&self) -> &str {
        self.http.base()
    }

    /// Where the node stands.
    pub fn status(&self) -> Result<Status, ClientError> {
        self.http.json("/v1/status")
    }

    /// The chain as the node knows it.
    pub fn network(&self) -> Result<Network, ClientError> {
        self.http.json("/v1/network")
    }

    /// How threshold releases stand. A node's word only.
    pub fn releases(&self) -> Result<Releases, ClientError> {
        self.http.json("/v1/releases")
    }

    /// Who decides, and what is proposed about it. A node's word only.
    pub fn validators(&self) -> Result<Validators, ClientError> {
        self.http.json("/v1/validators")
    }

    /// Headers of the blocks from a height upwards, at most `limit` (1 to [`BLOCKS_MAX`]).
    pub fn blocks(&self, from: Height, limit: u64) -> Result<Vec<Header>, ClientError> {
        #[derive(Deserialize)]
        struct Page {
            blocks: Vec<Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            header: Header,
        }
        let path = format!("/v1/blocks?from={from}&limit={limit}");
        let page: Page = self.http.json(&path)?;
        Ok(page.blocks.into_iter().map(|entry| entry.header).collect())
    }

    /// A block.
    pub fn block(&self, height: Height) -> Result<BlockView, ClientError> {
        self.http.json(&format!("/v1/blocks/{height}"))
    }

    /// A header with its certificate, decoded from their signed bytes.
    pub fn header(&self, height: Height) -> Result<CertifiedHeader, ClientError> {
        let path = format!("/v1/headers/{height}");
        let answer: HeaderAnswer = self.http.json(&path)?;
        let read = CertifiedHeader::decode(&path, &answer)?;
        match read.header.height {
            got if got == height => Ok(read),
            got => Err(ClientError::protocol(
                path,
                format!("header of height {got}"),
            )),
        }
    }

    /// The certificate of a height as the node's JSON.
    pub fn certificate(&self, height: Height) -> Result<Value, ClientError> {
        let path = format!("/v1/headers/{height}/certificate?format=json");
        self.http.json(&path)
    }

    /// The last checkpoint of the log as a signed note, with cosignatures of witnesses if there are any.
    pub fn checkpoint(&self) -> Result<String, ClientError> {
        self.note("/tlog/checkpoint")
    }

    /// The last checkpoint that a witness cosigned.
    pub fn cosigned_checkpoint(&self) -> Result<String, ClientError> {
        self.note("/tlog/checkpoint?cosigned=true")
    }

    /// A COSE receipt (RFC 9942) of a leaf of the log, signed by the node that is asked.
    pub fn cose_receipt(&self, index: u64) -> Result<Vec<u8>, ClientError> {
        self.http.bytes(&format!("/v1/log/{index}/receipt"))
    }

    fn note(&self, path: &str) -> Result<String, ClientError> {
        let bytes = self.http.bytes(path)?;
        String::from_utf8(bytes).map_err(|error| ClientError::protocol(path, error))
    }

    /// The certificate of a height as a C2SP signed note, for standard tools.
    pub fn certificate_note(&self, height: Height) -> Result<String, ClientError> {
        self.note(&format!("/v1/headers/{height}/certificate?format=note"))
    }

    /// Sends a signed transaction. Sending the same one twice is harmless.
    pub fn submit(&self, envelope: &Envelope, wait: Wait) -> Result<Submitted, ClientError> {
        let payload = TransactionPayload::from_json(&envelope.payload)
            .map_err(|refusal| ClientError::protocol("the envelope", refusal))?;
        self.submit_json(&envelope.to_dsse_json(&payload.sender), wait)
    }

    /// As [`Client::submit`], with a DSSE envelope that another program made.
    pub fn submit_json(&self, envelope: &str, wait: Wait) -> Result<Submitted, ClientError> {
        let (path, timeout) = match wait {
            Wait::Accepted => ("/v1/transactions?wait=none".to_owned(), None),
            Wait::Final(ms) => {
                let ms = ms.min(WAIT_MAX);
                let path = format!("/v1/transactions?wait=final&timeout_ms={ms}");
                // The node waits for so long itself; the connection gets a little more.
                (path, Some(Duration::from_millis(ms) + DEFAULT_TIMEOUT))
            }
        };
        let answer: Value = self.http.post(&path, envelope, timeout)?;
        let state = answer.get("status").and_then(Value::as_str);
        if state == Some("final") {
            let status = serde_json::from_value::<TransactionStatus>(answer)
                .map_err(|error| ClientError::protocol(&path, error))?;
            return Ok(Submitted::Final(Box::new(status.settle(&path)?)));
        }
        let id = answer.get("tx_id").and_then(Value::as_str);
        id.and_then(|id| id.parse().ok())
            .map(Submitted::Accepted)
            .ok_or_else(|| ClientError::protocol(path, "no tx_id"))
    }

    /// A transaction and, once final, its outcome.
    pub fn transaction(&self, id: &TxId) -> Result<TransactionStatus, ClientError> {
        let path = format!("/v1/transactions/{id}");
        let status: TransactionStatus = self.http.json(&path)?;
        if status.tx_id != *id {
            return Err(ClientError::protocol(path, "another transaction"));
        }
        status.settle(&path)
    }

    /// Waits until a transaction is final; none if it was not within `timeout`.
    ///
    /// A node that is briefly out of reach is asked again.
    pub fn wait_final(
        &self,
        id: &TxId,
        timeout: Duration,
    ) -> Result<Option<TransactionStatus>, ClientError> {
        let started = Instant::now();
        loop {
            let last = started.elapsed() >= timeout;
            match self.transaction(id) {
                Ok(status) if status.is_final() => return Ok(Some(status)),
                Ok(_) | Err(ClientError::NotFound { .. }) if last => return Ok(None),
                Err(error) if last || !keeps_waiting(&error) => return Err(error),
                Ok(_) | Err(_) => std::thread::sleep(POLL),
            }
        }
    }

    /// Evidence for claims, not yet verified ([`Bundle::verify`] does that).
    pub fn evidence(&self, question: &Question) -> Result<Bundle, ClientError> {
        let body = serde_json::to_string(question)
            .map_err(|error| ClientError::protocol("/v1/evidence", error))?;
        let bytes = self.http.post_for_bytes("/v1/evidence", &body, None)?;
        Bundle::from_bytes(&bytes).map_err(|error| ClientError::protocol("/v1/evidence", error))
    }

    /// Evidence of a transaction's record, not yet verified ([`Client::verified_record`] does that).
    pub fn evidence_of(&self, id: &TxId) -> Result<Bundle, ClientError> {
        self.bundle(&format!("/v1/transactions/{id}/evidence"))
    }

    /// As [`Client::evidence_of`], for the record at a place of the log: a draw is recorded by the chain's own call and
    /// has no transaction.
    pub fn evidence_at(&self, index: u64) -> Result<Bundle, ClientError> {
        self.bundle(&format!("/v1/log/{index}/evidence"))
    }

    fn bundle(&self, path: &str) -> Result<Bundle, ClientError> {
        let bytes = self.http.bytes(path)?;
        Bundle::from_bytes(&bytes).map_err(|error| ClientError::protocol(path, error))
    }

    /// The deployed contracts.
    pub fn contracts(&self) -> Result<Vec<Contract>, ClientError> {
        #[derive(Deserialize)]
        struct Page {
            contracts: Vec<Contract>,
        }
        let page: Page = self.http.json("/v1/contracts")?;
        Ok(page.contracts)
    }

    /// One deployed contract.
    pub fn contract(&self, name: &str) -> Result<Contract, ClientError> {
        self.http.json(&format!("/v1/contracts/{}", encode(name)))
    }

    /// Interface of a deployed contract: the JSON bytes as they stand in its code.
    pub fn interface(&self, name: &str) -> Result<Vec<u8>, ClientError> {
        let path = format!("/v1/contracts/{}/interface", encode(name));
        self.http.bytes(&path)
    }

    /// Code by its hash; the bytes are checked against it.
    pub fn code(&self, hash: &Digest) -> Result<Vec<u8>, ClientError> {
        let path = format!("/v1/code/{hash}");
        let bytes = self.http.bytes(&path)?;
        match Digest::sha256(&bytes) {
            got if got == *hash => Ok(bytes),
            got => Err(ClientError::protocol(path, format!("code with hash {got}"))),
        }
    }

    /// Calls a view. The answer is the node's word; what must be believed is proved by [`Client::state_proof`].
    pub fn query(
        &self,
        contract: &str,
        method: &str,
        args: &Value,
    ) -> Result<QueryResult, ClientError> {
        let path = format!("/v1/contracts/{}/query", encode(contract));
        let body = json!({"method": method, "args": args}).to_string();
        self.http.post(&path, &body, None)
    }

    /// Bytes of a log leaf.
    pub fn log_leaf(&self, index: u64) -> Result<Vec<u8>, ClientError> {
        #[derive(Deserialize)]
        struct Answer {
            leaf_cbor: String,
        }
        let path = format!("/v1/log/{index}");
        let answer: Answer = self.http.json(&path)?;
        from_base64(&path, "leaf_cbor", &answer.leaf_cbor)
    }

    /// Proof that leaf `index` is in the log of `size` leaves.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Inclusion, ClientError> {
        let path = format!("/v1/proofs/inclusion?index={index}&size={size}");
        self.http.json(&path)
    }

    /// Proof that the log of `new` leaves extends the log of `old`.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Consistency, ClientError> {
        let path = format!("/v1/proofs/consistency?old={old}&new={new}");
        self.http.json(&path)
    }

    /// A state value or its absence, with its proof, not yet verified ([`StateAnswer::verify`] does that for who
    /// knows the validators; [`Client::verified_state`] follows them). `key` is the contract's own key, as text.
    pub fn state_proof(&self, contract: &str, key: &str) -> Result<StateAnswer, ClientError> {
        let (contract, key) = (encode(contract), encode(key));
        self.http
            .json(&format!("/v1/proofs/state?contract={contract}&key={key}"))
    }

    /// Follows events until the node closes the connection.
    pub fn events(&self, filter: &EventFilter) -> Result<EventStream, ClientError> {
        EventStream::open(&self.http, filter)
    }
}

/// A transaction that was just sent may be unknown to the node that is asked.
fn keeps_waiting(error: &ClientError) -> bool {
    error.is_temporary() || matches!(error, ClientError::NotFound { .. })
}
