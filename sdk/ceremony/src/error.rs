//! Why a transcript gives no group, and whose fault it is.

use thiserror::Error;
use yilian_crypto::PublicKey;
use yilian_release_records::Phase;
use yilian_threshold::{CeremonyError, CeremonyFailure};

use crate::MessageError;

/// Why a transcript gives no group.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JudgementError {
    /// Held for another chain.
    #[error("held for chain {got:?}: expected {expected:?}")]
    Chain {
        /// The chain that it names.
        got: String,
        /// This one.
        expected: String,
    },
    /// Not the round with which a chain begins.
    #[error("round {got}: expected round 0")]
    Round {
        /// The round that it names.
        got: u64,
    },
    /// Held among others than the validators.
    #[error("held among other members than the validators of the chain specification")]
    Members,
    /// Somebody takes part who may not.
    #[error("{phase}: {member} is no member", phase = .phase.as_str())]
    Foreign {
        /// In which phase.
        phase: Phase,
        /// Who.
        member: PublicKey,
    },
    /// A member twice, or not in its place.
    #[error("{phase}: {member} stands twice, or not in the order of the members", phase = .phase.as_str())]
    Twice {
        /// In which phase.
        phase: Phase,
        /// Who.
        member: PublicKey,
    },
    /// Changed, or said by somebody else.
    #[error("{phase}: the signature is not {member}'s: changed or forged", phase = .phase.as_str())]
    Forged {
        /// In which phase.
        phase: Phase,
        /// Under whose name.
        member: PublicKey,
    },
    /// A message that no chain would have taken.
    #[error("{phase} of {member}: {reason}", phase = .phase.as_str())]
    Message {
        /// In which phase.
        phase: Phase,
        /// Whose.
        member: PublicKey,
        /// What is wrong with it.
        reason: MessageError,
    },
    /// A log without a dealing.
    #[error("log of {0}: it did not deal")]
    Undealt(PublicKey),
    /// Too few logs that hold.
    #[error(transparent)]
    Failed(#[from] CeremonyFailure),
    /// The members can hold no ceremony.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
}

impl JudgementError {
    /// Who is at fault, if it is one member.
    pub fn member(&self) -> Option<PublicKey> {
        match self {
            JudgementError::Foreign { member, .. }
            | JudgementError::Twice { member, .. }
            | JudgementError::Forged { member, .. }
            | JudgementError::Message { member, .. }
            | JudgementError::Undealt(member) => Some(*member),
            _ => None,
        }
    }
}
