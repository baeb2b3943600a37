//! Building a block, and doing again what another node built.

use std::collections::BTreeSet;
use std::sync::Arc;

use yilian_chain_spec::SCHEDULED_FUEL;
use yilian_crypto::Digest;
use yilian_merkle::log;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{
    Block, CommitCertificate, Header, HeaderLeaf, TxId, VerifiedTransaction, WriteEntry,
};
use yilian_state_tree::Update;
use yilian_vm::EXECUTION_ENGINE;

use crate::Executor;
use crate::block::{Draft, ExecuteError, ExecutedBlock, Execution, Outcome, transactions_root};
use crate::header_check::{check_carried_certificate, compare, invalid};
use crate::overlay::BlockOverlay;
use crate::parent::{ParentState, StateError};
use crate::surroundings::Surroundings;
use crate::transaction::{self, Call, Place};
use crate::{fault, membership, release, schedule, tree};

/// Stack of the thread that executes: nested contracts each have a wasm stack of 1 MiB on it.
pub(crate) const STACK_BYTES: usize = 64 << 20;

/// Runs work on a stack that nested contracts cannot exhaust.
pub(crate) fn on_large_stack<T: Send>(
    work: impl FnOnce() -> Result<T, ExecuteError> + Send,
) -> Result<T, ExecuteError> {
    let died = || StateError("the executing thread died".to_owned());
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("executor".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, work)
            .map_err(|error| StateError(format!("no thread for the executor: {error}")))?;
        thread.join().map_err(|_| died())?
    })
}

/// Asked before each further transaction whether the block that is being built is to take it.
pub type TakeMore<'a> = &'a (dyn Fn() -> bool + Sync);

/// Whether transactions that do not fit are left out, or make the block wrong.
#[derive(Clone, Copy)]
enum Mode<'a> {
    Build(TakeMore<'a>),
    Execute,
}

impl Executor {
    /// Makes a block on a parent, leaving out what does not fit.
    ///
    /// It ends early, but with one transaction if there is any, when `take_more` says no. Which transactions a block
    /// has is its proposer's choice, so no other node need know why.
    pub fn build(
        &self,
        parent: Arc<dyn ParentState>,
        draft: Draft,
        take_more: TakeMore<'_>,
    ) -> Result<ExecutedBlock, ExecuteError> {
        on_large_stack(|| self.run(&parent, draft, Mode::Build(take_more)))
    }

    /// Executes a block that another node made and compares every field of its header.
    ///
    /// Whether the time is near a clock is for the caller to judge: a decided block stays acceptable for ever.
    pub fn execute(
        &self,
        parent: Arc<dyn ParentState>,
        block: Block,
    ) -> Result<ExecutedBlock, ExecuteError> {
        check_carried_certificate(&parent, &block)?;
        let expected = block.header.clone();
        let draft = Draft {
            time_ms: expected.time_ms,
            proposer: expected.proposer,
            parent_certificate: block.parent_certificate,
            transactions: block.transactions,
        };
        if parent.validators().get(&draft.proposer).is_none() {
            let reason = format!("proposer {} is not a validator", draft.proposer);
            return Err(invalid(expected.height, reason).into());
        }
        let executed = on_large_stack(|| self.run(&parent, draft, Mode::Execute))?;
        compare(&expected, &executed.block.header)?;
        Ok(executed)
    }

    fn run(
        &self,
        parent: &Arc<dyn ParentState>,
        draft: Draft,
        mode: Mode<'_>,
    ) -> Result<ExecutedBlock, ExecuteError> {
        let before = parent.header().clone();
        let height = before.height + 1;
        if draft.time_ms <= before.time_ms {
            let (got, parent) = (draft.time_ms, before.time_ms);
            let reason = format!("time {got} ms: expected after the parent's, {parent} ms");
            return Err(invalid(height, reason).into());
        }
        let parent_commit_hash = draft
            .parent_certificate
            .as_ref()
            .map_or(Digest::ZERO, CommitCertificate::hash);
        let surroundings = Surroundings {
            vm: self.vm.clone(),
            chain_id: self.spec.chain_id.as_str().into(),
            parameters: Arc::new(self.spec.parameters.clone()),
            validators: Arc::new(parent.validators().clone()),
            height,
            time_ms: draft.time_ms,
        };
        let mut run = Run::new(surroundings, parent, HeaderLeaf(before.clone()).encode());
        run.ceremony()?;
        run.scheduled()?;
        let transactions = run.transactions(draft.transactions, mode)?;
        let next_validators = membership::validators(&mut release::BlockView(&run.block))?;
        let certificate = draft.parent_certificate.as_ref();
        let (time_ms, proposer) = (draft.time_ms, &draft.proposer);
        let entry = membership::block_entry(parent.as_ref(), time_ms, proposer, certificate)?;
        let run = run.finish_state(parent, entry)?;
        let header = Header {
            chain_id: self.spec.chain_id.clone(),
            chain_spec: self.spec_digest,
            height,
            time_ms: draft.time_ms,
            proposer: draft.proposer,
            parent_hash: before.hash(),
            parent_commit_hash,
            transaction_count: transactions.len() as u64,
            transactions_root: transactions_root(&transactions),
            log_size: run.frontier.size(),
            log_root: run.frontier.root(),
            state_root: fault::state_root(height, run.tree.root),
            validators_hash: parent.validators().hash(),
            next_validators_hash: next_validators.hash(),
            parameters_hash: self.parameters_hash,
            execution_engine: EXECUTION_ENGINE.to_owned(),
        };
        Ok(ExecutedBlock {
            block: Block {
                header,
                parent_certificate: draft.parent_certificate,
                transactions,
            },
            outcome: Outcome {
                executions: run.executions,
                leaves: run.leaves,
                log_nodes: run.log_nodes,
                frontier: run.frontier,
                changes: run.changes,
                tree: run.tree,
                next_validators,
            },
        })
    }
}

/// A block that is being run.
struct Run {
    surroundings: Surroundings,
    block: BlockOverlay,
    parent: Arc<dyn ParentState>,
    frontier: log::Frontier,
    log_nodes: Vec<log::Node>,
    leaves: Vec<Vec<u8>>,
    executions: Vec<Execution>,
    fuel_used: u64,
    bytes: u64,
}

/// A block that was run.
struct Finished {
    frontier: log::Frontier,
    log_nodes: Vec<log::Node>,
    leaves: Vec<Vec<u8>>,
    executions: Vec<Execution>,
    changes: std::collections::BTreeMap<Vec<u8>, crate::block::StateChange>,
    tree: Update,
}

/// Bytes of a block that are not transactions: header, parent's certificate and frames.
const BLOCK_FRAME_BYTES: u64 = 32 * 1_024;
/// Bytes around each transaction.
const TRANSACTION_FRAME_BYTES: u64 = 128;

impl Run {
    fn new(surroundings: Surroundings, parent: &Arc<dyn ParentState>, first: Vec<u8>) -> Self {
        let mut run = Run {
            surroundings,
            block: BlockOverlay::new(Arc::clone(parent)),
            parent: Arc::clone(parent),
            frontier: parent.frontier().clone(),
            log_nodes: Vec::new(),
            leaves: Vec::new(),
            executions: Vec::new(),
            fuel_used: 0,
            bytes: BLOCK_FRAME_BYTES,
        };
        run.append(first);
        run
    }

    fn append(&mut self, leaf: Vec<u8>) {
        self.log_nodes
            .extend(self.frontier.append(log::leaf_hash(&leaf)));
        self.leaves.push(leaf);
    }

    /// The chain's own call of this height, if a phase of a ceremony is over.
    fn ceremony(&mut self) -> Result<(), StateError> {
        match release::due(&self.block, self.surroundings.height)? {
            Some(call) => self.call(call),
            None => Ok(()),
        }
    }

    /// The calls that ledgers asked for and whose time has come.
    fn scheduled(&mut self) -> Result<(), StateError> {
        let Surroundings {
            height, time_ms, ..
        } = self.surroundings;
        let half = self.surroundings.parameters.block_fuel_max / 2;
        for scheduled in schedule::due(&self.block, height, time_ms)? {
            if self.fuel_used.saturating_add(SCHEDULED_FUEL) > half {
                break;
            }
            if schedule::stands(&self.block, &scheduled)? {
                self.call(schedule::call(&scheduled))?;
            }
        }
        Ok(())
    }

    /// Runs transactions in order; gives those that are in the block.
    fn transactions(
        &mut self,
        transactions: Vec<VerifiedTransaction>,
        mode: Mode<'_>,
    ) -> Result<Vec<VerifiedTransaction>, ExecuteError> {
        let mut seen = BTreeSet::new();
        let mut taken = Vec::with_capacity(transactions.len());
        for transaction in transactions {
            if let Mode::Build(take_more) = mode
                && !taken.is_empty()
                && !take_more()
            {
                break;
            }
            if let Mode::Build(_) = mode
                && !self.is_timely(&transaction)?
            {
                continue;
            }
            if let Err(reason) = self.fits(&transaction, &seen, taken.len())? {
                match mode {
                    Mode::Build(_) => continue,
                    Mode::Execute => {
                        let reason = format!("transaction {}: {reason}", transaction.id());
                        return Err(invalid(self.surroundings.height, reason).into());
                    }
                }
            }
            self.call(Call::of(&transaction))?;
            seen.insert(transaction.id());
            taken.push(transaction);
        }
        Ok(taken)
    }

    /// Whether a validator's part can still do something: a share too many is left out, and has no place in the log.
    fn is_timely(&self, transaction: &VerifiedTransaction) -> Result<bool, StateError> {
        let payload = transaction.payload();
        if !release::is_of_validators(&payload.contract, &payload.method) {
            return Ok(true);
        }
        let timely = release::is_timely(&mut release::BlockView(&self.block), payload)?;
        Ok(timely.is_ok())
    }

    fn fits(
        &mut self,
        transaction: &VerifiedTransaction,
        seen: &BTreeSet<TxId>,
        taken: usize,
    ) -> Result<Result<(), String>, StateError> {
        let parameters = &self.surroundings.parameters;
        let window = transaction.check_for(
            &self.surroundings.chain_id,
            self.surroundings.time_ms,
            parameters.valid_for_max_ms,
        );
        if let Err(refusal) = window {
            return Ok(Err(refusal.to_string()));
        }
        let size = transaction.size_bytes() as u64;
        let bytes = self.bytes + size + TRANSACTION_FRAME_BYTES;
        let payload = transaction.payload();
        let fuel = payload.fuel_limit;
        // A part may complete a release, whose ledger is called in this block with the fuel that was kept for it.
        let kept = match release::is_of_validators(&payload.contract, &payload.method) {
            true => parameters.transaction_fuel_max,
            false => 0,
        };
        if taken as u64 >= parameters.block_transactions_max {
            return Ok(Err("the block has too many transactions".to_owned()));
        }
        if size > parameters.transaction_bytes_max || bytes > parameters.block_bytes_max {
            return Ok(Err("too large".to_owned()));
        }
        let with_kept = fuel.saturating_add(kept);
        if fuel > parameters.transaction_fuel_max
            || self.fuel_used.saturating_add(with_kept) > parameters.block_fuel_max
        {
            return Ok(Err("asks for too much fuel".to_owned()));
        }
        let before = fault::remembers() && self.parent.has_transaction(&transaction.id())?;
        if before || seen.contains(&transaction.id()) {
            return Ok(Err("was executed before".to_owned()));
        }
        self.bytes = bytes;
        Ok(Ok(()))
    }

    fn call(&mut self, call: Call) -> Result<(), StateError> {
        let place = Place {
            index: u32::try_from(self.executions.len())
                .map_err(|_| StateError("too many receipts in one block".to_owned()))?,
            log_index: self.frontier.size(),
        };
        let parent = Arc::clone(&self.parent);
        let block = std::mem::replace(&mut self.block, BlockOverlay::new(parent));
        let ran = transaction::run(call, place, &self.surroundings, block)?;
        self.block = ran.block;
        self.fuel_used = self.fuel_used.saturating_add(ran.receipt.fuel_used);
        self.append(ran.receipt.encode());
        self.executions.push(Execution {
            log_index: place.log_index,
            receipt: ran.receipt,
            trace: ran.trace,
        });
        let fuel = self.surroundings.parameters.transaction_fuel_max;
        let released = ran.released;
        match released.and_then(|released| release::call_back(&released, fuel)) {
            Some(call) => self.call(call),
            None => Ok(()),
        }
    }

    /// Puts the writes into the state tree, and the block's own entry.
    fn finish_state(
        mut self,
        parent: &Arc<dyn ParentState>,
        (key, value): (Vec<u8>, Vec<u8>),
    ) -> Result<Finished, StateError> {
        let header = parent.header();
        let value = Some(value);
        let block_entry = WriteEntry { key, value };
        // Its writer is the leaf of the parent's header, the first leaf of this block.
        self.block.apply(&[block_entry], header.log_size);
        let changes = self.block.into_changes();
        let tree = tree::update(parent.tree(), header, &changes)?;
        Ok(Finished {
            frontier: self.frontier,
            log_nodes: self.log_nodes,
            leaves: self.leaves,
            executions: self.executions,
            changes,
            tree,
        })
    }
}
