//! Whether this validator's clock is good enough to be somebody's evidence.
//!
//! It is held against the times of the others' proposals: each was dated by its proposer, so the median over more than
//! two thirds is within what honest clocks say, whatever f of them claim. The result is kept against the clock that
//! never jumps, so a system clock that is set while blocks are stalled is found at once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use yilian_primitives::{Address, TimestampMs, ValidatorSet};

use crate::clock;

/// Samples kept of each proposer. The one that was under way for the shortest time counts.
const SAMPLES: usize = 8;

/// Judges the clock.
pub(crate) struct ClockGuard {
    /// Largest error, in ms.
    error_max_ms: u64,
    /// Others whose word is needed, beside the own one.
    others_min: AtomicUsize,
    started: Instant,
    /// By proposer: its time less the time since the start, in ms.
    samples: Mutex<BTreeMap<Address, VecDeque<i64>>>,
}

impl ClockGuard {
    /// A guard for a chain: `error_max_ms` is the precision of its block times.
    pub(crate) fn new(error_max_ms: u64, validators: &ValidatorSet) -> Self {
        ClockGuard {
            error_max_ms,
            others_min: AtomicUsize::new(others_min(validators)),
            started: Instant::now(),
            samples: Mutex::default(),
        }
    }

    /// Says whose word counts from now on.
    pub(crate) fn know(&self, validators: &ValidatorSet) {
        self.others_min
            .store(others_min(validators), Ordering::Relaxed);
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.retain(|proposer, _| validators.get(proposer).is_some());
    }

    /// Takes the time of another validator's proposal that has just come.
    pub(crate) fn observe(&self, proposer: Address, time_ms: TimestampMs) {
        self.keep(proposer, self.less_elapsed(time_ms));
    }

    fn keep(&self, proposer: Address, sample: i64) {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = samples.entry(proposer).or_default();
        if kept.len() >= SAMPLES {
            kept.pop_front();
        }
        kept.push_back(sample);
    }

    /// Refuses a clock that is off; in words for the operator and for who asked. Until enough others have proposed since
    /// the start, the clock is believed.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.judge(self.less_elapsed(clock::now_ms()))
    }

    fn judge(&self, own: i64) -> Result<(), String> {
        match self.error_ms(own) {
            Some(error) if error.unsigned_abs() > self.error_max_ms => Err(format!(
                "this validator's clock is {error} ms off the median of the validators, more than {} ms: it signs no \
                 acknowledgement; ask another validator",
                self.error_max_ms
            )),
            _ => Ok(()),
        }
    }

    /// How far a clock is ahead of the median of what validators say; none if too few have spoken.
    fn error_ms(&self, own: i64) -> Option<i64> {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let others_min = self.others_min.load(Ordering::Relaxed);
        if samples.len() < others_min || samples.is_empty() {
            return None;
        }
        let nearest = |kept: &VecDeque<i64>| kept.iter().copied().max();
        let mut said: Vec<i64> = samples.values().filter_map(nearest).collect();
        said.push(own);
        said.sort_unstable();
        let median = said.get(said.len() / 2)?;
        Some(own.saturating_sub(*median))
    }

    /// A time less the time since the start, in ms: two readings differ by what the clocks do, however far apart.
    fn less_elapsed(&self, time_ms: TimestampMs) -> i64 {
        let elapsed = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        as_signed(time_ms).saturating_sub(elapsed)
    }
}

/// Of f validators the word may be false.
fn others_min(validators: &ValidatorSet) -> usize {
    validators.fault_bound() * 2
}

fn as_signed(time_ms: TimestampMs) -> i64 {
    i64::try_from(time_ms).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use yilian_crypto::{PublicKey, SecretKey};
    use yilian_primitives::Validator;

    use super::*;

    /// The own system clock less the time since the start, as the tests give it.
    const OWN: i64 = 1_800_000_000_000;

    fn key(number: u8) -> PublicKey {
        SecretKey::from_seed([number; 32]).public_key()
    }

    fn proposer(number: u8) -> Address {
        Address::of(&key(number))
    }

    fn set(count: u8) -> ValidatorSet {
        let validator = |number: u8| Validator {
            name: format!("centre-{number}"),
            public_key: key(number),
            power: 1,
        };
        ValidatorSet::new((0..count).map(validator).collect()).expect("a set")
    }

    fn say(guard: &ClockGuard, number: u8, offset: i64) {
        guard.keep(proposer(number), OWN + offset);
    }

    fn check(guard: &ClockGuard) -> Result<(), String> {
        guard.judge(OWN)
    }

    fn guard(offsets: &[i64]) -> ClockGuard {
        let guard = ClockGuard::new(2_000, &set(4));
        for (number, offset) in (0..).zip(offsets) {
            say(&guard, number, *offset);
        }
        guard
    }

    #[test]
    fn a_clock_that_is_off_from_most_others_is_refused() {
        assert!(check(&guard(&[0, 10, 20])).is_ok());
        let slow = check(&guard(&[60_000, 60_000, 60_010]));
        assert!(slow.is_err_and(|text| text.contains("clock is -60000 ms off")));
        assert!(check(&guard(&[-60_000, -60_000])).is_err());
    }

    #[test]
    fn one_liar_among_four_makes_no_good_clock_bad() {
        assert!(check(&guard(&[900_000, 0, 5])).is_ok());
        assert!(check(&guard(&[-900_000, 0])).is_ok());
    }

    #[test]
    fn before_enough_have_spoken_the_clock_is_believed() {
        assert!(check(&guard(&[])).is_ok());
        assert!(check(&guard(&[60_000])).is_ok());
    }

    #[test]
    fn what_was_long_under_way_does_not_count_against_the_clock() {
        let guard = guard(&[-5_000, -5_000, -5_000]);
        for number in 0..3 {
            say(&guard, number, 0);
        }
        assert!(check(&guard).is_ok());
    }

    #[test]
    fn who_decides_no_more_is_not_heard_and_more_must_be_among_more() {
        let guard = guard(&[60_000, 60_000, 60_010]);
        guard.know(&set(7));
        assert!(check(&guard).is_ok(), "three of the four others that count");
        say(&guard, 5, 60_000);
        assert!(check(&guard).is_err());
        guard.know(&set(1));
        assert!(guard.samples.lock().expect("samples").len() == 1);
    }
}
