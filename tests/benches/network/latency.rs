//! From submission to final receipt, at a steady rate of arrivals.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::arrivals::{arrive, quantile};
use yilian_tests::harness::Network;

/// What a paced run gave.
pub(crate) struct Paced {
    pub(crate) rate: u64,
    pub(crate) time: Duration,
    /// Deposits without a final receipt that says `ok`.
    pub(crate) lost: usize,
    /// In rising order.
    times: Vec<Duration>,
}

impl Paced {
    /// The time that a share (0 to 1) of the deposits did not exceed.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        quantile(&self.times, share)
    }
}

/// Submits at a rate per second for some time, to all validators in turn.
pub(crate) fn paced(network: &Network, rate: u64, time: Duration) -> Paced {
    let (lost, times) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    arrive(network, rate, rate * time.as_secs(), |arrival| {
        if let Some(why) = arrival.lost {
            eprintln!("lost: {why}");
            lost.fetch_add(1, Ordering::Relaxed);
        } else {
            times.lock().expect("no thread panics").push(arrival.took);
        }
    });
    let mut times = times.into_inner().expect("no thread panics");
    times.sort_unstable();
    Paced {
        rate,
        time,
        lost: lost.into_inner(),
        times,
    }
}
