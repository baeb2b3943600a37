//! Spreads transactions among the validators.
//!
//! A libp2p swarm of its own on a port of its own: the engine's swarm is private, and a flood of transactions must never
//! delay a vote. Identity is the validator key; only pinned peers are talked to, whoever opened the connection. What a
//! client gave this node goes out at once in batches, and again every few seconds while it waits, so that a node that
//! was away gets it too. What comes in is decoded within limits and verified before it is passed on.
//!
//! It does not order, and does not promise delivery: the journal of the node that took a transaction does.

mod announce;
mod batch;
mod budget;
mod hear;
mod inspect;
mod limits;
mod network;
mod node;
mod peers;
mod resolve;

use std::sync::Arc;
use std::time::Duration;

use libp2p::Multiaddr;
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use yilian_crypto::{PublicKey, SecretKey};
use yilian_primitives::{Refusal, VerifiedTransaction};

use crate::Pool;

pub use network::peer_id;

/// Decides on a transaction of a peer: checks what the node checks of a client's, and puts it into the pool with
/// [`Pool::insert_shared`]. Called on blocking threads, several at once.
pub type Admit = Arc<dyn Fn(VerifiedTransaction) -> Result<(), Refusal> + Send + Sync>;

/// A validator this node gossips with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GossipPeer {
    /// Name of the centre, for the log.
    pub name: String,
    /// Its validator key: the connection is refused under any other.
    pub key: PublicKey,
    /// Where it listens, as a multiaddress.
    pub address: String,
}

/// Who and where this node is, and with whom it talks.
#[derive(Clone, Debug)]
pub struct GossipConfig {
    /// Name of the chain; nodes of other chains share no topic.
    pub chain_id: String,
    /// The validator key.
    pub key: SecretKey,
    /// Where to listen, as a multiaddress.
    pub listen: String,
    /// The other validators. An entry with this node's own key is left out.
    pub peers: Vec<GossipPeer>,
}

/// Gossip could not start. The operator corrects the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StartError {
    /// A text is no multiaddress.
    #[error(
        "address of {name}: expected a multiaddress such as /ip4/127.0.0.1/tcp/27100, got {got:?}"
    )]
    Address {
        /// Whose it is.
        name: String,
        /// The text.
        got: String,
    },
    /// Nobody could listen there.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// Where.
        address: String,
        /// Why not.
        reason: String,
    },
    /// The swarm could not be built.
    #[error("cannot set up the transport: {reason}")]
    Transport {
        /// Why not.
        reason: String,
    },
}

/// Running gossip. Dropping the handle stops it.
#[derive(Debug)]
pub struct Gossip {
    own: PublicKey,
    roster: watch::Sender<Vec<GossipPeer>>,
    publish: mpsc::Sender<VerifiedTransaction>,
    stop: watch::Sender<bool>,
    peers: watch::Receiver<usize>,
    address: Multiaddr,
    task: JoinHandle<()>,
}

impl Gossip {
    /// Listens and begins to dial every peer, for ever.
    ///
    /// # Errors
    /// When an address is malformed or taken. Peers that cannot be reached are no error.
    pub async fn start(
        config: GossipConfig,
        pool: Arc<Pool>,
        admit: Admit,
    ) -> Result<Self, StartError> {
        let (publish, transactions) = mpsc::channel(limits::PUBLISH_QUEUE);
        let (stop, stopped) = watch::channel(false);
        let (count, peers) = watch::channel(0);
        let (roster, others) = watch::channel(config.peers.clone());
        let mut node = node::Node::new(&config, pool, admit, count)?;
        let address = node.listen(&config.listen).await?;
        tracing::info!(%address, peers = config.peers.len(), "gossip of transactions listens");
        let task = tokio::spawn(node.run(transactions, others, stopped));
        Ok(Gossip {
            own: config.key.public_key(),
            roster,
            publish,
            stop,
            peers,
            address,
            task,
        })
    }

    /// Sends a client's transaction to the peers, now and again while it waits. Never blocks: if the queue is full it
    /// goes out with a later announcement.
    pub fn publish(&self, transaction: VerifiedTransaction) {
        if self.publish.try_send(transaction).is_err() {
            tracing::debug!(
                "queue of gossip is full or closed; the transaction is announced later"
            );
        }
    }

    /// Says with whom to talk from now on: those that are new are dialled, those that are gone are cut off. One whose
    /// address cannot be read is logged and left out.
    pub fn set_peers(&self, peers: Vec<GossipPeer>) {
        let others = peers.into_iter().filter(|peer| peer.key != self.own);
        let others: Vec<GossipPeer> = others.collect();
        self.roster
            .send_if_modified(|known| std::mem::replace(known, others.clone()) != others);
    }

    /// Number of connected peers, and its changes.
    pub fn peers(&self) -> watch::Receiver<usize> {
        self.peers.clone()
    }

    /// Where this node listens.
    pub fn address(&self) -> &Multiaddr {
        &self.address
    }

    /// Whether the task has ended: by [`Gossip::stop`] or by a defect. A node without gossip should stop.
    pub fn is_finished(&self) -> bool {
        self.task.is_finished()
    }

    /// Closes the connections and waits for the task, at most five seconds.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(Duration::from_secs(5), self.task)
            .await
            .is_err()
        {
            tracing::warn!("gossip did not stop within 5 s");
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
