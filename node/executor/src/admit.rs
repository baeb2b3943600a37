//! Judging a transaction at the border, before it may wait for a block.

use std::sync::Arc;

use yilian_abi::records::{self, ContractRecord};
use yilian_abi::state_key::{self, SYSTEM};
use yilian_abi::{ContractRefusal, Interface, Reserved};
use yilian_chain_records::admission::Token;
use yilian_primitives::{
    Refusal, RefusalCode, TimestampMs, TransactionPayload, VerifiedTransaction,
};

use crate::access::Caller;
use crate::parent::{ParentState, StateError};
use crate::release::{self, StateView};
use crate::{Executor, access, fault, schedule};

impl Executor {
    /// Refuses what could not succeed now: another chain, expired, executed before, unknown sender, forbidden method.
    ///
    /// It is no promise: the state may change before the transaction's block. Gives the code of the organisation that answers
    /// for it, which of a one-time key is the one that admitted it; none if the key answers for itself.
    pub fn admit(
        &self,
        parent: &Arc<dyn ParentState>,
        transaction: &VerifiedTransaction,
        now_ms: TimestampMs,
    ) -> Result<Result<Option<String>, Refusal>, StateError> {
        let parameters = &self.spec.parameters;
        let refused = |code, detail: String| Ok(Err(Refusal::new(code, detail)));
        let window =
            transaction.check_for(&self.spec.chain_id, now_ms, parameters.valid_for_max_ms);
        // A client that repeats itself late must learn that it was executed, not that it expired.
        let expired = |refusal: &Refusal| refusal.code == RefusalCode::Expired;
        let ours = window.is_ok() || window.as_ref().is_err_and(expired);
        if ours && fault::remembers() && parent.has_transaction(&transaction.id())? {
            return refused(
                RefusalCode::Replayed,
                format!("transaction {}", transaction.id()),
            );
        }
        if let Err(refusal) = window {
            return Ok(Err(refusal));
        }
        let size = transaction.size_bytes() as u64;
        if size > parameters.transaction_bytes_max {
            let limit = parameters.transaction_bytes_max;
            return refused(
                RefusalCode::TooLarge,
                format!("{size} bytes: expected at most {limit}"),
            );
        }
        let fuel = transaction.payload().fuel_limit;
        if fuel > parameters.transaction_fuel_max {
            let limit = parameters.transaction_fuel_max;
            return refused(
                RefusalCode::FuelLimit,
                format!("fuel_limit {fuel}: expected at most {limit}"),
            );
        }
        let judged = self.judge(parent, transaction, now_ms)?;
        Ok(judged.map_err(access::at_the_border))
    }

    /// The organisation that answers for a transaction which was admitted before; none also if the state forbids its key by now.
    pub fn sponsor(
        &self,
        parent: &Arc<dyn ParentState>,
        transaction: &VerifiedTransaction,
        now_ms: TimestampMs,
    ) -> Result<Option<String>, StateError> {
        let caller = identify(parent, transaction.payload(), now_ms)?;
        Ok(caller.ok().and_then(sponsor))
    }

    /// Whether blocks must go on without transactions at this time: a ceremony runs, or a scheduled call is due.
    pub fn has_own_work(
        &self,
        parent: &Arc<dyn ParentState>,
        now_ms: TimestampMs,
    ) -> Result<bool, StateError> {
        Ok(release::ceremony_runs(parent.as_ref())? || schedule::is_due(parent.as_ref(), now_ms)?)
    }

    /// Whether what a validator said of a release, and what waits, can still do something.
    pub fn is_timely(
        &self,
        parent: &Arc<dyn ParentState>,
        transaction: &VerifiedTransaction,
    ) -> Result<bool, StateError> {
        let payload = transaction.payload();
        let timely = release::is_timely(&mut StateView(parent.as_ref()), payload)?;
        Ok(timely.is_ok())
    }

    fn judge(
        &self,
        parent: &Arc<dyn ParentState>,
        transaction: &VerifiedTransaction,
        now_ms: TimestampMs,
    ) -> Result<Result<Option<String>, ContractRefusal>, StateError> {
        let payload = transaction.payload();
        let (contract, method) = (payload.contract.as_str(), payload.method.as_str());
        if release::is_of_validators(contract, method) {
            return Ok(judge_of_validator(parent, payload)?.map(|()| None));
        }
        let caller = match identify(parent, payload, now_ms)? {
            Ok(caller) => caller,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if contract != SYSTEM {
            let Some(record) = contract_record(parent, contract)? else {
                let refusal = ContractRefusal::reserved(Reserved::UnknownContract, contract);
                return Ok(Err(refusal));
            };
            match self.is_view(parent, &record, method)? {
                None => {
                    let detail = format!("{contract}.{method}");
                    let refusal = ContractRefusal::reserved(Reserved::UnknownMethod, detail);
                    return Ok(Err(refusal));
                }
                Some(true) => return Ok(Ok(sponsor(caller))),
                Some(false) => {}
            }
        }
        let mut read = reading(parent);
        let permitted = access::permit(&mut read, &caller, contract, method)?;
        Ok(permitted.map(|()| sponsor(caller)))
    }

    /// Whether a method only reads; none if there is no such method. A program that ran before has its interface read
    /// already; parsing it anew for each transaction would cost more than checking the signature.
    fn is_view(
        &self,
        parent: &Arc<dyn ParentState>,
        record: &ContractRecord,
        method: &str,
    ) -> Result<Option<bool>, StateError> {
        let view = |interface: &Interface| interface.method(method).map(|found| found.view);
        if let Some(program) = self.vm.find(&record.code_hash) {
            return Ok(view(program.interface()));
        }
        let stored = parent.value(&state_key::interface(&record.code_hash))?;
        let interface = stored.and_then(|stored| Interface::parse(&stored.value).ok());
        Ok(interface.as_ref().and_then(view))
    }
}

fn reading(
    parent: &Arc<dyn ParentState>,
) -> impl FnMut(&[u8]) -> Result<Option<Vec<u8>>, StateError> {
    |key| Ok(parent.value(key)?.map(|stored| stored.value))
}

fn identify(
    parent: &Arc<dyn ParentState>,
    payload: &TransactionPayload,
    now_ms: TimestampMs,
) -> Result<Result<Caller, ContractRefusal>, StateError> {
    let sender = payload.sender.to_string();
    let token = || Token::of_args(&payload.args);
    access::identify(&mut reading(parent), &sender, token, now_ms)
}

fn sponsor(caller: Caller) -> Option<String> {
    caller.organisation.map(|organisation| organisation.code)
}

/// What validators send is let in only while it can do something, so it never piles up.
fn judge_of_validator(
    parent: &Arc<dyn ParentState>,
    payload: &TransactionPayload,
) -> Result<Result<(), ContractRefusal>, StateError> {
    let sender = payload.sender.to_string();
    if !release::may_call(parent.validators(), &payload.method, &sender) {
        return Ok(Err(release::no_validator(&sender)));
    }
    let timely = release::is_timely(&mut StateView(parent.as_ref()), payload)?;
    Ok(timely.map_err(|detail| ContractRefusal::reserved(Reserved::BadArguments, detail)))
}

fn contract_record(
    parent: &Arc<dyn ParentState>,
    contract: &str,
) -> Result<Option<ContractRecord>, StateError> {
    let stored = parent.value(&state_key::contract(contract))?;
    Ok(stored.and_then(|stored| records::from_bytes(&stored.value)))
}
