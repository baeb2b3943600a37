//! Calling a view, or a rule, on committed state without a transaction.

use std::sync::Arc;

use thiserror::Error;
use yilian_abi::records::{self, ContractRecord};
use yilian_abi::{ContractKind, ContractRefusal, Reserved, state_key};
use yilian_primitives::Height;
use yilian_vm::{CallEnd, Host};

use crate::Executor;
use crate::block::ExecuteError;
use crate::block_run::on_large_stack;
use crate::overlay::BlockOverlay;
use crate::parent::{ParentState, StateError};
use crate::session::{Sent, Session};
use crate::surroundings::Surroundings;

/// Fuel of a query: half of what a transaction may burn, since nobody signs for it.
const SHARE_OF_TRANSACTION_FUEL: u64 = 2;

/// Answer of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryAnswer {
    /// Height of the state it was asked of.
    pub height: Height,
    /// Canonical JSON.
    pub result: Vec<u8>,
}

/// A query has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// Contract or chain said no.
    #[error("{}", .0.message())]
    Refused(Box<ContractRefusal>),
    /// The program failed.
    #[error("trapped: {0}")]
    Trapped(String),
    /// This node is at fault.
    #[error("{0}")]
    State(#[from] StateError),
}

impl Executor {
    /// Calls a view of a ledger, or any method of a rule, with canonical JSON arguments.
    pub fn query(
        &self,
        parent: Arc<dyn ParentState>,
        contract: &str,
        method: &str,
        args: Vec<u8>,
    ) -> Result<QueryAnswer, QueryError> {
        let height = parent.header().height;
        let record = parent.value(&state_key::contract(contract))?;
        let record = record.and_then(|stored| records::from_bytes::<ContractRecord>(&stored.value));
        let Some(record) = record else {
            return Err(refused(Reserved::UnknownContract, contract));
        };
        let end = on_large_stack(|| Ok(self.ask(parent, &record, method, args)?));
        match end.map_err(at_this_node)? {
            CallEnd::Done(result) => Ok(QueryAnswer { height, result }),
            CallEnd::Refused(refusal) => Err(QueryError::Refused(Box::new(refusal))),
            CallEnd::Trapped(reason) => Err(QueryError::Trapped(reason)),
            CallEnd::Broken(reason) => Err(StateError(reason).into()),
        }
    }

    fn ask(
        &self,
        parent: Arc<dyn ParentState>,
        record: &ContractRecord,
        method: &str,
        args: Vec<u8>,
    ) -> Result<CallEnd, StateError> {
        let header = parent.header();
        let surroundings = Surroundings {
            vm: self.queries.clone(),
            chain_id: self.spec.chain_id.as_str().into(),
            parameters: Arc::new(self.spec.parameters.clone()),
            validators: Arc::new(parent.validators().clone()),
            height: header.height,
            time_ms: header.time_ms,
        };
        let log_index = header.log_size;
        let block = BlockOverlay::new(parent);
        let mut session = Session::new(surroundings, block, Sent::default(), log_index);
        let fuel = self.spec.parameters.transaction_fuel_max / SHARE_OF_TRANSACTION_FUEL;
        if record.kind == ContractKind::Rule {
            let program = session.program(&record.code_hash)?;
            let program = program
                .ok_or_else(|| StateError(format!("code {} is missing", record.code_hash)))?;
            return Ok(self.queries.call(&program, method, args, fuel, None).end);
        }
        let target = match session.enter_view(&record.name, method, &args)? {
            Ok(target) => target,
            Err(refusal) => return Ok(CallEnd::Refused(refusal)),
        };
        let called = self
            .queries
            .call(&target.program, method, target.args, fuel, Some(session));
        if let Some(mut session) = called.host {
            session.leave(&called.end);
            if let Some(fault) = session.fault {
                return Err(fault);
            }
        }
        Ok(called.end)
    }
}

fn refused(reserved: Reserved, detail: &str) -> QueryError {
    QueryError::Refused(Box::new(ContractRefusal::reserved(reserved, detail)))
}

fn at_this_node(error: ExecuteError) -> QueryError {
    match error {
        ExecuteError::State(error) => QueryError::State(error),
        ExecuteError::Refused(error) => QueryError::State(StateError(error.to_string())),
    }
}
