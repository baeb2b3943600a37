//! The node's clock. It is read in two places: the proposer's timestamp with its check, and the judgement of what may wait.

use std::time::{SystemTime, UNIX_EPOCH};

use yilian_primitives::TimestampMs;

/// Milliseconds since 1970; 0 on a machine whose clock stands before that.
pub(crate) fn now_ms() -> TimestampMs {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}
