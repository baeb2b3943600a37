//! Answers that were checked: what comes out of here is believed because of signatures, not because of the node.

use thiserror::Error;
use yilian_primitives::{Cause, TxId, ValidatorSet};
use yilian_verify::{Codes, ProvenRecord, StateAnswerError, StepId, Text, Trust, Verdict};

use crate::{Client, ClientError};

/// An answer could not be believed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifiedError {
    /// There was no answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The answer contradicts itself or the trust anchor.
    #[error("forged, step {step}: {}", reason.en)]
    Forged {
        /// The first step that failed.
        step: StepId,
        /// Why.
        reason: Text,
    },
    /// Something needed for a decision is missing.
    #[error("cannot be decided: {}", missing.en)]
    Undecided {
        /// What is missing.
        missing: Text,
    },
    /// A valid proof of something else than was asked for.
    #[error("the node proved another record than {asked}")]
    OtherRecord {
        /// What was asked for.
        asked: TxId,
    },
    /// The value of a state key is not proven.
    #[error("state: {0}")]
    State(#[from] StateAnswerError),
}

impl Client {
    /// A transaction's record, believed only after every step of its proof holds.
    pub fn verified_record(&self, id: &TxId, trust: &Trust) -> Result<ProvenRecord, VerifiedError> {
        let report = self.evidence_of(id)?.verify(trust, &Codes::default());
        match report.verdict {
            Verdict::Forged { step, reason } => return Err(VerifiedError::Forged { step, reason }),
            Verdict::Undecided { missing } => return Err(VerifiedError::Undecided { missing }),
            Verdict::Valid => {}
        }
        // A node may answer with a true record of another transaction.
        let asked = |record: &ProvenRecord| record.receipt.cause == Cause::Transaction(*id);
        let record = report.records.into_iter().find(asked);
        record.ok_or(VerifiedError::OtherRecord { asked: *id })
    }

    /// A value of the state, or its absence, believed only after its proof holds.
    ///
    /// `key` is the contract's own key. The node chooses the height; [`Client::status`] tells how recent it is.
    pub fn verified_state(
        &self,
        contract: &str,
        key: &str,
        trust: &Trust,
    ) -> Result<Option<Vec<u8>>, VerifiedError> {
        let validators = self.validators(trust)?;
        let answer = self.state_proof(contract, key)?;
        answer.verify(trust, &validators, contract, key.as_bytes())?;
        Ok(answer.value.map(|value| value.to_vec()))
    }

    /// The trusted validators. A trust anchor that names their hash only is filled by the node's list, whose hash is
    /// compared with it by whoever uses the list.
    fn validators(&self, trust: &Trust) -> Result<ValidatorSet, ClientError> {
        if let Some(set) = trust.validators() {
            return Ok(set);
        }
        let network = self.network()?;
        let none = || ClientError::protocol("/v1/network", "its validators form no set");
        network.validator_set().ok_or_else(none)
    }
}
