//! Proofs from the committed log and state.

use yilian_abi::state_key;
use yilian_api::backend::{Consistency, Inclusion, StateProofRecord};
use yilian_executor::StateError;
use yilian_merkle::log::{self, NodeRead as _, ProofError};

use crate::state::Shared;

pub(crate) fn broken(error: ProofError) -> StateError {
    StateError(format!("log: {error}"))
}

impl Shared {
    pub(crate) fn inclusion(&self, index: u64, size: u64) -> Result<Option<Inclusion>, StateError> {
        if index >= size || size > self.tip()?.header().log_size {
            return Ok(None);
        }
        let proof = log::prove_inclusion(&self.store, index, size).map_err(broken)?;
        let leaf_hash = self
            .store
            .node(0, index)
            .ok_or(ProofError::MissingNode { level: 0, index })
            .map_err(broken)?;
        Ok(Some(Inclusion {
            index,
            size,
            hashes: proof.hashes,
            leaf_hash,
            root: log::root_at(&self.store, size).map_err(broken)?,
        }))
    }

    pub(crate) fn consistency(
        &self,
        old_size: u64,
        new_size: u64,
    ) -> Result<Option<Consistency>, StateError> {
        if old_size > new_size || new_size > self.tip()?.header().log_size {
            return Ok(None);
        }
        let proof = log::prove_consistency(&self.store, old_size, new_size).map_err(broken)?;
        Ok(Some(Consistency {
            old_size,
            new_size,
            hashes: proof.hashes,
            old_root: log::root_at(&self.store, old_size).map_err(broken)?,
            new_root: log::root_at(&self.store, new_size).map_err(broken)?,
        }))
    }

    pub(crate) fn state_proof(
        &self,
        contract: &str,
        key: &[u8],
    ) -> Result<Option<StateProofRecord>, StateError> {
        let tip = self.tip()?;
        let header = tip.header().clone();
        let Some(certificate) = self.store.certificate(header.height)? else {
            return Ok(None);
        };
        let (value, proof) = tip.prove(&state_key::of(contract, key))?;
        Ok(Some(StateProofRecord {
            header,
            certificate,
            proof: serde_json::to_value(proof).map_err(|error| StateError(error.to_string()))?,
            value: value.map(|stored| stored.value),
        }))
    }
}
