//! Fix what a contract may ask of its host.
//!
//! Nothing here names an engine: the node runs contracts on wasmtime and the verifier on wasmi, and both read the same
//! table of imports, the same interface section and the same records of protocol state.

pub mod env;
pub mod imports;
pub mod interface;
#[cfg(feature = "module")]
pub mod module;
pub mod records;
pub mod refusal;
pub mod state_key;

pub use env::Env;
pub use interface::{ContractKind, Interface, InterfaceError, Method};
pub use refusal::{ContractRefusal, Reserved};
