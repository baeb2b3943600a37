//! Stop a test build where bytes reach the disk.
//!
//! Without the feature `armed` passing a point is nothing. With it the file that `YILIAN_CRASH_FILE` names holds one line,
//! `<point> <occurrence> <stop|fail>`, and is looked at whenever a point is passed: a running node is armed, and counts from
//! then on. The line `slow <ms>` makes the disk slow: whatever is about to be written waits so long. The crate `fail` does not fit: it has no list of the points that there are, ends no process, and is set up
//! before the process starts.

mod point;

pub use point::{Point, Write};

use std::io;

#[cfg(all(feature = "armed", not(debug_assertions)))]
compile_error!("crash points are for test builds: build without the feature crash-points");

/// Passes a point.
///
/// # Errors
/// In a test build that was told to fail here: the disk says no.
#[cfg(not(feature = "armed"))]
#[inline(always)]
pub fn pass(_: Point) -> io::Result<()> {
    Ok(())
}

/// Passes a point. The process ends if it was told to stop here.
///
/// # Errors
/// If it was told to fail here: the disk says no.
#[cfg(feature = "armed")]
pub fn pass(point: Point) -> io::Result<()> {
    match armed::now(point) {
        None => Ok(()),
        Some(armed::Mode::Wait(time)) => {
            std::thread::sleep(time);
            Ok(())
        }
        Some(armed::Mode::Fail) => Err(io::Error::other(format!("crash point {point}"))),
        Some(armed::Mode::Stop) => {
            eprintln!("crash point {point}");
            // As by `kill -9`: no destructor runs, nothing is flushed, and no actor catches it as it would a panic. `exit`
            // would run the destructors of C++ under RocksDB's threads.
            std::process::abort()
        }
    }
}

#[cfg(feature = "armed")]
mod armed {
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use super::Point;

    pub(super) enum Mode {
        Stop,
        Fail,
        Wait(Duration),
    }

    /// The line that was read last, and how often its point was passed since.
    static PASSED: Mutex<(String, u64)> = Mutex::new((String::new(), 0));

    /// What is to happen at this pass.
    pub(super) fn now(point: Point) -> Option<Mode> {
        let line = std::fs::read_to_string(std::env::var_os("YILIAN_CRASH_FILE")?).ok()?;
        let mut words = line.split_whitespace();
        let first = words.next()?;
        if first == "slow" {
            let ms = words.next()?.parse().ok()?;
            let wait = Mode::Wait(Duration::from_millis(ms));
            return matches!(point, Point::Before(_) | Point::LogEntry).then_some(wait);
        }
        if first != point.to_string() {
            return None;
        }
        let occurrence: u64 = words.next()?.parse().ok()?;
        let mode = match words.next()? {
            "stop" => Mode::Stop,
            "fail" => Mode::Fail,
            _ => return None,
        };
        let mut passed = PASSED.lock().unwrap_or_else(PoisonError::into_inner);
        if passed.0 != line {
            *passed = (line, 0);
        }
        passed.1 += 1;
        (passed.1 == occurrence).then_some(mode)
    }
}
