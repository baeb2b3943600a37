//! Run a rule again on a second engine.
//!
//! The node runs rules on wasmtime; this is wasmi, an interpreter by other people. Two engines agreeing is part of the
//! evidence. They count fuel differently, so fuel only bounds the work here and is not compared.

mod compare;
mod host;

pub(crate) use compare::step;

use thiserror::Error;
use wasmi::{
    CompilationMode, Config, Engine, Linker, Module, Store, StoreLimits, StoreLimitsBuilder,
    TrapCode,
};
use yilian_abi::imports::INTERFACE_SECTION;
use yilian_abi::{ContractKind, ContractRefusal, Interface, records};
use yilian_primitives::json;

use crate::Trust;

/// Bytes of a wasm page.
const PAGE_BYTES: u64 = 65_536;
/// Deepest recursion of a rule. More generous than the node's stack, which decided.
const RECURSION_MAX: usize = 20_000;
/// Most bytes of the interpreter's stack.
const STACK_BYTES_MAX: usize = 16 << 20;

/// Bounds of the replay of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayLimits {
    /// Most units of work of all calls together, in the interpreter's own count.
    pub fuel: u64,
    /// Most pages of memory of 64 KiB; the chain's parameter, because a rule can notice it.
    pub memory_pages: u64,
    /// Longest result in bytes; the chain's parameter.
    pub result_bytes: u64,
}

impl Default for ReplayLimits {
    /// Memory and result as in a chain with default parameters; fuel for about three minutes.
    fn default() -> Self {
        ReplayLimits {
            fuel: 60_000_000_000,
            memory_pages: 512,
            result_bytes: 262_144,
        }
    }
}

impl ReplayLimits {
    /// The limits of the trusted chain, as far as the reader holds its specification.
    pub fn of(trust: &Trust) -> Self {
        let standard = ReplayLimits::default();
        match trust.spec() {
            Some(spec) => ReplayLimits {
                memory_pages: spec.parameters.memory_pages_max,
                result_bytes: spec.parameters.result_bytes_max,
                ..standard
            },
            None => standard,
        }
    }
}

/// How a rule ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleEnd {
    /// Canonical JSON result.
    Done(Vec<u8>),
    /// The rule said no.
    Refused(ContractRefusal),
}

impl RuleEnd {
    /// The bytes whose digest stands in a receipt.
    pub fn output(&self) -> Vec<u8> {
        match self {
            RuleEnd::Done(result) => result.clone(),
            RuleEnd::Refused(refusal) => records::to_bytes(refusal),
        }
    }
}

/// A rule could not be run to its end.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReplayError {
    /// The bytes are no program of a rule with this method.
    #[error("program: {reason}")]
    Program {
        /// What is wrong.
        reason: String,
    },
    /// A bound of this replay was reached; that says nothing about the rule.
    #[error("the bounds of this replay are too narrow: {what}")]
    Bound {
        /// Which bound.
        what: &'static str,
    },
    /// The program failed.
    #[error("the rule failed: {reason}")]
    Trapped {
        /// How.
        reason: String,
    },
}

fn program(reason: impl core::fmt::Display) -> ReplayError {
    ReplayError::Program {
        reason: reason.to_string(),
    }
}

/// What host functions see of the call they are in.
pub(crate) struct CallState {
    input: Vec<u8>,
    buffer: Vec<u8>,
    result: Option<Vec<u8>>,
    result_bytes_max: u64,
    memory: StoreLimits,
}

/// The program of a rule, ready to run.
#[derive(Debug)]
pub struct Rule {
    module: Module,
    interface: Interface,
}

impl Rule {
    /// Reads and checks a program. Floating point is refused here as it is at upload.
    pub fn load(wasm: &[u8]) -> Result<Self, ReplayError> {
        let engine = Engine::new(&config());
        // Validated as a whole before it is translated: the translator checks while it works, and some of what it takes
        // for granted an invalid program breaks first.
        Module::validate(&engine, wasm).map_err(program)?;
        let module = Module::new(&engine, wasm).map_err(program)?;
        let section = module
            .custom_sections()
            .find(|section| section.name() == INTERFACE_SECTION)
            .ok_or_else(|| program(format!("custom section {INTERFACE_SECTION} is missing")))?;
        let interface = Interface::parse(section.data()).map_err(program)?;
        if interface.kind != ContractKind::Rule {
            return Err(program(format!("{} is no rule", interface.name)));
        }
        Ok(Rule { module, interface })
    }

    /// The interface it publishes.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// Calls a method with canonical JSON, and takes from the fuel in `limits` what that cost.
    pub fn call(
        &self,
        method: &str,
        input: &[u8],
        limits: &mut ReplayLimits,
    ) -> Result<RuleEnd, ReplayError> {
        if self.interface.method(method).is_none() {
            let name = &self.interface.name;
            return Err(program(format!("{name} has no method {method:?}")));
        }
        let engine = self.module.engine();
        let mut linker = Linker::new(engine);
        host::define(&mut linker).map_err(program)?;
        let memory = limits.memory_pages.saturating_mul(PAGE_BYTES);
        let mut store = Store::new(
            engine,
            CallState {
                input: input.to_vec(),
                buffer: Vec::new(),
                result: None,
                result_bytes_max: limits.result_bytes,
                memory: StoreLimitsBuilder::new()
                    .memory_size(usize::try_from(memory).unwrap_or(usize::MAX))
                    .table_elements(10_000)
                    .instances(1)
                    .memories(1)
                    .tables(1)
                    .build(),
            },
        );
        store.limiter(|state| &mut state.memory);
        store.set_fuel(limits.fuel).map_err(program)?;
        let ended = run(&mut store, &linker, &self.module, method);
        limits.fuel = store.get_fuel().map_err(program)?;
        match ended {
            Ok(()) => done(store.into_data().result),
            Err(error) => stopped(&error),
        }
    }
}

fn config() -> Config {
    let mut config = Config::default();
    config
        .consume_fuel(true)
        .compilation_mode(CompilationMode::Eager)
        .allow_start_fn(false)
        .floats(false)
        .set_max_recursion_depth(RECURSION_MAX)
        .set_max_stack_height(STACK_BYTES_MAX)
        .wasm_multi_memory(false)
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false);
    config
}

fn run(
    store: &mut Store<CallState>,
    linker: &Linker<CallState>,
    module: &Module,
    method: &str,
) -> Result<(), wasmi::Error> {
    let instance = linker.instantiate_and_start(&mut *store, module)?;
    let function = instance.get_typed_func::<(), ()>(&*store, method)?;
    function.call(&mut *store, ())
}

fn trapped(reason: impl Into<String>) -> ReplayError {
    ReplayError::Trapped {
        reason: reason.into(),
    }
}

fn done(result: Option<Vec<u8>>) -> Result<RuleEnd, ReplayError> {
    let bytes = result.unwrap_or_else(|| b"null".to_vec());
    match json::parse_strict(&bytes) {
        Ok(value) => Ok(RuleEnd::Done(json::canonical(&value))),
        Err(error) => Err(trapped(format!("the result is not JSON: {error}"))),
    }
}

fn stopped(error: &wasmi::Error) -> Result<RuleEnd, ReplayError> {
    match error.downcast_ref::<host::Stop>() {
        Some(host::Stop::Refused(bytes)) => return refusal(bytes),
        Some(host::Stop::Trapped(reason)) => return Err(trapped(reason.clone())),
        None => {}
    }
    let bound = |what| Err(ReplayError::Bound { what });
    match error.as_trap_code() {
        Some(TrapCode::OutOfFuel) => bound("fuel"),
        Some(TrapCode::StackOverflow) => bound("call stack"),
        Some(TrapCode::OutOfSystemMemory | TrapCode::GrowthOperationLimited) => bound("memory"),
        Some(code) => Err(trapped(code.to_string())),
        None => Err(program(error)),
    }
}

fn refusal(bytes: &[u8]) -> Result<RuleEnd, ReplayError> {
    let parsed = json::parse_strict(bytes)
        .ok()
        .and_then(|value| serde_json::from_value::<ContractRefusal>(value).ok());
    match parsed {
        Some(refusal) if refusal.code > 0 => Ok(RuleEnd::Refused(refusal)),
        _ => Err(trapped("the refusal is not of the expected form")),
    }
}
