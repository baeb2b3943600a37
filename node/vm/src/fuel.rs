//! What host work costs, in units of one wasm instruction. Part of [`crate::EXECUTION_ENGINE`]: a change is a new version.

/// Every host call.
pub(crate) const CALL: u64 = 200;
/// Each byte that crosses the border.
pub(crate) const BYTE: u64 = 1;
/// Looking up one key.
pub(crate) const STATE_READ: u64 = 5_000;
/// Each byte of state read.
pub(crate) const STATE_READ_BYTE: u64 = 2;
/// Writing or removing one key: it changes about a dozen tree nodes.
pub(crate) const STATE_WRITE: u64 = 30_000;
/// Each byte of state written.
pub(crate) const STATE_WRITE_BYTE: u64 = 10;
/// Each entry of a scan.
pub(crate) const SCAN_ENTRY: u64 = 3_000;
/// Each byte hashed.
pub(crate) const HASH_BYTE: u64 = 4;
/// One Ed25519 verification.
pub(crate) const SIGNATURE: u64 = 300_000;
/// Entering another contract.
pub(crate) const ENTER: u64 = 100_000;
/// Asking for a release.
pub(crate) const RELEASE: u64 = 100_000;
/// Asking for a call at a time, or forgetting it: three keys are written.
pub(crate) const SCHEDULE: u64 = 100_000;
