//! What operators watch of validators that signed two things for one step.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

/// Counts what is on record, by validator.
#[derive(Clone, Debug, Default)]
pub(crate) struct Misbehaviours(Family<Vec<(String, String)>, Counter>);

impl Misbehaviours {
    /// Counters that the node's metrics show as `yilian_misbehaviours_recorded_total`.
    pub(crate) fn registered() -> Self {
        let counters = Misbehaviours::default();
        yilian_consensus::register_metrics("yilian_misbehaviours", |registry| {
            registry.register(
                "recorded",
                "Pairs of votes or proposals that a validator signed for one step",
                counters.0.clone(),
            );
        });
        counters
    }

    /// One more pair of this validator.
    pub(crate) fn count(&self, validator: &str) {
        let label = ("validator".to_owned(), validator.to_owned());
        self.0.get_or_create(&vec![label]).inc();
    }
}
