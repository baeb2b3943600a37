//! Deposits that come when they are due, whatever happened to those before. Each is measured from the moment at which it
//! was due: a stall counts for everybody who waited in it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use yilian_client::{Client, ClientError, Submitted, Wait};
use yilian_primitives::Envelope;

use crate::load;
use yilian_tests::harness::Network;

/// Clients for each arrival of a second. Fewer than wait at the same time would make arrivals wait for each other.
const CLIENTS_PER_RATE: u64 = 3;
/// How long a client waits for its receipt.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of one deposit.
pub(crate) struct Arrival {
    /// When it was due, after the beginning.
    pub(crate) due: Duration,
    /// From then until its receipt was final, or until it was given up.
    pub(crate) took: Duration,
    /// Why there is no final receipt that says `ok`.
    pub(crate) lost: Option<String>,
    /// How often a node that was full was asked again.
    pub(crate) asked_again: u64,
}

/// Submits `count` deposits at a rate per second, to all validators in turn, and tells of each when it is over.
pub(crate) fn arrive(network: &Network, rate: u64, count: u64, tell: impl Fn(Arrival) + Sync) {
    let next = AtomicU64::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for worker in 0..(CLIENTS_PER_RATE * rate).min(count) {
            let place = usize::try_from(worker).unwrap_or(0) % network.nodes.len();
            let client = network.client(place);
            let sender = load::depositor(network);
            let (next, tell) = (&next, &tell);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    if place >= count {
                        return;
                    }
                    let due = Duration::from_micros(1_000_000 * place / rate);
                    let early = due.saturating_sub(started.elapsed());
                    std::thread::sleep(early);
                    let envelope = load::deposit(&sender);
                    let again = AtomicU64::new(0);
                    let lost = finish(&client, &envelope, &again).err();
                    tell(Arrival {
                        due,
                        took: started.elapsed().saturating_sub(due),
                        lost,
                        asked_again: again.into_inner(),
                    });
                }
            });
        }
    });
}

/// Sends it and waits for the receipt.
fn finish(client: &Client, envelope: &Envelope, again: &AtomicU64) -> Result<(), String> {
    let said = |error: ClientError| error.to_string();
    let wait = Wait::Final(u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX));
    let status = match load::send_counted(client, envelope, wait, again).map_err(said)? {
        Submitted::Final(status) => Some(*status),
        // Too many wait at that node.
        Submitted::Accepted(id) => client.wait_final(&id, PATIENCE).map_err(said)?,
    };
    match status {
        Some(status) if load::is_ok(&status) => Ok(()),
        Some(status) => Err(format!("not ok: {status:?}")),
        None => Err("no receipt in time".to_owned()),
    }
}

/// The time that a share (0 to 1) of the sorted times did not exceed.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    let last = sorted.len().saturating_sub(1);
    let place = place.saturating_sub(1).min(last);
    sorted.get(place).copied().unwrap_or_default()
}
