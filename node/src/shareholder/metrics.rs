//! What operators watch of threshold releases.

use prometheus_client::metrics::gauge::Gauge;
use yilian_primitives::Height;
use yilian_release_records::{Group, Release};

/// Gauges under `yilian_releases`; clones share their values.
#[derive(Clone, Debug, Default)]
pub(super) struct Metrics {
    waiting: Gauge,
    oldest_blocks: Gauge,
    revealed: Gauge,
}

impl Metrics {
    /// Gauges that the node's metrics show.
    pub(super) fn registered() -> Self {
        let metrics = Metrics::default();
        yilian_consensus::register_metrics("yilian_releases", |registry| {
            let gauges = [
                ("waiting", "Releases that wait for shares", &metrics.waiting),
                (
                    "oldest_blocks",
                    "Blocks since the oldest waiting release was asked for",
                    &metrics.oldest_blocks,
                ),
                (
                    "revealed_shares",
                    "Shares that are no secret",
                    &metrics.revealed,
                ),
            ];
            for (name, help, gauge) in gauges {
                registry.register(name, help, gauge.clone());
            }
        });
        metrics
    }

    /// Takes what a committed state says.
    pub(super) fn measure(&self, waiting: &[Release], height: Height, group: Option<&Group>) {
        let oldest = waiting.first().map_or(height, |one| one.requested_at);
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.waiting.set(gauge(waiting.len() as u64));
        self.oldest_blocks.set(gauge(height.saturating_sub(oldest)));
        let revealed = group.map_or(0, |group| group.revealed.len());
        self.revealed.set(gauge(revealed as u64));
    }
}
