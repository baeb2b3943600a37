//! Bytes that no honest client sends.

use crate::routes::table;
use crate::testing::{Site, request};

/// A deterministic source of bytes (Knuth's MMIX generator).
struct Garbage(u64);

impl Garbage {
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut next = || {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    /// Percent-encoded, so that it reaches the handler as these bytes.
    fn text(&mut self, length: usize) -> String {
        self.bytes(length)
            .iter()
            .map(|byte| format!("%{byte:02x}"))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_at_every_route_is_refused_as_a_problem() {
    let site = Site::start().await;
    let mut garbage = Garbage(20_261_124);
    for (path, method, _) in table() {
        for length in [1usize, 7, 40, 600] {
            let start = path.find('{').unwrap_or(path.len());
            let open = path.contains('{');
            let target = match (open, method) {
                (true, _) => {
                    let rest = path.split_once('}').map_or("", |(_, rest)| rest);
                    format!("{}{}{rest}", &path[..start], garbage.text(length))
                }
                (false, "post") => path.to_owned(),
                (false, _) => format!("{path}?{}={}", garbage.text(length), garbage.text(length)),
            };
            let body = if method == "post" {
                garbage.bytes(length * 10)
            } else {
                Vec::new()
            };
            let answer = site
                .raw(request(&method.to_uppercase(), &target, &[], &body))
                .await;
            // Without parameters these three are for machines that add their own.
            if matches!(
                path,
                "/healthz" | "/readyz" | "/metrics" | "/v1/openapi.json"
            ) {
                assert_eq!(answer.status, 200, "{path}");
                continue;
            }
            assert!(
                (400..500).contains(&answer.status),
                "{path} {length}: {}",
                answer.status
            );
            answer.problem(answer.status);
        }
    }
    // Bytes that are no HTTP at all end the connection and nothing else.
    for length in [1usize, 100, 5_000] {
        let mut bytes = garbage.bytes(length);
        bytes.extend_from_slice(b"\r\n\r\n");
        assert!(matches!(site.raw(bytes).await.status, 0 | 400));
    }
    assert_eq!(site.get("/v1/status").await.status, 200);
    site.stop().await;
}
