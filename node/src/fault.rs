//! A validator that deliberately does wrong, for tests of the answer to one. Without the feature it does nothing.

use yilian_primitives::{Height, TimestampMs, VerifiedTransaction};

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
