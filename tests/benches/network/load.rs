//! Signed deposits, and the sending of one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use yilian_client::{Client, ClientError, Submitted, TransactionStatus, Wait};
use yilian_primitives::{Envelope, Outcome};

use yilian_tests::harness::{Network, Sender, deposit_args, now_ms};

/// No two deposits of one run may be the same.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Longest validity that the chain takes, so that a slow machine loses nothing to it.
const VALID_FOR_MS: u64 = 590_000;

/// How long a node that is full is left alone.
const RETRY: Duration = Duration::from_millis(50);

/// Who deposits.
pub(crate) fn depositor(network: &Network) -> Sender {
    network.sender(0, "trading-system")
}

/// The next deposit, with its own content.
pub(crate) fn deposit(sender: &Sender) -> Envelope {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let call = sender.builder("evidence", "deposit", deposit_args(number));
    sender.sign(&call.valid_for_ms(VALID_FOR_MS), now_ms())
}

/// Sends until the node has taken it; a node that is full is asked again, as a trading system would. Counts how often.
pub(crate) fn send_counted(
    client: &Client,
    envelope: &Envelope,
    wait: Wait,
    again: &AtomicU64,
) -> Result<Submitted, ClientError> {
    loop {
        match client.submit(envelope, wait) {
            Err(error) if error.is_temporary() => {
                again.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(RETRY);
            }
            answer => return answer,
        }
    }
}

/// As [`send_counted`], for who counts nothing and expects no refusal.
pub(crate) fn send(client: &Client, envelope: &Envelope, wait: Wait) -> Submitted {
    send_counted(client, envelope, wait, &AtomicU64::new(0))
        .unwrap_or_else(|error| panic!("a deposit was refused: {error}"))
}

/// Whether it was executed and did what it should.
pub(crate) fn is_ok(status: &TransactionStatus) -> bool {
    let receipt = status.receipt.as_ref();
    receipt.is_some_and(|receipt| receipt.outcome == Outcome::Ok)
}
