//! From submission to final receipt, at a steady rate of arrivals.
//!
//! Arrivals come when they are due, whatever happened to those before, and each is measured from the moment at which it
//! was due: a stall counts for everybody who waited in it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use yilian_client::{Submitted, Wait};

use crate::load;
use yilian_tests::harness::Network;

/// Clients that can wait at the same time.
const CLIENTS: usize = 256;
/// How long a client waits for its receipt.
const PATIENCE_MS: u64 = 30_000;

/// What a paced run gave.
pub(crate) struct Paced {
    pub(crate) rate: u64,
    /// Deposits without a final receipt that says `ok`.
    pub(crate) lost: usize,
    /// In rising order.
    times: Vec<Duration>,
}

impl Paced {
    /// The time that a share (0 to 1) of the deposits did not exceed.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let place = (self.times.len() as f64 * share).ceil() as usize;
        let last = self.times.len().saturating_sub(1);
        let place = place.saturating_sub(1).min(last);
        self.times.get(place).copied().unwrap_or_default()
    }
}

/// Submits at a rate per second for some time, to all validators in turn.
pub(crate) fn paced(network: &Network, rate: u64, time: Duration) -> Paced {
    let envelopes = load::deposits(network, rate * time.as_secs());
    let (next, times) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for worker in 0..CLIENTS.min(envelopes.len()) {
            let client = network.client(worker % network.nodes.len());
            let (envelopes, next, times) = (&envelopes, &next, &times);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(envelope) = envelopes.get(place) else {
                        return;
                    };
                    let due = started + Duration::from_micros(1_000_000 * place as u64 / rate);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    let answer = load::send(&client, envelope, Wait::Final(PATIENCE_MS));
                    if matches!(&answer, Submitted::Final(status) if load::is_ok(status)) {
                        times.lock().expect("no thread panics").push(due.elapsed());
                    }
                }
            });
        }
    });
    let mut times = times.into_inner().expect("no thread panics");
    times.sort_unstable();
    Paced {
        rate,
        lost: envelopes.len() - times.len(),
        times,
    }
}
