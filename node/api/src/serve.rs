//! Takes connections, within limits, until told to stop.

use std::collections::HashMap;
use std::future::{Future, IntoFuture};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, Sleep, sleep};

use crate::app::App;
use crate::backend::Backend;
use crate::limits::{CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS, SILENCE_MAX, STOP_GRACE};
use crate::routes::router;

/// Answers on a listener until `shutdown` ends; then requests under way get a few seconds and streams are closed.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    backend: Arc<dyn Backend>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let app = App::new(backend, stopping.clone());
    let address = listener.local_addr()?;
    tracing::info!(%address, "the interface listens");
    let signal = async move {
        shutdown.await;
        stop.send_replace(true);
    };
    let server = axum::serve(Door::new(listener), router(app)).with_graceful_shutdown(signal);
    let mut stopped = stopping;
    let grace = async {
        // An error would mean that the signal is gone, and it goes only after it has sent.
        let _ = stopped.wait_for(|stopping| *stopping).await;
        sleep(STOP_GRACE).await;
    };
    tokio::select! {
        result = server.into_future() => result,
        () = grace => {
            tracing::warn!("some requests did not end in time and are cut off");
            Ok(())
        }
    }
}

/// Connections of each address.
type Visitors = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// A listener that takes no more connections than it may.
struct Door {
    listener: TcpListener,
    room: Arc<Semaphore>,
    visitors: Visitors,
}

impl Door {
    fn new(listener: TcpListener) -> Self {
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
                return (Visit::new(stream, permit, seat), from);
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

/// A connection that ends when nothing was sent over it for [`SILENCE_MAX`]: a client that drips its request, does not
/// read its answer, or has gone. Streams send a comment more often than that.
struct Visit {
    stream: TcpStream,
    silence: Pin<Box<Sleep>>,
    _permit: OwnedSemaphorePermit,
    _seat: Seat,
}

impl Visit {
    fn new(stream: TcpStream, permit: OwnedSemaphorePermit, seat: Seat) -> Self {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no-delay is not set");
        }
        Visit {
            stream,
            silence: Box::pin(sleep(SILENCE_MAX)),
            _permit: permit,
            _seat: seat,
        }
    }

    /// Turns waiting into an error when the silence is over.
    fn bounded<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_pending() && self.silence.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        poll
    }

    fn sent(&mut self, poll: &Poll<io::Result<usize>>) {
        if matches!(poll, Poll::Ready(Ok(count)) if *count > 0) {
            self.silence.as_mut().reset(Instant::now() + SILENCE_MAX);
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
