//! What operators watch of the interface.

use std::time::Duration;

use axum::http::StatusCode;
use prometheus_client::encoding::text::encode_registry;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

type Labels = [(&'static str, String); 2];
type Route = [(&'static str, &'static str); 1];
type Histograms = Family<Route, Histogram, fn() -> Histogram>;

pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Histograms,
}

/// From a read in memory to a wait for finality, in seconds.
fn seconds() -> Histogram {
    Histogram::new([0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 40.0])
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("yilian_api");
        let requests = Family::default();
        registry.register("requests", "Requests by route and status", requests.clone());
        let seconds = Histograms::new_with_constructor(seconds);
        let help = "Time from a request's head to the head of its answer";
        registry.register("request_seconds", help, seconds.clone());
        Metrics {
            registry,
            requests,
            seconds,
        }
    }
}

impl Metrics {
    /// Counts one answer. `route` is the pattern, never the path: paths have no end.
    pub(crate) fn answered(&self, route: &'static str, status: StatusCode, took: Duration) {
        let labels = [
            ("route", route.to_owned()),
            ("status", status.as_str().to_owned()),
        ];
        self.requests.get_or_create(&labels).inc();
        self.seconds
            .get_or_create(&[("route", route)])
            .observe(took.as_secs_f64());
    }

    /// The node's metrics and these, as one OpenMetrics text.
    pub(crate) fn text(&self, node: &str) -> String {
        let node = node.trim_end();
        let mut text = node
            .strip_suffix("# EOF")
            .unwrap_or(node)
            .trim_end()
            .to_owned();
        if !text.is_empty() {
            text.push('\n');
        }
        if encode_registry(&mut text, &self.registry).is_err() {
            tracing::error!("the interface's metrics could not be written");
        }
        text.push_str("# EOF\n");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_stand_in_one_text_with_one_end() {
        let metrics = Metrics::default();
        metrics.answered("/v1/status", StatusCode::OK, Duration::from_millis(3));
        for node in ["a_total 1\n# EOF\n", "a_total 1\n"] {
            let text = metrics.text(node);
            assert!(text.starts_with("a_total 1\n"));
            assert!(
                text.contains("yilian_api_requests_total{route=\"/v1/status\",status=\"200\"} 1")
            );
            assert!(text.ends_with("# EOF\n"));
            assert_eq!(text.matches("# EOF").count(), 1);
        }
    }
}
