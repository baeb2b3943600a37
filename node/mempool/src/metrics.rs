//! What operators watch of the pool and its gossip.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Gauges and counters; clones share their values.
#[derive(Clone, Debug, Default)]
pub struct PoolMetrics {
    /// Transactions that wait.
    pub transactions: Gauge,
    /// Their bytes.
    pub bytes: Gauge,
    /// Sponsors of transactions that wait.
    pub sponsors: Gauge,
    /// Transactions taken in.
    pub accepted: Counter,
    /// Transactions refused for want of room.
    pub busy: Counter,
    /// Transactions that expired while they waited.
    pub expired: Counter,
    /// Transactions sent to peers, announcements again included.
    pub gossip_sent: Counter,
    /// Transactions that peers sent and that were new.
    pub gossip_received: Counter,
    /// Messages of peers that were no batch of valid transactions.
    pub gossip_malformed: Counter,
    /// Messages of peers left aside because this node could not keep up, or the peer was over its budget.
    pub gossip_dropped: Counter,
    /// Connected peers.
    pub gossip_peers: Gauge,
}

impl PoolMetrics {
    /// Puts everything into a registry under `yilian_mempool`.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("yilian_mempool");
        let gauges = [
            ("transactions", "Transactions that wait", &self.transactions),
            ("bytes", "Bytes of transactions that wait", &self.bytes),
            (
                "sponsors",
                "Organisations, and keys that answer for themselves, whose transactions wait",
                &self.sponsors,
            ),
            ("gossip_peers", "Connected peers", &self.gossip_peers),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        let counters = [
            ("accepted", "Transactions taken in", &self.accepted),
            ("busy", "Transactions refused for want of room", &self.busy),
            (
                "expired",
                "Transactions that expired waiting",
                &self.expired,
            ),
            (
                "gossip_sent",
                "Transactions sent to peers",
                &self.gossip_sent,
            ),
            (
                "gossip_received",
                "New transactions from peers",
                &self.gossip_received,
            ),
            (
                "gossip_malformed",
                "Malformed messages of peers",
                &self.gossip_malformed,
            ),
            (
                "gossip_dropped",
                "Messages of peers left aside",
                &self.gossip_dropped,
            ),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
    }
}
