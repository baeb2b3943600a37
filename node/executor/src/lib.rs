//! Turn a block into its outcome.
//!
//! The same block on the same parent gives the same roots on every node: everything here is a function of the two.
//! [`Executor::build`] makes a block of transactions and [`Executor::execute`] does again what another one made; both
//! run the same code, and only they can make an [`ExecutedBlock`].

mod access;
mod admit;
mod block;
mod block_run;
mod fault;
mod genesis;
mod header_check;
mod host;
pub mod membership;
mod overlay;
mod parent;
mod query;
pub mod release;
pub mod schedule;
mod session;
mod surroundings;
mod system;
mod transaction;
mod tree;

pub use block::{
    BlockRefused, BodyOfHeader, CommittedBlock, Draft, ExecuteError, ExecutedBlock, Execution,
    StateChange,
};
pub use block_run::TakeMore;
pub use genesis::{GenesisError, GenesisFile, ReadFile, genesis};
pub use parent::{ParentState, StateError, StoredValue};
pub use query::{QueryAnswer, QueryError};
pub use transaction::trace_is_the_receipts;

use std::sync::Arc;

use yilian_chain_spec::ChainSpec;
use yilian_crypto::Digest;
use yilian_vm::{EXECUTION_ENGINE, Vm, VmError, VmLimits};

use crate::session::Session;

/// Executes blocks of one chain. Cheap to clone.
#[derive(Clone)]
pub struct Executor {
    spec: Arc<ChainSpec>,
    spec_digest: Digest,
    parameters_hash: Digest,
    vm: Vm<Session>,
    /// Queries have an engine of their own: however many run, a block never lacks an instance.
    queries: Vm<Session>,
}

impl Executor {
    /// An executor for a chain.
    ///
    /// # Errors
    /// If the engine cannot be set up, or the chain's parameters name another engine than this program has.
    pub fn new(spec: Arc<ChainSpec>) -> Result<Self, VmError> {
        let parameters = &spec.parameters;
        if parameters.execution_engine != EXECUTION_ENGINE {
            return Err(VmError::Engine(format!(
                "the chain's parameter execution_engine is {:?} and this program has {EXECUTION_ENGINE:?}: \
                 use the release that the chain names",
                parameters.execution_engine
            )));
        }
        let limits = VmLimits::from(parameters);
        Ok(Executor {
            spec_digest: spec.digest(),
            parameters_hash: spec.parameters.hash(),
            spec,
            vm: Vm::new(limits)?,
            queries: Vm::new(limits)?,
        })
    }

    /// The chain's specification.
    pub fn spec(&self) -> &ChainSpec {
        &self.spec
    }
}
