//! The event stream.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::transactions::dsse;
use crate::testing::{Site, request};

/// A client of the event stream.
struct Stream(BufReader<TcpStream>);

impl Stream {
    async fn open(site: &Site, target: &str, headers: &[(&str, &str)]) -> Self {
        let (address, bytes) = (site.address, request("GET", target, headers, b""));
        let open = move || {
            let mut stream = TcpStream::connect(address).expect("connects");
            stream
                .set_read_timeout(Some(Duration::from_secs(20)))
                .expect("a timeout");
            stream.write_all(&bytes).expect("sends");
            let mut stream = Stream(BufReader::new(stream));
            let head = stream.until("\r\n");
            assert!(
                head.to_lowercase()
                    .contains("content-type: text/event-stream"),
                "{head}"
            );
            stream
        };
        tokio::task::spawn_blocking(open).await.expect("no panic")
    }

    /// Lines up to one that is `end`, or the end of the stream.
    fn until(&mut self, end: &str) -> String {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).expect("reads");
            if read == 0 || line == end {
                return text;
            }
            text.push_str(&line);
        }
    }

    /// Ids and data of the next events.
    async fn events(mut self, count: usize) -> (Vec<(String, Value)>, Self) {
        let read = move || {
            let mut events = Vec::new();
            while events.len() < count {
                let text = self.until("\n");
                let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
                if let (Some(id), Some(data)) = (field("id: "), field("data: ")) {
                    let data = serde_json::from_str(data).expect("JSON");
                    events.push((id.to_owned(), data));
                }
            }
            (events, self)
        };
        tokio::task::spawn_blocking(read).await.expect("no panic")
    }
}

fn ids(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(id, _)| id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_replayed_and_then_followed() {
    let site = Site::start().await;
    let id = site.node.execute(1);
    let stream = Stream::open(&site, "/v1/events?from_height=0", &[]).await;
    let (events, stream) = stream.events(2).await;
    assert_eq!(ids(&events), ["1.0.0", "1.0.1"]);
    let (_, first) = &events[0];
    assert_eq!(first["tx_id"], json!(id));
    assert_eq!(
        (&first["contract"], &first["name"]),
        (&json!("tender"), &json!("registered"))
    );
    assert_eq!(first["data"], json!({ "n": 1 }));
    site.node.commit(&[]);
    site.node.execute(2);
    let (events, _stream) = stream.events(2).await;
    assert_eq!(ids(&events), ["3.0.0", "3.0.1"]);
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_goes_on_where_it_left_off_and_hears_only_its_contract() {
    let site = Site::start().await;
    for number in 1..=3 {
        site.node.execute(number);
    }
    let last = [("Last-Event-ID", "1.0.0")];
    let stream = Stream::open(&site, "/v1/events?from_height=0", &last).await;
    let (events, _) = stream.events(3).await;
    assert_eq!(ids(&events), ["1.0.1", "2.0.0", "2.0.1"]);
    let stream = Stream::open(&site, "/v1/events?contract=evidence&from_height=2", &[]).await;
    let (events, _) = stream.events(2).await;
    assert_eq!(ids(&events), ["2.0.1", "3.0.1"]);
    let live = Stream::open(&site, "/v1/events", &[]).await;
    site.node.execute(4);
    let (events, _) = live.events(1).await;
    assert_eq!(ids(&events), ["4.0.0"]);
    for wrong in ["x", "1.2", "1.2.3.4", "-1.0.0"] {
        let bytes = request("GET", "/v1/events", &[("Last-Event-ID", wrong)], b"");
        assert_eq!(site.raw(bytes).await.problem(400), "YL-1102", "{wrong}");
    }
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_and_waits_end_when_the_server_stops() {
    let site = Site::start().await;
    let stream = Stream::open(&site, "/v1/events", &[]).await;
    let address = site.address;
    let waiter = tokio::task::spawn_blocking(move || {
        let target = "/v1/transactions?wait=final&timeout_ms=30000";
        let mut connection = TcpStream::connect(address).expect("connects");
        connection
            .write_all(&request("POST", target, &[], &dsse(1)))
            .expect("sends");
        let mut line = String::new();
        BufReader::new(connection)
            .read_line(&mut line)
            .expect("reads");
        line
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let started = std::time::Instant::now();
    site.stop().await;
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
    assert!(waiter.await.expect("no panic").contains("202"));
    let mut stream = stream;
    tokio::task::spawn_blocking(move || stream.until("never"))
        .await
        .expect("the stream ends");
}
