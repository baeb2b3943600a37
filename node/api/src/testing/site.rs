//! A served chain in memory, and a client that sends whatever it is told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::node::FakeNode;

/// A served fake node.
pub(crate) struct Site {
    pub(crate) node: Arc<FakeNode>,
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Site {
    pub(crate) async fn start() -> Self {
        let node = Arc::new(FakeNode::new());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("bound");
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            let _ = stopped.await;
        };
        let server = tokio::spawn(crate::serve(listener, node.clone(), shutdown));
        Site {
            node,
            address,
            stop: Some(stop),
            server,
        }
    }

    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        let stopped = tokio::time::timeout(Duration::from_secs(10), self.server);
        stopped
            .await
            .expect("in time")
            .expect("no panic")
            .expect("served");
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.raw(request("GET", target, &[], b"")).await
    }

    pub(crate) async fn get_in(&self, language: &str, target: &str) -> Answer {
        self.raw(request(
            "GET",
            target,
            &[("Accept-Language", language)],
            b"",
        ))
        .await
    }

    pub(crate) async fn post(&self, target: &str, body: &[u8]) -> Answer {
        self.raw(request("POST", target, &[], body)).await
    }

    /// Sends bytes as they are and reads until the server closes.
    pub(crate) async fn raw(&self, bytes: Vec<u8>) -> Answer {
        let address = self.address;
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).expect("connects");
            stream
                .set_read_timeout(Some(Duration::from_secs(45)))
                .expect("a timeout");
            // The server may refuse before it has read everything.
            let _ = stream.write_all(&bytes);
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            answer
        });
        Answer::parse(&answer.await.expect("no panic"))
    }
}

pub(crate) fn request(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    [head.as_bytes(), body].concat()
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Answer {
            status: status.unwrap_or(0),
            body: bytes.get(end + 4..).unwrap_or_default().to_vec(),
            head,
        }
    }

    pub(crate) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {text} {}", self.head))
    }

    /// Asserts a problem of a status and gives its code.
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(
            self.status,
            status,
            "{} {:?}",
            self.head,
            String::from_utf8_lossy(&self.body)
        );
        assert!(
            self.head.contains("content-type: application/problem+json"),
            "{}",
            self.head
        );
        let body = self.json();
        for member in ["type", "title", "detail", "instance", "code"] {
            assert!(body[member].is_string(), "{member} of {body}");
        }
        assert_eq!(body["status"], status);
        body["code"].as_str().expect("a code").to_owned()
    }
}
