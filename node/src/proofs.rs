//! Proofs from the committed log and state.

use yilian_abi::state_key;
use yilian_api::backend::{Consistency, Inclusion, StateProofRecord};
use yilian_executor::StateError;
use yilian_merkle::log::{self, NodeRead as _, ProofError};
use yilian_primitives::TxId;
use yilian_primitives::cbor::Cbor;
use yilian_verify::{Dsse, PROOF_VERSION, RecordProof, RuleCallText};

use crate::state::Shared;

fn broken(error: ProofError) -> StateError {
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

    /// The proof of a transaction's receipt.
    pub(crate) fn record_proof(&self, id: &TxId) -> Result<Option<RecordProof>, StateError> {
        let executed = self.store.transaction(id)?;
        let log_index = executed.map(|executed| executed.execution.log_index);
        log_index.map_or(Ok(None), |index| self.record_proof_at(index))
    }

    /// A proof under the header of the record's own block, so that it is the same whenever it is asked for.
    pub(crate) fn record_proof_at(
        &self,
        log_index: u64,
    ) -> Result<Option<RecordProof>, StateError> {
        let Some(execution) = self.store.execution(log_index)? else {
            return Ok(None);
        };
        let height = execution.receipt.height;
        let (Some(record), Some(certificate)) =
            (self.header_record(height)?, self.store.certificate(height)?)
        else {
            return Ok(None);
        };
        let transaction = match execution.receipt.transaction() {
            Some(id) => self.store.transaction(&id)?,
            None => None,
        };
        let header = record.header;
        let inclusion =
            log::prove_inclusion(&self.store, log_index, header.log_size).map_err(broken)?;
        Ok(Some(RecordProof {
            version: PROOF_VERSION,
            chain_id: header.chain_id.clone(),
            header_cbor: header.encode().into(),
            certificate_cbor: certificate.encode().into(),
            validators: record.validators.iter().cloned().collect(),
            leaf_cbor: execution.receipt.encode().into(),
            inclusion,
            transaction: transaction.map(|executed| {
                let sender = executed.transaction.payload().sender;
                Dsse::of(executed.transaction.envelope(), &sender)
            }),
            rule_calls: execution
                .trace
                .rule_calls
                .iter()
                .map(RuleCallText::from)
                .collect(),
            state: Vec::new(),
        }))
    }
}
