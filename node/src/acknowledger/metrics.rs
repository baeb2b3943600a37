//! What operators watch of acknowledgements.

use prometheus_client::metrics::counter::Counter;

/// Counters under `yilian_acknowledgements`; clones share their values.
#[derive(Clone, Debug, Default)]
pub(super) struct Metrics {
    pub(super) signed: Counter,
    /// For want of a good clock.
    pub(super) refused: Counter,
}

impl Metrics {
    /// Counters that the node's metrics show.
    pub(super) fn registered() -> Self {
        let metrics = Metrics::default();
        yilian_consensus::register_metrics("yilian_acknowledgements", |registry| {
            registry.register("signed", "Acknowledgements signed", metrics.signed.clone());
            registry.register(
                "refused",
                "Acknowledgements refused because the clock is off",
                metrics.refused.clone(),
            );
        });
        metrics
    }
}
