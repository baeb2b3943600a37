//! Run a contract on wasmtime.
//!
//! The engine's configuration, the fuel schedule and the texts of traps decide state: every validator must compute the
//! same ones. They carry one name, [`EXECUTION_ENGINE`], that stands in the chain's parameters and in every header.

mod call;
mod engine;
mod fuel;
mod guest;
mod host;
mod linker;

pub use call::{CallEnd, CallResult};
pub use engine::{Program, Vm, VmError, VmLimits};
pub use host::{Entry, Host, Pair, Target, Trap};

/// Name and version of engine and fuel schedule.
pub const EXECUTION_ENGINE: &str = "wasmtime-48/1";
