//! Talk to a node and believe nothing unproven.
//!
//! [`Client`] speaks the REST interface of `yiliand`, synchronously. Whatever a node answers with a proof can be checked
//! here without trusting that node: [`Client::verified_record`] fetches a record and checks it against a chain that the
//! caller already knows. Headers and receipts are read from their signed bytes (CBOR), never from their JSON view.

mod acknowledge;
mod client;
mod error;
mod events;
mod http;
mod releases;
mod resolve;
mod transaction;
mod types;
mod validators;
mod verified;

pub use acknowledge::Collected;
pub use client::{BLOCKS_MAX, Client, DEFAULT_TIMEOUT, WAIT_MAX};
pub use error::{ClientError, Problem};
pub use events::{EventFilter, EventStream, StreamedEvent};
pub use releases::{
    ReleaseCeremony, ReleaseFault, ReleaseGroup, ReleaseStatus, Releases, WaitingRelease,
};
pub use transaction::{BuildError, DEFAULT_FUEL, DEFAULT_VALID_FOR_MS, TransactionBuilder};
pub use types::{
    BlockView, CertifiedHeader, Consistency, Contract, EmittedEvent, Inclusion, Network,
    PoolStatus, QueryResult, RuleCallView, Status, Submitted, TransactionState, TransactionStatus,
    Wait,
};
pub use validators::Validators;
pub use verified::VerifiedError;
