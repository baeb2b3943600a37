//! The threads of a node, by part. Requests in a flood keep neither votes nor transactions of others waiting for a thread,
//! and an operator sees by the names of the threads which part uses the cores.
//!
//! Beside these: `consensus-<name>` decides, `executor` runs blocks, `journal` writes accepted transactions, `acknowledger`
//! signs when submissions came, and `rocksdb:high` and `rocksdb:low` write and merge the database's tables.

use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::node::{self, Ended, Parts};

/// Threads that carry transactions among validators.
const GOSSIP_THREADS: usize = 2;
/// Queries that still run must not keep a stopped node alive.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// Where parts run that have threads of their own.
pub(crate) struct Threads {
    /// Threads `api`: the interface.
    pub(crate) api: Handle,
    /// Threads `gossip`: transactions to and from other validators.
    pub(crate) gossip: Handle,
}

/// Runs a node until a signal or a failure; the engine and everything else on threads `engine`.
///
/// # Errors
/// If the system gives no threads, and as [`node::run`].
pub(crate) fn run(parts: Parts) -> anyhow::Result<Ended> {
    let engine = named("engine").build()?;
    let api = named("api").build()?;
    let gossip = named("gossip").worker_threads(GOSSIP_THREADS).build()?;
    let threads = Threads {
        api: api.handle().clone(),
        gossip: gossip.handle().clone(),
    };
    let outcome = engine.block_on(node::run(parts, &threads));
    if let Err(error) = end([api, gossip, engine]) {
        tracing::warn!(%error, "the node does not wait for what still runs");
    }
    outcome
}

fn named(name: &str) -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.enable_all().thread_name(name);
    builder
}

/// Ends all of them at once, so that together they take no longer than the slowest.
fn end(runtimes: [Runtime; 3]) -> io::Result<()> {
    std::thread::scope(|scope| {
        for runtime in runtimes {
            std::thread::Builder::new()
                .spawn_scoped(scope, || runtime.shutdown_timeout(STOP_GRACE))?;
        }
        Ok(())
    })
}
