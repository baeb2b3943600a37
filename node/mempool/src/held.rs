//! What waits, behind one lock, and those who are told of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::PoolMetrics;
use crate::limits::RECENT_MAX;
use crate::recent::Recent;
use crate::shelf::Shelf;

/// Shared by the pool and by the thread that writes its journal.
pub(crate) struct Held {
    pub(crate) metrics: PoolMetrics,
    arrivals: watch::Sender<u64>,
    state: Mutex<State>,
}

pub(crate) struct State {
    pub(crate) shelf: Shelf,
    pub(crate) executed: Recent,
}

impl Held {
    pub(crate) fn new() -> Self {
        Held {
            metrics: PoolMetrics::default(),
            arrivals: watch::Sender::new(0),
            state: Mutex::new(State {
                shelf: Shelf::default(),
                executed: Recent::new(RECENT_MAX),
            }),
        }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.arrivals.subscribe()
    }

    /// Tells that something arrived that may be selected.
    pub(crate) fn announce(&self) {
        self.arrivals
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn measure(&self, state: &State) {
        let shelf = &state.shelf;
        self.metrics.transactions.set(as_gauge(shelf.len()));
        self.metrics.bytes.set(as_gauge(shelf.bytes()));
        self.metrics.sponsors.set(as_gauge(shelf.sponsors()));
    }

    /// No code of others runs under the lock, so a poisoned one would mean that our own code panicked between two
    /// changes of the maps; each of them is left whole, and the node's supervisor ends the process anyway.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn as_gauge(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
