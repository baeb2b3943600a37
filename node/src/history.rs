//! Committed blocks, transactions and contracts, in the interface's records.

use yilian_abi::records::{self, ContractRecord};
use yilian_abi::state_key;
use yilian_api::backend::{
    BlockRecord, Contract, EventRecord, Execution, HeaderRecord, TransactionRecord,
};
use yilian_crypto::Digest;
use yilian_executor::StateError;
use yilian_primitives::{Header, Height, TxId, ValidatorSet};

use crate::fault;
use crate::state::Shared;

/// Most contracts that are listed.
const CONTRACTS_MAX: usize = 10_000;

impl Shared {
    fn deciders(&self, header: &Header) -> Result<ValidatorSet, StateError> {
        let set = self.store.validator_set(&header.validators_hash)?;
        set.ok_or_else(|| StateError(format!("validators of height {}", header.height)))
    }

    pub(crate) fn block_record(&self, height: Height) -> Result<Option<BlockRecord>, StateError> {
        let Some(block) = self.store.block(height)? else {
            return Ok(None);
        };
        let receipts = block.receipts;
        Ok(Some(BlockRecord {
            header: block.header,
            certificate: block.certificate,
            transactions: receipts.iter().filter_map(|r| r.transaction()).collect(),
            receipts,
        }))
    }

    pub(crate) fn header_record(&self, height: Height) -> Result<Option<HeaderRecord>, StateError> {
        let Some(header) = self.store.header(height)? else {
            return Ok(None);
        };
        Ok(Some(HeaderRecord {
            certificate: self.store.certificate(height)?,
            validators: self.deciders(&header)?,
            header,
        }))
    }

    pub(crate) fn transaction_record(
        &self,
        id: &TxId,
    ) -> Result<Option<TransactionRecord>, StateError> {
        // The pool first: a transaction that leaves it between two looks is in the database by then.
        let waiting = self.pool.get(id);
        let tip = || self.store.tip().map_or(0, |tip| tip.header().height);
        let executed = self.store.transaction(id)?;
        let executed = executed.filter(|one| !fault::lost(one.execution.receipt.height, tip));
        Ok(match (executed, waiting) {
            (Some(executed), _) => Some(TransactionRecord {
                transaction: executed.transaction,
                execution: Some(Execution {
                    log_index: executed.execution.log_index,
                    receipt: executed.execution.receipt,
                    trace: executed.execution.trace,
                }),
            }),
            (None, Some(transaction)) => Some(TransactionRecord {
                transaction,
                execution: None,
            }),
            (None, None) => None,
        })
    }

    pub(crate) fn events(&self, height: Height) -> Result<Option<Vec<EventRecord>>, StateError> {
        let Some(block) = self.store.block(height)? else {
            return Ok(None);
        };
        if height < self.store.bodies_from()? {
            return Ok(None);
        }
        let mut events = Vec::new();
        for index in (block.receipts_from..).take(block.receipts.len()) {
            // It may have been deleted meanwhile.
            let Some(execution) = self.store.execution(index)? else {
                return Ok(None);
            };
            let (index, tx_id) = (execution.receipt.index, execution.receipt.transaction());
            for (event, emitted) in (0u32..).zip(execution.trace.events) {
                events.push(EventRecord {
                    index,
                    event,
                    tx_id,
                    emitted,
                });
            }
        }
        Ok(Some(events))
    }

    pub(crate) fn contracts(&self) -> Result<Vec<Contract>, StateError> {
        let (from, to) = (state_key::contracts_from(), state_key::contracts_to());
        let entries = self.state()?.scan(&from, &to, CONTRACTS_MAX)?;
        let records = entries
            .iter()
            .filter_map(|(_, stored)| records::from_bytes::<ContractRecord>(&stored.value));
        Ok(records.map(contract_form).collect())
    }

    fn record(&self, name: &str) -> Result<Option<ContractRecord>, StateError> {
        let stored = self.state()?.value(&state_key::contract(name))?;
        Ok(stored.and_then(|stored| records::from_bytes(&stored.value)))
    }

    pub(crate) fn contract(&self, name: &str) -> Result<Option<Contract>, StateError> {
        Ok(self.record(name)?.map(contract_form))
    }

    pub(crate) fn interface(&self, name: &str) -> Result<Option<Vec<u8>>, StateError> {
        let Some(record) = self.record(name)? else {
            return Ok(None);
        };
        let stored = self
            .state()?
            .value(&state_key::interface(&record.code_hash))?;
        Ok(stored.map(|stored| stored.value))
    }

    pub(crate) fn code(&self, hash: &Digest) -> Result<Option<Vec<u8>>, StateError> {
        let stored = self.state()?.value(&state_key::code(hash))?;
        Ok(stored.map(|stored| stored.value))
    }
}

fn contract_form(record: ContractRecord) -> Contract {
    Contract {
        name: record.name,
        kind: record.kind.to_string(),
        code_hash: record.code_hash,
        version: record.version,
        height: record.height,
    }
}
