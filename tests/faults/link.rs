//! One way from a node to a port of another one, through this process.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes that are taken at a time.
const CHUNK: usize = 16 * 1_024;
/// Chunks that may be on their way.
const ON_THE_WAY: usize = 256;
/// How often a link that is cut looks whether it still is.
const POLL: Duration = Duration::from_millis(20);

/// What a link does to what it carries. Shared by both directions.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Nothing passes from the dialler to the target.
    pub(crate) cut_there: AtomicBool,
    /// Nothing passes back.
    pub(crate) cut_back: AtomicBool,
    /// Everything comes so much later, in ms.
    pub(crate) delay_ms: AtomicU64,
    /// Bytes in a second; 0 is no bound.
    pub(crate) bytes_per_s: AtomicU64,
    /// The link is no more.
    closed: AtomicBool,
    streams: Mutex<Vec<TcpStream>>,
}

/// A link that listens.
pub(crate) struct Link {
    pub(crate) port: u16,
    pub(crate) state: Arc<State>,
}

impl Link {
    /// Listens for a node that dials another one's port.
    pub(crate) fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.closed.load(Ordering::Relaxed) {
                    return;
                }
                carry(&shared, stream, target);
            }
        });
        Link { port, state }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::Relaxed);
        self.state.reset();
        // Wakes the listener, which then sees that it is no more.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl State {
    /// Closes every connection.
    pub(crate) fn reset(&self) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        for stream in streams.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn remember(&self, stream: &TcpStream) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.extend(stream.try_clone());
    }
}

/// Joins a connection with one to the target. Where the target does not listen it is closed, as by the system itself.
fn carry(state: &Arc<State>, from: TcpStream, target: SocketAddr) {
    let Ok(to) = TcpStream::connect_timeout(&target, Duration::from_secs(2)) else {
        return;
    };
    for stream in [&from, &to] {
        let _ = stream.set_nodelay(true);
        state.remember(stream);
    }
    let pair = (from.try_clone(), to.try_clone());
    if let (Ok(from_too), Ok(to_too)) = pair {
        pump(Arc::clone(state), from, to_too, |state| &state.cut_there);
        pump(Arc::clone(state), to, from_too, |state| &state.cut_back);
    }
}

fn pump(state: Arc<State>, from: TcpStream, to: TcpStream, cut: fn(&State) -> &AtomicBool) {
    let (send, receive) = sync_channel(ON_THE_WAY);
    let reader = Arc::clone(&state);
    thread::spawn(move || read(&reader, from, &send));
    thread::spawn(move || write(&state, to, &receive, cut));
}

fn read(state: &State, mut from: TcpStream, send: &SyncSender<(Instant, Vec<u8>)>) {
    let mut chunk = vec![0; CHUNK];
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        let delay = Duration::from_millis(state.delay_ms.load(Ordering::Relaxed));
        if send
            .send((Instant::now() + delay, chunk[..count].to_vec()))
            .is_err()
        {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
}

fn write(
    state: &State,
    mut to: TcpStream,
    receive: &Receiver<(Instant, Vec<u8>)>,
    cut: fn(&State) -> &AtomicBool,
) {
    while let Ok((due, bytes)) = receive.recv() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        // What is lost on the way TCP sends again, so it comes when the link is whole.
        while cut(state).load(Ordering::Relaxed) && !state.closed.load(Ordering::Relaxed) {
            thread::sleep(POLL);
        }
        if to.write_all(&bytes).is_err() {
            break;
        }
        let rate = state.bytes_per_s.load(Ordering::Relaxed);
        let takes = (bytes.len() as u64 * 1_000).checked_div(rate);
        thread::sleep(Duration::from_millis(takes.unwrap_or(0)));
    }
    let _ = to.shutdown(Shutdown::Both);
}
