//! A chain in memory, for native tests.
//!
//! [`TestChain`] hosts rules and ledgers as a node would: a refused call leaves no trace in state or events, nested
//! calls see each other's writes, releases come in a later block, and the limits of [`limits`](crate::limits) hold
//! (going beyond one panics, as it would trap on the chain). It does not check who may call what: permissions are the
//! node's. It runs the native code; that the wasm does the same is tested with the node.

mod chain;
mod host;
mod world;

pub use chain::{Event, TestChain, submission_of};
pub(crate) use host::Host;
