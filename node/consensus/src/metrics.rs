//! The process's metrics.
//!
//! The engine registers its metrics in a registry of the whole process and offers no other. So that one page shows all,
//! the node's other parts register theirs there too.

use malachite_metrics::{Registry, SharedRegistry};

/// Registers metrics under a prefix, beside the engine's.
pub fn register_metrics<R>(prefix: &str, register: impl FnOnce(&mut Registry) -> R) -> R {
    SharedRegistry::global().with_prefix(prefix, register)
}

/// All registered metrics in the Prometheus text format.
pub fn metrics_text() -> String {
    let mut text = String::new();
    malachite_metrics::export(&mut text);
    text
}
