//! A validator that deliberately does wrong, for tests of the answer to one. Without the feature it does nothing.

#[cfg(feature = "faulty-executor")]
mod proposal;

use yilian_consensus::{Candidate, Verdict};
use yilian_primitives::{Block, Height, TimestampMs, VerifiedTransaction};

/// What is proposed: the block that was built; in a test build another one, if `YILIAN_BYZANTINE` says so.
#[cfg(not(feature = "faulty-executor"))]
pub(crate) fn candidate(_: &Block, built: Candidate) -> Candidate {
    built
}

#[cfg(feature = "faulty-executor")]
pub(crate) fn candidate(block: &Block, built: Candidate) -> Candidate {
    proposal::candidate(block).unwrap_or(built)
}

/// What is said of a proposal: what was found; in a test build it may be found good all the same.
#[cfg(not(feature = "faulty-executor"))]
pub(crate) fn verdict(found: Verdict) -> Verdict {
    found
}

#[cfg(feature = "faulty-executor")]
pub(crate) fn verdict(found: Verdict) -> Verdict {
    proposal::verdict(found)
}

/// What the clock says; in a test build `YILIAN_FAULT_CLOCK_MS` off.
#[cfg(not(feature = "faulty-executor"))]
pub(crate) fn now_ms(now_ms: TimestampMs) -> TimestampMs {
    now_ms
}

#[cfg(feature = "faulty-executor")]
pub(crate) fn now_ms(now_ms: TimestampMs) -> TimestampMs {
    now_ms.saturating_add_signed(number("YILIAN_FAULT_CLOCK_MS").unwrap_or(0))
}

/// What a proposer takes of those that wait; in a test build no bid until `YILIAN_FAULT_CENSOR_UNTIL_MS`.
#[cfg(not(feature = "faulty-executor"))]
pub(crate) fn proposed(
    waiting: Vec<VerifiedTransaction>,
    _: TimestampMs,
) -> Vec<VerifiedTransaction> {
    waiting
}

#[cfg(feature = "faulty-executor")]
pub(crate) fn proposed(
    mut waiting: Vec<VerifiedTransaction>,
    now_ms: TimestampMs,
) -> Vec<VerifiedTransaction> {
    let until = number("YILIAN_FAULT_CENSOR_UNTIL_MS").unwrap_or(0);
    if now_ms < until.unsigned_abs() {
        waiting.retain(|one| one.payload().method != "commit");
    }
    waiting
}

/// Whether a receipt is lost that this node had; never but in a test build.
#[cfg(not(feature = "faulty-executor"))]
pub(crate) fn lost(_: Height, _: impl FnOnce() -> Height) -> bool {
    false
}

/// Where `YILIAN_FAULT_PLANTED` is `lost`, receipts of every fifth height are, three heights later.
#[cfg(feature = "faulty-executor")]
pub(crate) fn lost(height: Height, tip: impl FnOnce() -> Height) -> bool {
    let planted = std::env::var("YILIAN_FAULT_PLANTED");
    planted.as_deref() == Ok("lost") && height.is_multiple_of(5) && tip() > height + 3
}

#[cfg(feature = "faulty-executor")]
fn number(name: &str) -> Option<i64> {
    std::env::var(name).ok()?.parse().ok()
}
