//! What a node answers.
//!
//! Fields that a newer node adds are ignored. Signed objects (headers, certificates, receipts) are decoded from their
//! CBOR bytes, so what is shown is what was signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use yilian_crypto::Digest;
use yilian_merkle::log::{ConsistencyProof, InclusionProof, ProofError};
use yilian_primitives::cbor::Cbor as _;
use yilian_primitives::{
    CertificateError, CommitCertificate, Header, Height, Receipt, TimestampMs, TxId, Validator,
    ValidatorSet,
};

use crate::{ClientError, ReleaseStatus};

/// Where a node stands (`GET /v1/status`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Name of the chain.
    pub chain_id: String,
    /// Last committed height.
    pub height: Height,
    /// Time of that block in ms.
    pub time_ms: TimestampMs,
    /// Hash of its header.
    pub header_hash: Digest,
    /// Leaves in the log after it.
    pub log_size: u64,
    /// Root of the log after it.
    pub log_root: Digest,
    /// Root of the state after it.
    pub state_root: Digest,
    /// Number of validators.
    pub validators: u64,
    /// Number of validators the node is connected to.
    pub peers: u64,
    /// Whether the node is catching up.
    pub syncing: bool,
    /// Whether its database was restored from a backup and its validator signs nothing yet.
    #[serde(default)]
    pub restored: bool,
    /// Lowest height whose body it keeps: transactions, results and events.
    #[serde(default)]
    pub bodies_from: Height,
    /// Version of its program.
    pub version: String,
    /// How threshold releases stand.
    #[serde(default)]
    pub releases: ReleaseStatus,
    /// Whether the chain may be used for real trades: at least four validators, and a group that holds the release key.
    pub production: bool,
    /// What waits.
    #[serde(default)]
    pub pool: PoolStatus,
    /// Name of the node.
    #[serde(default)]
    pub name: String,
}

/// What waits in a node's pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolStatus {
    /// Number of transactions.
    pub transactions: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

/// A chain's specification and validators (`GET /v1/network`). A node's word only: compare the digest with a copy that
/// came another way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Name of the chain.
    pub chain_id: String,
    /// Digest of the specification.
    pub digest: Digest,
    /// Validators that decide now.
    #[serde(default)]
    pub validators: Vec<Validator>,
    /// Their keys as signed-note verifier keys.
    #[serde(default)]
    pub verifier_keys: Vec<String>,
    /// Everything else in the specification.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

impl Network {
    /// The validators as a set; none if they form no set.
    pub fn validator_set(&self) -> Option<ValidatorSet> {
        ValidatorSet::new(self.validators.clone()).ok()
    }
}

/// A block (`GET /v1/blocks/{height}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockView {
    /// Head of the block.
    pub header: Header,
    /// Hash of the header, as the node says; [`BlockView::header_hash`] computes it.
    #[serde(rename = "header_hash")]
    pub claimed_hash: Digest,
    /// Its transactions in order.
    pub transactions: Vec<TxId>,
    /// Its receipts in order, those of the system first.
    pub receipts: Vec<Receipt>,
    /// The certificate as the node shows it.
    #[serde(default)]
    pub certificate: Option<Value>,
}

impl BlockView {
    /// Hash of the header, computed here.
    pub fn header_hash(&self) -> Digest {
        self.header.hash()
    }
}

/// A header and the certificate that makes it final. Genesis has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedHeader {
    /// The header.
    pub header: Header,
    /// More than two thirds of precommits over it.
    pub certificate: Option<CommitCertificate>,
}

#[derive(Deserialize)]
pub(crate) struct HeaderAnswer {
    header_cbor: String,
    #[serde(default)]
    certificate_cbor: Option<String>,
}

impl CertifiedHeader {
    pub(crate) fn decode(what: &str, answer: &HeaderAnswer) -> Result<Self, ClientError> {
        let certificate = answer.certificate_cbor.as_deref();
        Ok(CertifiedHeader {
            header: decode_header(what, &answer.header_cbor)?,
            certificate: certificate
                .map(|text| decode_certificate(what, text))
                .transpose()?,
        })
    }

    /// Checks that the certificate is over this header and that more than two thirds of `set` signed it.
    ///
    /// Gives the power that signed. The caller knows `set` from elsewhere: a node's own answer proves nothing.
    pub fn verify(&self, chain_id: &str, set: &ValidatorSet) -> Result<u64, CertificateError> {
        let total = set.total_power();
        match &self.certificate {
            Some(certificate)
                if certificate.block.header_hash == self.header.hash()
                    && certificate.height == self.header.height
                    && self.header.validators_hash == set.hash() =>
            {
                certificate.verify(chain_id, set)
            }
            // No certificate over this header: nobody signed it.
            _ => Err(CertificateError::NoQuorum { got: 0, total }),
        }
    }
}

/// How long to wait for a transaction that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until the node has it durably.
    Accepted,
    /// Until it is final, at most this many ms (up to 30,000).
    Final(u64),
}

/// Answer to a transaction that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// The node has it; it is not in a block yet.
    Accepted(TxId),
    /// It is final.
    Final(Box<TransactionStatus>),
}

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionState {
    /// It waits.
    Pending,
    /// It is in a decided block, whatever its outcome.
    Final,
}

/// A transaction and, once final, its outcome (`GET /v1/transactions/{id}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionStatus {
    /// Its id.
    pub tx_id: TxId,
    /// Where it stands.
    pub status: TransactionState,
    /// Height of its block.
    #[serde(default)]
    pub height: Option<Height>,
    /// Place of its receipt in the block.
    #[serde(default)]
    pub index: Option<u32>,
    /// Place of its receipt in the log.
    #[serde(default)]
    pub log_index: Option<u64>,
    /// The signed envelope (DSSE).
    #[serde(default)]
    pub envelope: Value,
    /// What the sender signed.
    #[serde(default)]
    pub payload: Value,
    /// The receipt.
    #[serde(default)]
    pub receipt: Option<Receipt>,
    /// The receipt's log leaf, base64.
    #[serde(default)]
    pub receipt_cbor: Option<String>,
    /// Result of the call.
    #[serde(default)]
    pub result: Value,
    /// Code, name and message of the contract's refusal, where it refused.
    #[serde(default)]
    pub refusal: Option<Value>,
    /// What the contract emitted.
    #[serde(default)]
    pub events: Vec<EmittedEvent>,
    /// The rules that were asked, with input and output.
    #[serde(default)]
    pub rule_calls: Vec<RuleCallView>,
}

impl TransactionStatus {
    /// Whether it is in a decided block.
    pub fn is_final(&self) -> bool {
        self.status == TransactionState::Final
    }

    /// Replaces the receipt by what its signed bytes say.
    pub(crate) fn settle(mut self, what: &str) -> Result<Self, ClientError> {
        if let Some(text) = &self.receipt_cbor {
            let bytes = from_base64(what, "receipt_cbor", text)?;
            let receipt = Receipt::decode(&bytes).map_err(|e| ClientError::protocol(what, e))?;
            self.receipt = Some(receipt);
        }
        if self.is_final() && self.receipt.is_none() {
            return Err(ClientError::protocol(what, "final, but without a receipt"));
        }
        Ok(self)
    }
}

/// An event of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmittedEvent {
    /// Contract that emitted it.
    pub contract: String,
    /// Name.
    pub name: String,
    /// Data.
    pub data: Value,
}

/// One call of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCallView {
    /// Name under which it was called.
    pub name: String,
    /// Code that ran.
    pub code_hash: Digest,
    /// Method.
    pub method: String,
    /// Input.
    pub input: Value,
    /// Output.
    pub output: Value,
}

/// A deployed contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Name under which it is called.
    pub name: String,
    /// `rule` or `ledger`.
    pub kind: String,
    /// SHA-256 of its code.
    pub code_hash: Digest,
    /// Version that its author gave it.
    #[serde(default)]
    pub version: String,
    /// Height at which it took effect.
    #[serde(default)]
    pub height: Height,
}

/// Answer of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryResult {
    /// Height of the state that answered.
    pub height: Height,
    /// The answer.
    pub result: Value,
}

/// Proof that a leaf is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inclusion {
    /// Place of the leaf.
    pub index: u64,
    /// Leaves in the tree.
    pub size: u64,
    /// The path from the leaf up.
    pub hashes: Vec<Digest>,
    /// Hash of the leaf, as the node says.
    pub leaf_hash: Digest,
    /// Root of the tree, as the node says.
    pub root: Digest,
}

impl Inclusion {
    /// Verifies that a leaf of this hash stands in the log of a root that the caller believes.
    pub fn verify(&self, leaf: &Digest, root: &Digest) -> Result<(), ProofError> {
        let (index, size, hashes) = (self.index, self.size, self.hashes.clone());
        InclusionProof {
            index,
            size,
            hashes,
        }
        .verify(leaf, root)
    }
}

/// Proof that a log extends an older one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consistency {
    /// Leaves in the older tree.
    pub old_size: u64,
    /// Leaves in the newer tree.
    pub new_size: u64,
    /// The proof.
    pub hashes: Vec<Digest>,
    /// Root of the older tree, as the node says.
    pub old_root: Digest,
    /// Root of the newer tree, as the node says.
    pub new_root: Digest,
}

impl Consistency {
    /// Verifies that the log of the new root begins with all leaves of the old one.
    pub fn verify(&self, old_root: &Digest, new_root: &Digest) -> Result<(), ProofError> {
        let (old_size, new_size) = (self.old_size, self.new_size);
        let hashes = self.hashes.clone();
        ConsistencyProof {
            old_size,
            new_size,
            hashes,
        }
        .verify(old_root, new_root)
    }
}

fn decode_header(what: &str, text: &str) -> Result<Header, ClientError> {
    let bytes = from_base64(what, "header_cbor", text)?;
    Header::decode(&bytes).map_err(|error| ClientError::protocol(what, error))
}

fn decode_certificate(what: &str, text: &str) -> Result<CommitCertificate, ClientError> {
    let bytes = from_base64(what, "certificate_cbor", text)?;
    CommitCertificate::decode(&bytes).map_err(|error| ClientError::protocol(what, error))
}

pub(crate) fn from_base64(what: &str, field: &str, text: &str) -> Result<Vec<u8>, ClientError> {
    STANDARD
        .decode(text)
        .map_err(|_| ClientError::protocol(what, format!("field {field} is not base64")))
}
