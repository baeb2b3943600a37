//! A network of real processes on loopback.

mod acknowledging;
mod calls;
mod disk;
mod draw;
pub(crate) mod impostor;
mod membership;
mod network;
mod node;
pub(crate) mod tender;
mod witness;

pub(crate) use calls::{Sender, deposit_args, now_ms, refusal_name, sent_ok};
pub(crate) use disk::{accepted_start, copy_folder, refused_start};
pub(crate) use network::{Network, contracts, program, read_key, target_folder, text};
pub(crate) use node::Node;
pub(crate) use tender::{BIDDERS, Section, bids};
pub(crate) use witness::Witness;

use std::time::{Duration, Instant};

/// Longest wait for anything that must happen. Generous: the machine may be slow, and no timing is a test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until something is there, or fails with what was waited for.
pub(crate) fn wait_for<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    wait_within(PATIENCE, what, look)
}

/// As [`wait_for`], for what takes many blocks.
pub(crate) fn wait_within<T>(
    patience: Duration,
    what: &str,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < patience, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
