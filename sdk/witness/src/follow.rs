//! From the last checkpoint that was seen to the next one.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_crypto::Digest;
use yilian_crypto::signed_note::{self, NoteError};
use yilian_merkle::log::{ConsistencyProof, ProofError};
use yilian_primitives::{
    CertificateError, CheckpointError, CommitCertificate, Height, Validator, ValidatorSet,
    ValidatorSetError, log_origin,
};

/// A checkpoint that was seen and found certified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Height of the header that it certifies.
    pub height: Height,
    /// Hash of that header.
    pub header_hash: Digest,
    /// Leaves in the log.
    pub log_size: u64,
    /// Root of the log.
    pub log_root: Digest,
    /// The signed note as it was received: whoever doubts can verify it again.
    pub note: String,
    /// Who certified it, if others than those that were trusted first: they followed from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validators: Vec<Validator>,
}

/// A checkpoint of the log that is followed, certified by a quorum; it was not compared with what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    seen: Seen,
    text: String,
}

impl Certified {
    /// Leaves in the log.
    pub fn log_size(&self) -> u64 {
        self.seen.log_size
    }
}

/// A certified checkpoint that extends what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    progress: Progress,
    certified: Certified,
}

impl Next {
    /// How it extends what was seen.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// What is to be kept of it.
    pub fn seen(&self) -> &Seen {
        &self.certified.seen
    }

    /// The text that the validators signed, and that a witness cosigns.
    pub fn text(&self) -> &str {
        &self.certified.text
    }
}

/// What a checkpoint was, that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The first one: there was nothing to compare it with.
    First,
    /// The same log as before.
    Unchanged,
    /// The log grew by so many leaves, and its beginning is as it was.
    Grown(u64),
}

/// Why a checkpoint was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// It is no signed note.
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
    /// It is no checkpoint of a log of this kind.
    #[error("{0}")]
    Body(#[from] CheckpointError),
    /// It is of another log.
    #[error("the checkpoint is of log {got:?}: expected {expected:?}")]
    OtherLog {
        /// Origin of the log that is followed.
        expected: String,
        /// Origin of the checkpoint.
        got: String,
    },
    /// Those who certify this log did not sign it.
    #[error("the checkpoint is not certified: {0}")]
    NotCertified(#[from] CertificateError),
    /// Those who certified what was seen form no set.
    #[error("validators of what was seen: {0}")]
    Validators(#[from] ValidatorSetError),
    /// The proof does not begin where this follower stands.
    #[error("the proof begins at {got} leaves: this follower saw {seen}")]
    OutOfStep {
        /// Leaves that were seen; 0 before the first checkpoint.
        seen: u64,
        /// Leaves that the proof begins with.
        got: u64,
    },
    /// A smaller log, or a lower height, than was seen: it was rolled back.
    #[error(
        "the log was rolled back: it had {seen} leaves at height {seen_height}, here it has {got} at height {height}"
    )]
    RolledBack {
        /// Leaves that were seen.
        seen: u64,
        /// Height at which they were seen.
        seen_height: Height,
        /// Leaves of the checkpoint.
        got: u64,
        /// Height of the checkpoint.
        height: Height,
    },
    /// Two certified logs that contradict each other.
    #[error(
        "the log was forked: at {size} leaves it had root {seen}, here it has {got}; both are certified"
    )]
    Forked {
        /// Leaves of both.
        size: u64,
        /// The root, or the header's hash, that was seen.
        seen: Digest,
        /// The one of the checkpoint.
        got: Digest,
    },
    /// The proof does not hold: it is wrong, or the log was forked.
    #[error("the log of {size} leaves does not extend the one of {seen}: {reason}")]
    NotConsistent {
        /// Leaves that were seen.
        seen: u64,
        /// Leaves of the checkpoint.
        size: u64,
        /// What does not hold.
        reason: ProofError,
    },
}

impl Refused {
    /// Whether it contradicts what was seen, by the word of those who certify the log: a reason for an alarm, not a
    /// mistake of whoever asks.
    pub fn is_alarm(&self) -> bool {
        matches!(
            self,
            Refused::RolledBack { .. } | Refused::Forked { .. } | Refused::NotConsistent { .. }
        )
    }
}

/// One log, who certifies it, and what was seen of it.
#[derive(Clone, Debug)]
pub struct Follower {
    chain_id: String,
    validators: ValidatorSet,
    /// Whether they are others than those that were trusted first.
    changed: bool,
    seen: Option<Seen>,
}

impl Follower {
    /// Follows the log of a chain from what was seen of it before, if anything was.
    ///
    /// # Errors
    /// If what was seen is not certified by these validators, or is not what its note says.
    pub fn new(
        chain_id: impl Into<String>,
        validators: ValidatorSet,
        seen: Option<Seen>,
    ) -> Result<Self, Refused> {
        let mut follower = Follower {
            chain_id: chain_id.into(),
            validators,
            changed: false,
            seen: None,
        };
        if let Some(seen) = seen {
            if !seen.validators.is_empty() {
                follower.change_validators(ValidatorSet::new(seen.validators)?);
            }
            follower.seen = Some(follower.read(&seen.note)?.seen);
        }
        Ok(follower)
    }

    /// Who certifies the log from now on, as the caller has found by following them from those that were trusted first.
    pub fn change_validators(&mut self, validators: ValidatorSet) {
        self.changed = true;
        self.validators = validators;
    }

    /// Origin of the log.
    pub fn origin(&self) -> String {
        log_origin(&self.chain_id)
    }

    /// The last checkpoint that was taken.
    pub fn seen(&self) -> Option<&Seen> {
        self.seen.as_ref()
    }

    /// Leaves that were seen; 0 before the first checkpoint.
    pub fn size(&self) -> u64 {
        self.seen.as_ref().map_or(0, |seen| seen.log_size)
    }

    /// Reads a checkpoint of this log and verifies that a quorum certified it.
    pub fn read(&self, note: &str) -> Result<Certified, Refused> {
        let unverified = signed_note::decode(note)?;
        let (chain_id, certificate) =
            CommitCertificate::of_signed_note(&unverified, &self.validators)?;
        if chain_id != self.chain_id {
            return Err(Refused::OtherLog {
                expected: self.origin(),
                got: log_origin(&chain_id),
            });
        }
        certificate.verify(&chain_id, &self.validators)?;
        let seen = Seen {
            height: certificate.height,
            header_hash: certificate.block.header_hash,
            log_size: certificate.block.log_size,
            log_root: certificate.block.log_root,
            note: note.to_owned(),
            validators: match self.changed {
                true => self.validators.iter().cloned().collect(),
                false => Vec::new(),
            },
        };
        let text = unverified.text;
        Ok(Certified { seen, text })
    }

    /// Compares a checkpoint with what was seen. `old_size` and `hashes` are the proof that its log extends the one of
    /// `old_size` leaves (RFC 9162 section 2.1.4); the first checkpoint, and one of the same size, need none.
    pub fn compare(
        &self,
        certified: Certified,
        old_size: u64,
        hashes: &[Digest],
    ) -> Result<Next, Refused> {
        let progress = self.judge(&certified.seen, old_size, hashes)?;
        Ok(Next {
            progress,
            certified,
        })
    }

    /// Takes a checkpoint that was compared with what this follower has seen.
    pub fn take(&mut self, next: Next) {
        self.seen = Some(next.certified.seen);
    }

    fn judge(&self, next: &Seen, old_size: u64, hashes: &[Digest]) -> Result<Progress, Refused> {
        let out_of_step = Refused::OutOfStep {
            seen: self.size(),
            got: old_size,
        };
        let Some(seen) = &self.seen else {
            return match old_size {
                0 => Ok(Progress::First),
                _ => Err(out_of_step),
            };
        };
        if next.log_size < seen.log_size || next.height < seen.height {
            return Err(Refused::RolledBack {
                seen: seen.log_size,
                seen_height: seen.height,
                got: next.log_size,
                height: next.height,
            });
        }
        let forked = |seen_hash, got| Refused::Forked {
            size: seen.log_size,
            seen: seen_hash,
            got,
        };
        if next.height == seen.height && next.header_hash != seen.header_hash {
            return Err(forked(seen.header_hash, next.header_hash));
        }
        if next.log_size == seen.log_size {
            return match next.log_root == seen.log_root {
                true if old_size == seen.log_size || next.height == seen.height => {
                    Ok(Progress::Unchanged)
                }
                true => Err(out_of_step),
                false => Err(forked(seen.log_root, next.log_root)),
            };
        }
        if old_size != seen.log_size {
            return Err(out_of_step);
        }
        let proof = ConsistencyProof {
            old_size,
            new_size: next.log_size,
            hashes: hashes.to_vec(),
        };
        match proof.verify(&seen.log_root, &next.log_root) {
            Ok(()) => Ok(Progress::Grown(next.log_size.saturating_sub(seen.log_size))),
            Err(reason) => Err(Refused::NotConsistent {
                seen: seen.log_size,
                size: next.log_size,
                reason,
            }),
        }
    }
}
