//! A network of real processes on loopback.

mod acknowledging;
mod calls;
mod committee;
mod disk;
mod draw;
pub mod impostor;
mod membership;
mod network;
mod node;
pub mod tender;
mod witness;

pub use calls::{Sender, deposit_args, now_ms, refusal_name, sent_ok};
pub use disk::{
    accepted_start, backed_up, copy_folder, operator, refused_start, restore_refused, restored,
};
pub use network::{
    Network, contracts, free_base_port, key_of, one_at_a_time, program, read_key, target_folder,
    text,
};
pub use node::Node;
pub use tender::{BIDDERS, Section, bids};
pub use witness::Witness;

use std::time::{Duration, Instant};

/// Longest wait for anything that must happen. Generous: the machine may be slow, and no timing is a test.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until something is there, or fails with what was waited for.
pub fn wait_for<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    wait_within(PATIENCE, what, look)
}

/// As [`wait_for`], for what takes many blocks.
pub fn wait_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < patience, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
