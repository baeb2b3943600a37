//! Check evidence with no node at hand.
//!
//! A [`Bundle`] is one file with claims and what proves them. [`Bundle::verify`] checks it step by step against a
//! [`Trust`] that the reader holds already, and says of each step what was proven, and of each claim what follows. There
//! is no network, no file and no clock here; the same code runs in a browser.
//!
//! Evidence is [`Verdict::Valid`], [`Verdict::Forged`] when something contradicts, or [`Verdict::Undecided`] when
//! something needed is not there. Nothing here says that what was recorded is true; only that it was recorded so.

pub mod bundle;
mod bytes;
mod certified;
mod check;
mod finding;
mod question;
#[cfg(feature = "replay")]
pub mod replay;
mod report;
mod state_answer;
mod tender;
mod trail;
mod trust;

pub use bundle::{Bundle, Claim};
pub use bytes::Bytes;
pub use certified::{CertifiedHeader, NotCertified};
pub use question::Question;
pub use report::{ProvenClaim, ProvenRecord, Report, Step, StepId, StepOutcome, Text, Verdict};
pub use state_answer::{StateAnswer, StateAnswerError};
pub use trust::{Codes, Trust, TrustError, TrustedCheckpoint, TrustedWitness, WitnessPolicy};
