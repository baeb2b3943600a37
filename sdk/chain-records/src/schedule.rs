//! Calls that a ledger asked the chain to make later, as records of the state.
//!
//! An entry stands under its ledger and time, so that what is due is a scan, and under its name, so that it can be
//! moved. Nobody sends a transaction for it: the first block whose time is not before `at_ms` makes the call.

use serde::{Deserialize, Serialize};
use yilian_primitives::TimestampMs;

use yilian_abi::state_key::{SYSTEM, of};

/// Longest name of a scheduled call, in bytes.
pub const NAME_BYTES_MAX: usize = 128;
/// Most calls of one ledger that wait.
pub const WAITING_MAX: u64 = 100_000;

/// A call that waits for its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheduled {
    /// The ledger that asked, and will be called.
    pub contract: String,
    /// Its own name for the call; asking again under the same name moves it.
    pub name: String,
    /// Method to call.
    pub method: String,
    /// Earliest block time, in ms.
    pub at_ms: TimestampMs,
}

/// How many calls of a ledger wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// The ledger.
    pub contract: String,
    /// The number; an entry with none is removed.
    pub count: u64,
}

/// The entry by its time.
pub fn at_key(contract: &str, at_ms: TimestampMs, name: &str) -> Vec<u8> {
    of(
        SYSTEM,
        format!("schedule/at/{contract}/{at_ms:016x}/{name}").as_bytes(),
    )
}

/// Keys of a ledger's entries up to a time, that one included.
pub fn due_range(contract: &str, now_ms: TimestampMs) -> (Vec<u8>, Vec<u8>) {
    (
        of(SYSTEM, format!("schedule/at/{contract}/").as_bytes()),
        at_key(contract, now_ms.saturating_add(1), ""),
    )
}

/// The entry by its name.
pub fn name_key(contract: &str, name: &str) -> Vec<u8> {
    of(SYSTEM, format!("schedule/of/{contract}/{name}").as_bytes())
}

/// How many entries a ledger has.
pub fn waiting_key(contract: &str) -> Vec<u8> {
    of(SYSTEM, format!("schedule/waiting/{contract}").as_bytes())
}

/// Keys of all ledgers that have entries.
pub fn waiting_range() -> (Vec<u8>, Vec<u8>) {
    (
        of(SYSTEM, b"schedule/waiting/"),
        of(SYSTEM, b"schedule/waiting0"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_ends_with_the_millisecond_itself() {
        let (from, to) = due_range("tender", 1_000);
        let inside = |at_ms| (&from..&to).contains(&&at_key("tender", at_ms, "deadline/1"));
        assert!(inside(0) && inside(999) && inside(1_000) && !inside(1_001));
        assert!(!(&from..&to).contains(&&at_key("tender-2", 0, "x")));
    }
}
