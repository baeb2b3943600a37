//! One call, from canonical JSON arguments to its end.

use wasmtime::{ModuleExport, Store, StoreLimits, StoreLimitsBuilder};
use yilian_abi::{ContractRefusal, Reserved};
use yilian_primitives::json;

use crate::engine::{Program, Vm};
use crate::host::Host;

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// Canonical JSON result.
    Done(Vec<u8>),
    /// The contract said no.
    Refused(ContractRefusal),
    /// The program failed or ran out of a resource.
    Trapped(String),
    /// The engine failed: this node is at fault, and the call must not be recorded as anything.
    Broken(String),
}

/// End of a call, what it burned, and the host given back.
pub struct CallResult<H> {
    /// How it ended.
    pub end: CallEnd,
    /// Fuel burned, that of nested calls included.
    pub fuel_used: u64,
    /// The host that was given; none only if none was.
    pub host: Option<H>,
}

/// What host functions see of the call they are in.
pub(crate) struct CallState<H: Host> {
    pub(crate) vm: Vm<H>,
    pub(crate) host: Option<H>,
    pub(crate) input: Vec<u8>,
    pub(crate) buffer: Vec<u8>,
    pub(crate) result: Option<Vec<u8>>,
    /// Where the program exports its memory: found once, not by name at each crossing of the border.
    pub(crate) memory: Option<ModuleExport>,
    pub(crate) limits: StoreLimits,
}

/// A host function ends the call.
#[derive(Debug)]
pub(crate) enum Stop {
    /// `refuse` was called with these bytes.
    Refused(Vec<u8>),
    /// The call cannot go on.
    Trapped(String),
    /// The engine failed in a nested call.
    Broken(String),
}

impl core::fmt::Display for Stop {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Stop::Refused(_) => f.write_str("refused"),
            Stop::Trapped(reason) | Stop::Broken(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Stop {}

impl<H: Host> Vm<H> {
    /// Runs a method. `args` must be canonical JSON.
    pub fn call(
        &self,
        program: &Program<H>,
        method: &str,
        args: Vec<u8>,
        fuel: u64,
        host: Option<H>,
    ) -> CallResult<H> {
        if program.interface().method(method).is_none() {
            let detail = format!("{} has no method {method:?}", program.interface().name);
            return CallResult {
                end: CallEnd::Refused(ContractRefusal::reserved(Reserved::UnknownMethod, detail)),
                fuel_used: 0,
                host,
            };
        }
        let limits = self.limits();
        let memory_bytes = limits.memory_pages_max.saturating_mul(65_536);
        let state = CallState {
            vm: self.clone(),
            host,
            input: args,
            buffer: Vec::new(),
            result: None,
            memory: program.memory,
            limits: StoreLimitsBuilder::new()
                .memory_size(usize::try_from(memory_bytes).unwrap_or(usize::MAX))
                .table_elements(10_000)
                .instances(1)
                .memories(1)
                .tables(1)
                .build(),
        };
        let mut store = Store::new(&self.0.engine, state);
        store.limiter(|state| &mut state.limits);
        let outcome = run(&mut store, program, method, fuel);
        let left = store.get_fuel().unwrap_or(0);
        let mut state = store.into_data();
        let end = match outcome {
            Ok(()) => done(state.result.take()),
            Err(error) => stopped(&error),
        };
        CallResult {
            end,
            fuel_used: fuel.saturating_sub(left),
            host: state.host,
        }
    }
}

fn run<H: Host>(
    store: &mut Store<CallState<H>>,
    program: &Program<H>,
    method: &str,
    fuel: u64,
) -> wasmtime::Result<()> {
    store.set_fuel(fuel)?;
    let instance = program.pre.instantiate(&mut *store)?;
    let function = instance.get_typed_func::<(), ()>(&mut *store, method)?;
    function.call(&mut *store, ())
}

fn done(result: Option<Vec<u8>>) -> CallEnd {
    let bytes = result.unwrap_or_else(|| b"null".to_vec());
    match json::parse_strict(&bytes) {
        Ok(value) => CallEnd::Done(json::canonical(&value)),
        Err(error) => CallEnd::Trapped(format!("the result is not JSON: {error}")),
    }
}

/// Texts are our own and not the engine's: they stand in receipts.
fn stopped(error: &wasmtime::Error) -> CallEnd {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return match stop {
            Stop::Refused(bytes) => refusal(bytes),
            Stop::Trapped(reason) => CallEnd::Trapped(reason.clone()),
            Stop::Broken(reason) => CallEnd::Broken(reason.clone()),
        };
    }
    let reason = match error.downcast_ref::<wasmtime::Trap>() {
        Some(wasmtime::Trap::OutOfFuel) => "out of fuel",
        Some(wasmtime::Trap::StackOverflow) => "call stack exhausted",
        Some(wasmtime::Trap::MemoryOutOfBounds) => "memory access out of bounds",
        Some(wasmtime::Trap::TableOutOfBounds) => "table access out of bounds",
        Some(wasmtime::Trap::IndirectCallToNull) => "call of an empty table element",
        Some(wasmtime::Trap::BadSignature) => "indirect call of another type",
        Some(wasmtime::Trap::IntegerOverflow) => "integer overflow",
        Some(wasmtime::Trap::IntegerDivisionByZero) => "integer division by zero",
        Some(wasmtime::Trap::UnreachableCodeReached) => {
            "the program gave up (unreachable): a panic, an arithmetic overflow, or no memory left"
        }
        Some(_) => "trap",
        None => return CallEnd::Broken(format!("wasm engine: {error:#}")),
    };
    CallEnd::Trapped(reason.to_owned())
}

fn refusal(bytes: &[u8]) -> CallEnd {
    let parsed = json::parse_strict(bytes)
        .ok()
        .and_then(|value| serde_json::from_value::<ContractRefusal>(value).ok());
    match parsed {
        // Codes below 100 too: a ledger may pass on the refusal of the chain or of another contract as it came.
        Some(refusal) if refusal.code > 0 => CallEnd::Refused(refusal),
        _ => CallEnd::Trapped("the refusal is not of the expected form".to_owned()),
    }
}
