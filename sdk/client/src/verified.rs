//! Answers that were checked: what comes out of here is believed because of signatures, not because of the node.

use thiserror::Error;
use yilian_abi::state_key;
use yilian_primitives::{Cause, Header, TxId, ValidatorSet};
use yilian_verify::bundle::StateEntry;
use yilian_verify::{Bundle, Claim, Codes, ProvenRecord, Question, StepId, Text, Trust, Verdict};

use crate::{Client, ClientError};

/// What every block writes of itself: a key that is always there.
const BLOCK: &str = "block";

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
    /// A valid proof of something else than was asked for.
    #[error("the node proved something else than the state of {asked}")]
    OtherState {
        /// What was asked for.
        asked: String,
    },
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

    /// A value of the state, or its absence, believed only after its proof holds. Changes of the validators since those
    /// that are trusted are followed.
    ///
    /// `key` is the contract's own key. The node chooses the height; [`Client::status`] tells how recent it is.
    pub fn verified_state(
        &self,
        contract: &str,
        key: &str,
        trust: &Trust,
    ) -> Result<Option<Vec<u8>>, VerifiedError> {
        let (bundle, _) = self.proven_state(contract, key, trust)?;
        let same = |entry: &&StateEntry| entry.contract == contract && entry.key == key;
        let entry = bundle.states.into_iter().find(|entry| same(&entry));
        let entry = entry.ok_or_else(|| VerifiedError::OtherState {
            asked: format!("{contract}/{key}"),
        })?;
        Ok(entry.value)
    }

    /// The validators that decided the node's last block, as follows from those that are trusted.
    ///
    /// Witnesses are not asked for: a witness itself follows the validators with this.
    pub fn verified_deciders(&self, trust: &Trust) -> Result<ValidatorSet, VerifiedError> {
        let mut trust = trust.clone();
        trust.witnesses = None;
        let (bundle, anchor) = self.proven_state(state_key::SYSTEM, BLOCK, &trust)?;
        let mut sets = bundle.validator_sets.into_iter();
        let found = sets.find(|set| set.hash() == anchor.validators_hash);
        found.ok_or_else(|| VerifiedError::OtherState {
            asked: "validators".to_owned(),
        })
    }

    /// Evidence of a value at the last height, verified; and the header on which it hangs.
    fn proven_state(
        &self,
        contract: &str,
        key: &str,
        trust: &Trust,
    ) -> Result<(Bundle, Header), VerifiedError> {
        let claim = Claim::State {
            height: self.status()?.height,
            contract: contract.to_owned(),
            key: key.to_owned(),
        };
        let question = Question {
            claims: vec![claim.clone()],
            ..Question::default()
        };
        let bundle = self.evidence(&question)?;
        let report = bundle.verify(trust, &Codes::default());
        let asked = || VerifiedError::OtherState {
            asked: format!("{contract}/{key}"),
        };
        match report.verdict {
            Verdict::Forged { step, reason } => Err(VerifiedError::Forged { step, reason }),
            Verdict::Undecided { missing } => Err(VerifiedError::Undecided { missing }),
            // A node may answer with a true proof of something else.
            Verdict::Valid if report.claims.iter().any(|one| one.claim == claim) => {
                let anchor = report.anchor.ok_or_else(asked)?;
                Ok((bundle, anchor))
            }
            Verdict::Valid => Err(asked()),
        }
    }
}
