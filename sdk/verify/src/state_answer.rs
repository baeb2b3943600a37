//! A proven answer about one key of the state.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use yilian_abi::state_key;
use yilian_merkle::state::{StateProof, StateProofError};
use yilian_primitives::{Height, ValidatorSet};

use crate::{Bytes, CertifiedHeader, NotCertified, Trust};

/// What `GET /v1/proofs/state` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateAnswer {
    /// Height of the header.
    pub height: Height,
    /// CBOR of the header whose state it is.
    pub header_cbor: Bytes,
    /// CBOR of its commit certificate.
    pub certificate_cbor: Bytes,
    /// The proof.
    pub proof: StateProof,
    /// The value; none if the key is absent.
    pub value: Option<Bytes>,
}

/// An answer proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateAnswerError {
    /// The header is not certified.
    #[error("{0}")]
    NotCertified(#[from] NotCertified),
    /// It is of another height than it says.
    #[error("the answer says height {said}, its header has {header}")]
    Height {
        /// Height in the answer.
        said: Height,
        /// Height in the header.
        header: Height,
    },
    /// The key is one of an index, which the state tree does not hold.
    #[error("索引不在状态树中，无从证明 / an index is not in the state tree")]
    Index,
    /// The state proof does not hold.
    #[error("{0}")]
    State(#[from] StateProofError),
}

impl StateAnswer {
    /// Verifies that a contract's key has this value, or is absent, at the height; gives the certified header.
    pub fn verify(
        &self,
        trust: &Trust,
        validators: &ValidatorSet,
        contract: &str,
        key: &[u8],
    ) -> Result<CertifiedHeader, StateAnswerError> {
        let certified =
            CertifiedHeader::verify(trust, validators, &self.header_cbor, &self.certificate_cbor)?;
        let header = certified.header();
        if header.height != self.height {
            return Err(StateAnswerError::Height {
                said: self.height,
                header: header.height,
            });
        }
        let key = state_key::of(contract, key);
        if state_key::is_index(&key) {
            return Err(StateAnswerError::Index);
        }
        let value = self.value.as_deref();
        self.proof.verify(&header.state_root, &key, value)?;
        Ok(certified)
    }
}
