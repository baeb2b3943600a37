//! Say when a validator saw a submission, so that nobody denies it.
//!
//! An acknowledgement (回执) is a validator's signed word: at this time by my clock I held this submission. Any f+1 of
//! them settle when it was received, whatever a proposer does with it: one of them is honest. Article 11 of the
//! Electronic Signature Law (电子签名法) takes the time at which a message enters the designated system.
//!
//! ```text
//! submission = SHA-256("YILIAN/submission/v1" ‖ 0x00 ‖ part(contract) ‖ part(method) ‖ part(canonical JSON arguments))
//! signed     = "YILIAN/acknowledgement/v1" ‖ 0x00 ‖ part(chain id) ‖ part(submission) ‖ part(time in ms as 8 bytes)
//!              ‖ part(previous)
//! previous   = SHA-256(signed bytes of the validator's acknowledgement before this one); 32 zeros for its first; for its
//!              first after it was restored, the id of the transaction with which it said that it is back
//! part(x)    = length of x as 4 bytes, most significant first ‖ x
//! ```
//!
//! The submission, not the transaction, is acknowledged: one that was sent again because it expired on the way keeps its
//! time. The chain of `previous` keeps a validator from dating one back: it would have to fork its own chain, and two
//! acknowledgements on one `previous` prove that it did ([`forks`]).

mod file;
mod judge;

pub use file::{AcknowledgedSubmission, FILE_BYTES_MAX, FileError};
pub use judge::{Forked, Standing, forks, judge, needed};

use serde::{Deserialize, Serialize};
use yilian_crypto::{Digest, Namespace, PublicKey, SecretKey, Signature, SignatureError, part};
use yilian_primitives::TimestampMs;

/// Digest of what a transaction asks for, whoever sends it and when. `args` are canonical JSON.
pub fn submission(contract: &str, method: &str, args: &[u8]) -> Digest {
    let parts = [
        part(contract.as_bytes()),
        part(method.as_bytes()),
        part(args),
    ];
    let parts = [&parts[0][..], &parts[1], &parts[2]];
    Digest::tagged_parts(Namespace::Submission, &parts)
}

/// A validator's word on when it saw a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// The validator.
    pub validator: PublicKey,
    /// Its clock, Unix time in ms.
    pub time_ms: TimestampMs,
    /// Digest of its acknowledgement before this one.
    pub previous: Digest,
    /// Its signature.
    pub signature: Signature,
}

impl Acknowledgement {
    /// Signs one. `previous` is [`Acknowledgement::digest`] of the one before, or [`Digest::ZERO`].
    pub fn sign(
        chain_id: &str,
        submission: &Digest,
        time_ms: TimestampMs,
        previous: Digest,
        key: &SecretKey,
    ) -> Self {
        let message = signed_bytes(chain_id, submission, time_ms, &previous);
        Acknowledgement {
            validator: key.public_key(),
            time_ms,
            previous,
            signature: key.sign(&message),
        }
    }

    /// Whether the validator signed this about the submission.
    ///
    /// # Errors
    /// If it did not.
    pub fn verify(&self, chain_id: &str, submission: &Digest) -> Result<(), SignatureError> {
        let message = signed_bytes(chain_id, submission, self.time_ms, &self.previous);
        self.validator.verify(&message, &self.signature)
    }

    /// What the validator's next acknowledgement names as `previous`.
    pub fn digest(&self, chain_id: &str, submission: &Digest) -> Digest {
        Digest::sha256(&signed_bytes(
            chain_id,
            submission,
            self.time_ms,
            &self.previous,
        ))
    }
}

/// The bytes that a validator signs.
pub fn signed_bytes(
    chain_id: &str,
    submission: &Digest,
    time_ms: TimestampMs,
    previous: &Digest,
) -> Vec<u8> {
    Namespace::Acknowledgement.prefix(&[
        &part(chain_id.as_bytes()),
        &part(submission.as_bytes()),
        &part(&time_ms.to_be_bytes()),
        &part(previous.as_bytes()),
    ])
}
