//! Check evidence with no node at hand.
//!
//! A [`RecordProof`] is one JSON file about one record of the log. [`RecordProof::verify`] checks it step by step
//! against a [`Trust`] that the reader holds already, and says of each step what was proven. There is no network, no
//! file and no clock here; the same code runs in a browser.
//!
//! A record is [`Verdict::Valid`], [`Verdict::Forged`] when something contradicts, or [`Verdict::Undecided`] when
//! something needed is not there. Nothing here says that what was recorded is true; only that it was recorded so.

mod bytes;
mod certified;
mod check;
mod finding;
mod proof;
#[cfg(feature = "replay")]
pub mod replay;
mod report;
mod state_answer;
mod trust;

pub use bytes::Bytes;
pub use certified::{CertifiedHeader, NotCertified};
pub use proof::{
    Dsse, DsseSignature, PROOF_BYTES_MAX, PROOF_VERSION, RecordProof, RuleCallText, StateClaim,
};
pub use report::{ProvenRecord, Report, Step, StepId, StepOutcome, Text, Verdict};
pub use state_answer::{StateAnswer, StateAnswerError};
pub use trust::{Codes, Trust, TrustError};
