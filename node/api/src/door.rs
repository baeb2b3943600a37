//! The door: connections are counted, and silent ones are closed.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

use crate::limits::{CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS, SILENCE_MAX};

/// Connections of each address.
type Visitors = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// A listener that takes no more connections than it may.
pub(crate) struct Door {
    listener: TcpListener,
    room: Arc<Semaphore>,
    visitors: Visitors,
}

impl Door {
    pub(crate) fn new(listener: TcpListener) -> Self {
        Door {
            listener,
            room: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
            visitors: Visitors::default(),
        }
    }
}

impl Listener for Door {
    type Io = Visit;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Visit, SocketAddr) {
        loop {
            // Never closed. Waiting here leaves newcomers in the queue of the operating system.
            let Ok(permit) = self.room.clone().acquire_owned().await else {
                std::future::pending::<()>().await;
                continue;
            };
            let (stream, from) = Listener::accept(&mut self.listener).await;
            if let Some(seat) = Seat::take(&self.visitors, from.ip()) {
                return (Visit::new(stream, permit, seat, SILENCE_MAX), from);
            }
            tracing::debug!(%from, "too many connections of one address; closed");
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// One of the connections that an address may have.
struct Seat {
    visitors: Visitors,
    address: IpAddr,
}

impl Seat {
    fn take(visitors: &Visitors, address: IpAddr) -> Option<Self> {
        let mut counts = visitors.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= CONNECTIONS_PER_ADDRESS && !address.is_loopback() {
            return None;
        }
        *count = count.saturating_add(1);
        drop(counts);
        let visitors = visitors.clone();
        Some(Seat { visitors, address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// A connection that ends when nothing was sent over it for so long: a client that drips its request, does not
/// read its answer, or has gone. Streams send a comment more often than that.
pub(crate) struct Visit {
    stream: TcpStream,
    silence: Pin<Box<Sleep>>,
    silence_max: Duration,
    _permit: OwnedSemaphorePermit,
    _seat: Seat,
}

impl Visit {
    fn new(
        stream: TcpStream,
        permit: OwnedSemaphorePermit,
        seat: Seat,
        silence_max: Duration,
    ) -> Self {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no-delay is not set");
        }
        Visit {
            stream,
            silence: Box::pin(sleep(silence_max)),
            silence_max,
            _permit: permit,
            _seat: seat,
        }
    }

    /// Turns waiting into an error when the silence is over.
    fn bounded<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if poll.is_pending() && self.silence.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        poll
    }

    fn sent(&mut self, poll: &Poll<io::Result<usize>>) {
        if matches!(poll, Poll::Ready(Ok(count)) if *count > 0) {
            self.silence
                .as_mut()
                .reset(Instant::now() + self.silence_max);
        }
    }
}

impl AsyncRead for Visit {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.bounded(cx, poll)
    }
}

impl AsyncWrite for Visit {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.sent(&poll);
        self.bounded(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.sent(&poll);
        self.bounded(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::io::Write;

    #[test]
    fn an_address_has_its_seats_and_no_more() {
        let visitors = Visitors::default();
        let far: IpAddr = [10, 0, 0, 1].into();
        let mut seats: Vec<_> = (0..CONNECTIONS_PER_ADDRESS)
            .map(|_| Seat::take(&visitors, far).expect("a seat"))
            .collect();
        assert!(Seat::take(&visitors, far).is_none());
        assert!(Seat::take(&visitors, [10, 0, 0, 2].into()).is_some());
        seats.pop();
        assert!(Seat::take(&visitors, far).is_some());
        seats.clear();
        assert!(visitors.lock().expect("counts").is_empty());
    }

    /// Reads until an error; gives it and the number of bytes.
    async fn read_all(visit: &mut Visit) -> (usize, io::Result<()>) {
        let mut total = 0;
        loop {
            let mut space = [0; 64];
            let mut buffer = ReadBuf::new(&mut space);
            let read = poll_fn(|cx| Pin::new(&mut *visit).poll_read(cx, &mut buffer)).await;
            if read.is_err() || buffer.filled().is_empty() {
                return (total, read);
            }
            total += buffer.filled().len();
        }
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_cut_off() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let deaf = std::net::TcpStream::connect(address).expect("connects");
        let (stream, from) = listener.accept().await.expect("accepts");
        let room = Arc::new(Semaphore::new(1));
        let permit = room.clone().acquire_owned().await.expect("open");
        let seat = Seat::take(&Visitors::default(), from.ip()).expect("a seat");
        let mut visit = Visit::new(stream, permit, seat, Duration::from_millis(300));
        let events = [b'.'; 65_536];
        let end = loop {
            let write = poll_fn(|cx| Pin::new(&mut visit).poll_write(cx, &events)).await;
            if let Err(error) = write {
                break error;
            }
        };
        assert_eq!(end.kind(), io::ErrorKind::TimedOut);
        drop(visit);
        assert_eq!(room.available_permits(), 1, "another takes its place");
        drop(deaf);
    }

    #[tokio::test]
    async fn a_client_that_drips_its_request_is_cut_off() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let dripping = std::thread::spawn(move || {
            let mut stream = std::net::TcpStream::connect(address).expect("connects");
            while stream.write_all(b"G").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let (stream, from) = listener.accept().await.expect("accepts");
        let room = Arc::new(Semaphore::new(1));
        let permit = room.clone().acquire_owned().await.expect("open");
        let seat = Seat::take(&Visitors::default(), from.ip()).expect("a seat");
        let mut visit = Visit::new(stream, permit, seat, Duration::from_millis(300));
        let (read, end) = read_all(&mut visit).await;
        assert!(read > 1, "it was heard for a while");
        assert_eq!(end.expect_err("cut off").kind(), io::ErrorKind::TimedOut);
        drop(visit);
        assert_eq!(room.available_permits(), 1);
        dripping.join().expect("no panic");
    }
}
