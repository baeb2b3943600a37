//! A running engine, seen from outside.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use yilian_primitives::Height;

use crate::config::Peer;
use crate::port::ChainError;

/// Where the engine is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Height that is being decided; 0 before the engine began.
    pub height: Height,
    /// Its round. Above 0 means that a proposer was absent, slow or refused.
    pub round: u32,
    /// Names of the validators that are connected, in alphabetical order.
    pub peers: Vec<String>,
}

/// The engine could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The directory of the engine's log cannot be used.
    #[error("directory {path} for the log of the current height: {source}")]
    Home {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A multiaddr cannot be read.
    #[error(
        "address {got:?} of {of}: expected a multiaddr like /ip4/10.0.0.1/tcp/27000 ({reason})"
    )]
    Address {
        /// Whose address.
        of: String,
        /// The text given.
        got: String,
        /// What the parser said.
        reason: String,
    },
    /// The peers are not distinct others.
    #[error("peer {name}: expected other validators, each once")]
    Peer {
        /// Name of the peer.
        name: String,
    },
    /// The engine refused: the port is taken, or its log is locked by a running node.
    #[error("the consensus engine did not start: {reason}")]
    Engine {
        /// What the engine said.
        reason: String,
    },
    /// No thread for the application.
    #[error("no thread for consensus: {source}")]
    Thread {
        /// What the system said.
        source: io::Error,
    },
}

/// The engine stopped, and not because it was told to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EngineFailure {
    /// The chain on this node is at fault.
    #[error("the chain stopped consensus: {0}")]
    Chain(ChainError),
    /// The engine stopped itself; a restart of the process is safe.
    #[error("the consensus engine stopped; restart the node")]
    Liveness,
    /// The engine's log cannot be trusted. A restart could sign twice: a person must look first.
    #[error(
        "the consensus engine's log is damaged or could not be written; do not restart the node before its disk and \
         {wal} were looked at: a restart may forget votes and sign twice"
    )]
    Safety {
        /// The log.
        wal: String,
    },
    /// A defect: the application's thread panicked.
    #[error("the consensus application failed with a panic; restart the node and report the log")]
    Panicked,
}

/// A running engine. Dropping it stops the engine without waiting.
#[derive(Debug)]
pub struct EngineHandle {
    pub(crate) peers: watch::Sender<Arc<[Peer]>>,
    pub(crate) status: Arc<watch::Sender<Status>>,
    pub(crate) failure: watch::Receiver<Option<EngineFailure>>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) supervisor: Option<JoinHandle<()>>,
}

impl EngineHandle {
    /// Stops the engine and waits until its thread and its port are free.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(supervisor) = self.supervisor.take() {
            // An error says that the supervisor panicked or the runtime ends: the engine is gone either way.
            let _ = supervisor.await;
        }
    }

    /// Waits for a failure. Never returns while the engine runs, nor after it was told to stop.
    pub async fn failed(&self) -> EngineFailure {
        let mut failure = self.failure.clone();
        let failed = failure.wait_for(Option::is_some).await;
        match failed.map(|failure| failure.clone()) {
            Ok(Some(failure)) => failure,
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// Says whom to talk to from now on: those that are new are dialled, those that are gone are left.
    pub fn set_peers(&self, peers: Vec<Peer>) {
        self.peers.send_if_modified(|known| {
            let changed = **known != *peers;
            if changed {
                *known = peers.into();
            }
            changed
        });
    }

    /// Where the engine is, now and at each change.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }
}

impl Drop for EngineHandle {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
