//! When the next height begins.
//!
//! The engine waits for our answer before it starts a height, and no timer of consensus runs meanwhile. So an answer held
//! back until there is work makes blocks on demand, and an idle chain nearly silent.

use std::time::{Duration, Instant};

use crate::config::Timing;

/// Work that comes without a ring (a release that falls due) is found at least this often.
const POLL: Duration = Duration::from_millis(500);

/// What is known while a height waits to begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signs {
    /// The chain has something to put into a block.
    pub(crate) work: bool,
    /// Another validator speaks of this height already.
    pub(crate) others_began: bool,
    /// Others speak of a later height, or the last one came by sync: this node is behind.
    pub(crate) behind: bool,
}

/// Whether to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// At once.
    Now,
    /// Ask again at this time, or when something happened.
    Wait(Instant),
}

/// Whether a height begins, given when the last one began: what making a block takes is not added to the interval.
pub(crate) fn due(timing: &Timing, last_begun: Instant, signs: Signs, now: Instant) -> Due {
    if signs.behind {
        return Due::Now;
    }
    let earliest = last_begun + timing.block_interval;
    let idle = last_begun + timing.idle_interval.max(timing.block_interval);
    if now < earliest {
        Due::Wait(earliest)
    } else if signs.work || signs.others_began || now >= idle {
        Due::Now
    } else {
        Due::Wait(idle.min(now + POLL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Signs = Signs {
        work: false,
        others_began: false,
        behind: false,
    };

    fn after(milliseconds: u64, signs: Signs) -> Result<(), u64> {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        match due(&Timing::default(), start, signs, at(milliseconds)) {
            Due::Now => Ok(()),
            Due::Wait(until) => Err(until.duration_since(start).as_millis() as u64),
        }
    }

    #[test]
    fn without_work_a_block_comes_when_the_idle_interval_is_over() {
        assert_eq!(after(0, NOTHING), Err(500));
        assert_eq!(after(9_000, NOTHING), Err(9_500));
        assert_eq!(after(9_900, NOTHING), Err(10_000));
        assert_eq!(after(10_000, NOTHING), Ok(()));
    }

    #[test]
    fn work_and_others_wait_for_the_block_interval_only() {
        for signs in [
            Signs {
                work: true,
                ..NOTHING
            },
            Signs {
                others_began: true,
                ..NOTHING
            },
        ] {
            assert_eq!(after(100, signs), Err(500));
            assert_eq!(after(500, signs), Ok(()));
        }
    }

    #[test]
    fn a_node_that_is_behind_does_not_wait() {
        assert_eq!(
            after(
                0,
                Signs {
                    behind: true,
                    ..NOTHING
                }
            ),
            Ok(())
        );
    }
}
