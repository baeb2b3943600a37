//! Clients that deposit evidence and look at it again, whatever the nodes do.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use yilian_client::{Client, Submitted, TransactionStatus, Wait};
use yilian_primitives::{Envelope, TxId};

use super::history::{History, Look, Operation, Place, Told};
use crate::harness::{Network, Sender, deposit_args};

/// How many clients there are.
const CLIENTS: usize = 3;
/// How long one waits for finality, in ms.
const WAIT_MS: u64 = 4_000;
/// How long one waits for any answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// After how many others a deposit is sent once more.
const SENT_KEPT: usize = 8;
/// Pause between two deposits of a client.
const PAUSE: Duration = Duration::from_millis(150);

/// Clients at work.
pub struct Clients {
    stop: Arc<AtomicBool>,
    history: Arc<Mutex<History>>,
    threads: Vec<JoinHandle<()>>,
}

/// Where a status says that a transaction is final.
pub fn place(status: &TransactionStatus) -> Option<Place> {
    let (height, log_index) = status.height.zip(status.log_index)?;
    status.is_final().then_some(Place { height, log_index })
}

struct One {
    number: usize,
    /// The nodes that are asked, in the order of senders and clients.
    nodes: Vec<usize>,
    senders: Vec<Sender>,
    clients: Vec<Client>,
    started: Instant,
    counter: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    history: Arc<Mutex<History>>,
    last: Option<(TxId, Place)>,
    /// What was sent; each is sent once more, to another node and later, as careful clients do.
    sent: VecDeque<Envelope>,
}

impl Clients {
    /// Begins, at these nodes.
    pub fn start(network: &Network, nodes: &[usize]) -> Self {
        let (stop, history) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let counter = Arc::new(AtomicU64::new(0));
        let started = Instant::now();
        let threads = (0..CLIENTS).map(|number| {
            let clients = nodes.iter().map(|node| &network.nodes[*node].api);
            let clients: Vec<_> = clients
                .map(|api| Client::with_timeout(api, PATIENCE))
                .collect();
            let key = || network.key("trading-system");
            let senders = clients.iter();
            let senders = senders.map(|one| Sender::new(one.clone(), "yilian-local", key()));
            let mut one = One {
                number,
                nodes: nodes.to_vec(),
                senders: senders.collect(),
                clients: clients.clone(),
                started,
                counter: Arc::clone(&counter),
                stop: Arc::clone(&stop),
                history: Arc::clone(&history),
                last: None,
                sent: VecDeque::new(),
            };
            thread::spawn(move || one.work())
        });
        Clients {
            threads: threads.collect(),
            stop,
            history,
        }
    }

    /// Ends; gives what they saw.
    pub fn stop(self) -> History {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().expect("a client does not panic");
        }
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut history)
    }
}

impl One {
    fn work(&mut self) {
        let mut turn = self.number;
        while !self.stop.load(Ordering::Relaxed) {
            let node = turn % self.senders.len();
            if self.sent.len() > SENT_KEPT
                && let Some(envelope) = self.sent.pop_front()
            {
                // Whatever comes of it: sending twice is harmless.
                let _ = self.clients[node].submit(&envelope, Wait::Accepted);
            }
            self.deposit(node);
            self.look((node + 1) % self.senders.len());
            turn += 1;
            thread::sleep(PAUSE);
        }
    }

    fn deposit(&mut self, node: usize) {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let envelope = self.senders[node].envelope("evidence", "deposit", deposit_args(number));
        let id = envelope.clone().verify().expect("signed here").id();
        let invoked = self.started.elapsed();
        let told = match self.clients[node].submit(&envelope, Wait::Final(WAIT_MS)) {
            Ok(Submitted::Final(status)) => place(&status).map_or(Told::Accepted, Told::Final),
            Ok(Submitted::Accepted(_)) => Told::Accepted,
            Err(_) => Told::Nothing,
        };
        self.sent.push_back(envelope);
        if let Told::Final(place) = told {
            self.last = Some((id, place));
        }
        let operation = Operation {
            client: self.number,
            node: self.nodes[node],
            id,
            invoked,
            completed: self.started.elapsed(),
            told,
        };
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.operations.push(operation);
    }

    /// Looks at another node for what was final at the last one.
    fn look(&self, node: usize) {
        let Some((id, place_then)) = self.last else {
            return;
        };
        let Ok(status) = self.clients[node].transaction(&id) else {
            return;
        };
        let look = Look {
            node: self.nodes[node],
            id,
            place: place_then,
            seen: place(&status),
        };
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.looks.push(look);
    }
}
