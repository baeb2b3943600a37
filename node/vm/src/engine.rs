//! The engine, and programs compiled once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, InstancePre, Linker, Module, ModuleExport,
    OptLevel, PoolingAllocationConfig,
};
use yilian_abi::imports::MEMORY;
use yilian_abi::module::{self, CheckedModule};
use yilian_abi::{ContractKind, Interface};
use yilian_chain_spec::Parameters;
use yilian_crypto::Digest;

use crate::call::CallState;
use crate::host::Host;
use crate::linker;

const PAGE_BYTES: u64 = 65_536;
/// Programs kept compiled at once.
const CACHE_MAX: usize = 256;
/// Instances alive at once: nested calls of some parallel queries.
const INSTANCES_MAX: u32 = 128;
/// Bytes of a used memory or table that are cleared for its next use, in place of being given back to the system and
/// faulted in again: of a memory, about what an ordinary call touches.
const KEPT_BYTES: usize = 256 << 10;
/// Stack of one program in bytes; deeper recursion traps.
const STACK_BYTES: usize = 1 << 20;

/// Limits from the chain parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VmLimits {
    /// Largest program in bytes.
    pub program_bytes_max: u64,
    /// Most pages of 64 KiB that a program's memory may have.
    pub memory_pages_max: u64,
    /// Largest result of a call in bytes.
    pub result_bytes_max: u64,
    /// Largest arguments of a nested call in bytes.
    pub args_bytes_max: u64,
    /// Largest key of state in bytes.
    pub key_bytes_max: u64,
    /// Largest value of state in bytes.
    pub value_bytes_max: u64,
}

impl From<&Parameters> for VmLimits {
    fn from(parameters: &Parameters) -> Self {
        VmLimits {
            program_bytes_max: parameters.contract_bytes_max,
            memory_pages_max: parameters.memory_pages_max,
            result_bytes_max: parameters.result_bytes_max,
            args_bytes_max: parameters.args_bytes_max,
            key_bytes_max: parameters.state_key_bytes_max,
            value_bytes_max: parameters.state_value_bytes_max,
        }
    }
}

/// The engine could not do its part. `Program` is the author's fault, `Engine` is this node's.
#[derive(Debug, Error)]
pub enum VmError {
    /// The program does not fit.
    #[error("{0}")]
    Program(String),
    /// The engine failed.
    #[error("wasm engine: {0}")]
    Engine(String),
}

fn engine_failed(error: wasmtime::Error) -> VmError {
    VmError::Engine(format!("{error:#}"))
}

/// A program ready to run.
pub struct Program<H: Host> {
    pub(crate) pre: InstancePre<CallState<H>>,
    pub(crate) memory: Option<ModuleExport>,
    interface: Interface,
    hash: Digest,
}

impl<H: Host> Program<H> {
    /// The interface it publishes.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// Rule or ledger.
    pub fn kind(&self) -> ContractKind {
        self.interface.kind
    }

    /// SHA-256 of the program.
    pub fn hash(&self) -> Digest {
        self.hash
    }
}

/// Compiles and runs programs. Cheap to clone.
pub struct Vm<H: Host>(pub(crate) Arc<Inner<H>>);

pub(crate) struct Inner<H: Host> {
    pub(crate) engine: Engine,
    pub(crate) limits: VmLimits,
    rules: Linker<CallState<H>>,
    ledgers: Linker<CallState<H>>,
    programs: Mutex<BTreeMap<Digest, Arc<Program<H>>>>,
}

impl<H: Host> Clone for Vm<H> {
    fn clone(&self) -> Self {
        Vm(Arc::clone(&self.0))
    }
}

impl<H: Host> Vm<H> {
    /// An engine with the chain's limits.
    pub fn new(limits: VmLimits) -> Result<Self, VmError> {
        let engine = Engine::new(&config(&limits)).map_err(engine_failed)?;
        let rules = linker::build(&engine, ContractKind::Rule).map_err(engine_failed)?;
        let ledgers = linker::build(&engine, ContractKind::Ledger).map_err(engine_failed)?;
        Ok(Vm(Arc::new(Inner {
            engine,
            limits,
            rules,
            ledgers,
            programs: Mutex::new(BTreeMap::new()),
        })))
    }

    /// The limits in force.
    pub fn limits(&self) -> &VmLimits {
        &self.0.limits
    }

    /// Checks a program without compiling it.
    pub fn check(&self, bytes: &[u8]) -> Result<CheckedModule, VmError> {
        let bytes_max = usize::try_from(self.0.limits.program_bytes_max).unwrap_or(usize::MAX);
        module::check(bytes, bytes_max).map_err(|error| VmError::Program(error.reason))
    }

    /// Checks and compiles a program, or finds it among those compiled before.
    pub fn program(&self, bytes: &[u8]) -> Result<Arc<Program<H>>, VmError> {
        let hash = Digest::sha256(bytes);
        if let Some(program) = self.find(&hash) {
            return Ok(program);
        }
        let checked = self.check(bytes)?;
        let module = Module::new(&self.0.engine, bytes)
            .map_err(|error| VmError::Program(format!("{error:#}")))?;
        let linker = match checked.interface.kind {
            ContractKind::Rule => &self.0.rules,
            ContractKind::Ledger => &self.0.ledgers,
        };
        let pre = linker
            .instantiate_pre(&module)
            .map_err(|error| VmError::Program(format!("{error:#}")))?;
        let program = Arc::new(Program {
            pre,
            memory: module.get_export_index(MEMORY),
            interface: checked.interface,
            hash,
        });
        let mut programs = self
            .0
            .programs
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if programs.len() >= CACHE_MAX {
            // Dropping one costs a compilation later and decides nothing.
            programs.pop_first();
        }
        programs.insert(hash, Arc::clone(&program));
        Ok(program)
    }

    /// A program that was compiled before.
    pub fn find(&self, hash: &Digest) -> Option<Arc<Program<H>>> {
        let programs = self
            .0
            .programs
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        programs.get(hash).cloned()
    }
}

fn config(limits: &VmLimits) -> Config {
    let memory_bytes = limits.memory_pages_max.saturating_mul(PAGE_BYTES);
    let mut pool = PoolingAllocationConfig::default();
    pool.total_core_instances(INSTANCES_MAX)
        .total_memories(INSTANCES_MAX)
        .total_tables(INSTANCES_MAX)
        .max_memories_per_module(1)
        .max_tables_per_module(1)
        .table_elements(10_000)
        .max_unused_warm_slots(8)
        .linear_memory_keep_resident(KEPT_BYTES)
        .table_keep_resident(KEPT_BYTES)
        // Where the system can say which pages were written, only those are cleared.
        .pagemap_scan(Enabled::Auto)
        .max_memory_size(usize::try_from(memory_bytes).unwrap_or(usize::MAX));
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .max_wasm_stack(STACK_BYTES)
        .cranelift_opt_level(OptLevel::Speed)
        .memory_reservation(memory_bytes)
        .memory_may_move(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .wasm_backtrace_max_frames(None)
        .wasm_simd(false)
        .wasm_relaxed_simd(false)
        .wasm_tail_call(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_extended_const(false)
        .wasm_multi_value(true)
        .wasm_bulk_memory(true);
    config
}
