//! Run a contract on wasmtime.
