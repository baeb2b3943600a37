//! Name the things every part speaks of.
//!
//! A transaction's way is one direction, one type per state: bytes, [`Envelope`], [`VerifiedTransaction`], [`Block`],
//! then the executed and the committed block of the node. What outsiders verify (header, receipt, certificate) is
//! deterministic CBOR ([`cbor`]); what our own nodes exchange is bincode ([`codec`]); what people and other systems
//! sign is JSON ([`json`]).

pub mod cbor;
pub mod codec;
pub mod json;
pub mod limits;

mod address;
mod block;
mod certificate;
mod checkpoint;
mod envelope;
mod header;
mod leaf;
mod receipt;
mod refusal;
mod trace;
mod transaction;
mod validator;

pub use address::Address;
pub use block::{Block, BlockError};
pub use certificate::{CertificateError, CommitCertificate};
pub use checkpoint::{BlockRef, CheckpointError, commit_body, log_origin, parse_commit_body};
pub use envelope::{Envelope, PAYLOAD_TYPE, pre_authentication_encoding};
pub use header::Header;
pub use leaf::{GenesisLeaf, HeaderLeaf};
pub use receipt::{Cause, Commitment, Outcome, Receipt, RuleCall};
pub use refusal::{Refusal, RefusalCode};
pub use trace::{Event, ReadEntry, RuleCallTrace, Trace, WriteEntry, entry_root_leaf};
pub use transaction::{TransactionPayload, TxId, VerifiedTransaction};
pub use validator::{Validator, ValidatorSet, ValidatorSetError, fault_bound};

/// Number of a block in the chain; genesis is 0.
pub type Height = u64;
/// Milliseconds since 1970-01-01T00:00:00Z.
pub type TimestampMs = u64;
