//! Signed deposits, made before the clock starts, and the sending of one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use yilian_client::{Client, Submitted, TransactionStatus, Wait};
use yilian_primitives::{Envelope, Outcome};

use yilian_tests::harness::{Network, deposit_args, now_ms};

/// No two deposits of one run may be the same.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Longest validity that the chain takes, so that a slow machine loses nothing to it.
const VALID_FOR_MS: u64 = 590_000;

/// So many deposits, each with its own content.
pub(crate) fn deposits(network: &Network, count: u64) -> Vec<Envelope> {
    let sender = network.sender(0, "trading-system");
    let sign = |_| {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let call = sender.builder("evidence", "deposit", deposit_args(number));
        sender.sign(&call.valid_for_ms(VALID_FOR_MS), now_ms())
    };
    (0..count).map(sign).collect()
}

/// Sends until the node has taken it; a node that is full is asked again, as a trading system would.
pub(crate) fn send(client: &Client, envelope: &Envelope, wait: Wait) -> Submitted {
    loop {
        match client.submit(envelope, wait) {
            Ok(submitted) => return submitted,
            Err(error) if error.is_temporary() => std::thread::sleep(Duration::from_millis(50)),
            Err(error) => panic!("a deposit was refused: {error}"),
        }
    }
}

/// Whether it was executed and did what it should.
pub(crate) fn is_ok(status: &TransactionStatus) -> bool {
    let receipt = status.receipt.as_ref();
    receipt.is_some_and(|receipt| receipt.outcome == Outcome::Ok)
}
