//! What a chain allows a contract, with units. The test chain holds contracts to it.
//!
//! These are the defaults of the chain parameters of the same names; a chain may set others.

/// Longest storage key in bytes, without the contract's prefix.
pub const STATE_KEY_BYTES_MAX: usize = 256;
/// Longest stored value in bytes.
pub const STATE_VALUE_BYTES_MAX: usize = 65_536;
/// Most writes of one transaction.
pub const WRITES_MAX: usize = 12_000;
/// Most entries a single scan yields.
pub const SCAN_ENTRIES_MAX: u32 = 12_000;
/// Longest arguments in bytes.
pub const ARGS_BYTES_MAX: usize = 786_432;
/// Longest result in bytes.
pub const RESULT_BYTES_MAX: usize = 262_144;
/// Longest event data in bytes.
pub const EVENT_BYTES_MAX: usize = 16_384;
/// Most events of one transaction.
pub const EVENTS_MAX: usize = 256;
/// Deepest nesting of calls.
pub const CALL_DEPTH_MAX: usize = 8;
