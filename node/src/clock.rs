//! The node's clock. It is read in four places: the proposer's timestamp with its check, the judgement of what may wait,
//! the acknowledgement of a submission, and the proposer's own patience with the block it builds. None of them decides what
//! an agreed block means.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use yilian_primitives::TimestampMs;

use crate::fault;

/// Milliseconds since 1970; 0 on a machine whose clock stands before that.
pub(crate) fn now_ms() -> TimestampMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now_ms = since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    });
    fault::now_ms(now_ms)
}

/// Answers whether less than `ms` milliseconds have passed since it was made.
pub(crate) fn within_ms(ms: u64) -> impl Fn() -> bool {
    let began = Instant::now();
    move || began.elapsed() < Duration::from_millis(ms)
}
