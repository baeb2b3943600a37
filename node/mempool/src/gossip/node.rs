//! The task that drives the swarm.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use libp2p::gossipsub::{IdentTopic, PublishError};
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant as Moment, MissedTickBehavior, interval, sleep_until};
use yilian_primitives::VerifiedTransaction;

use super::announce::Announcer;
use super::batch::Batcher;
use super::budget::Budgets;
use super::hear::{Arrival, Check};
use super::limits::{ANNOUNCE_INTERVAL, BATCH_WAIT, DIAL_INTERVAL};
use super::network::{self, Behaviour, BehaviourEvent, peer_id};
use super::peers::Peers;
use super::resolve::resolve;
use super::{Admit, GossipConfig, GossipPeer, StartError};
use crate::Pool;

pub(super) struct Node {
    pub(super) swarm: Swarm<Behaviour>,
    pub(super) topic: IdentTopic,
    pub(super) pool: Arc<Pool>,
    pub(super) admit: Admit,
    pub(super) peers: Peers,
    pub(super) count: watch::Sender<usize>,
    pub(super) batcher: Batcher,
    pub(super) announcer: Announcer,
    pub(super) budgets: Budgets,
    pub(super) arrivals: VecDeque<Arrival>,
    pub(super) checks: JoinSet<Check>,
    /// Addresses under resolution, to be dialled.
    pub(super) routes: JoinSet<(PeerId, Result<Multiaddr, String>)>,
    /// When the batch under way goes out.
    pub(super) flush_at: Option<Moment>,
    /// When the next look at what waits is due, and whether a newcomer asks for it.
    pub(super) announce_at: Moment,
    pub(super) newcomer: bool,
}

fn parse(name: &str, text: &str) -> Result<Multiaddr, StartError> {
    text.parse().map_err(|_| StartError::Address {
        name: name.to_owned(),
        got: text.chars().take(120).collect(),
    })
}

/// Waits until the moment, or for ever.
async fn until(moment: Option<Moment>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

impl Node {
    pub(super) fn new(
        config: &GossipConfig,
        pool: Arc<Pool>,
        admit: Admit,
        count: watch::Sender<usize>,
    ) -> Result<Self, StartError> {
        let (mut peers, now, own) = (Peers::default(), Instant::now(), config.key.public_key());
        for peer in config.peers.iter().filter(|peer| peer.key != own) {
            let address = parse(&peer.name, &peer.address)?;
            peers.add(peer_id(&peer.key), peer.name.clone(), address, now);
        }
        let topic = network::topic(&config.chain_id);
        let mut announcer = Announcer::default();
        // What a journal brought back was a client's of this node.
        pool.snapshot()
            .iter()
            .for_each(|tx| announcer.took(tx.id()));
        Ok(Node {
            swarm: network::swarm(&config.key, &topic, peers.ids())?,
            topic,
            pool,
            admit,
            peers,
            count,
            batcher: Batcher::new(),
            announcer,
            budgets: Budgets::default(),
            arrivals: VecDeque::new(),
            checks: JoinSet::new(),
            routes: JoinSet::new(),
            flush_at: None,
            announce_at: Moment::now() + ANNOUNCE_INTERVAL,
            newcomer: false,
        })
    }

    /// Listens, and gives the address once connections are taken there.
    pub(super) async fn listen(&mut self, text: &str) -> Result<Multiaddr, StartError> {
        let failed = |reason: String| StartError::Listen {
            address: text.to_owned(),
            reason,
        };
        let address = parse("this node", text)?;
        self.swarm
            .listen_on(address)
            .map_err(|error| failed(error.to_string()))?;
        let listening = async {
            loop {
                match self.swarm.select_next_some().await {
                    SwarmEvent::NewListenAddr { address, .. } => return Ok(address),
                    SwarmEvent::ListenerClosed { reason, .. } => return Err(format!("{reason:?}")),
                    _ => {}
                }
            }
        };
        match tokio::time::timeout(Duration::from_secs(5), listening).await {
            Ok(result) => result.map_err(failed),
            Err(_) => Err(failed("nothing listens after 5 s".to_owned())),
        }
    }

    pub(super) async fn run(
        mut self,
        mut transactions: mpsc::Receiver<VerifiedTransaction>,
        mut roster: watch::Receiver<Vec<GossipPeer>>,
        mut stopped: watch::Receiver<bool>,
    ) {
        let mut dial = interval(DIAL_INTERVAL);
        dial.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                // Also when the handle was dropped: then its sender is gone.
                _ = stopped.changed() => break,
                event = self.swarm.select_next_some() => self.on_event(event),
                Ok(()) = roster.changed() => {
                    let now = roster.borrow_and_update().clone();
                    self.set_peers(&now);
                }
                Some(transaction) = transactions.recv() => {
                    self.announcer.took(transaction.id());
                    self.send(&transaction);
                }
                Some(check) = self.checks.join_next() => self.on_check(check),
                () = until(self.flush_at) => self.flush(),
                () = sleep_until(self.announce_at) => self.announce(),
                Some(Ok((peer, route))) = self.routes.join_next() => self.dial(&peer, route),
                _ = dial.tick() => self.look_for_peers(),
            }
        }
        self.flush();
        self.count.send_replace(0);
        tracing::info!("gossip of transactions has stopped");
    }

    fn send(&mut self, transaction: &VerifiedTransaction) {
        if let Some(message) = self.batcher.add(transaction) {
            self.publish(message);
        }
        if self.flush_at.is_none() && !self.batcher.is_empty() {
            self.flush_at = Some(Moment::now() + BATCH_WAIT);
        }
    }

    fn flush(&mut self) {
        self.flush_at = None;
        if let Some(message) = self.batcher.flush() {
            self.publish(message);
        }
    }

    fn publish(&mut self, (bytes, count): (Vec<u8>, usize)) {
        let topic = self.topic.hash();
        match self.swarm.behaviour_mut().gossipsub.publish(topic, bytes) {
            Ok(_) => {
                self.pool.metrics().gossip_sent.inc_by(count as u64);
            }
            // Alone for now; the announcement to the next newcomer makes up for it.
            Err(PublishError::NoPeersSubscribedToTopic) => {}
            Err(error) => tracing::warn!(count, %error, "transactions not sent; announced later"),
        }
    }

    fn announce(&mut self) {
        self.announce_at = Moment::now() + ANNOUNCE_INTERVAL;
        let newcomer = std::mem::take(&mut self.newcomer);
        let due = self.announcer.due(&self.pool.snapshot(), newcomer);
        if !due.is_empty() {
            tracing::debug!(
                count = due.len(),
                newcomer,
                "waiting transactions announced again"
            );
        }
        for transaction in due {
            self.send(&transaction);
        }
    }

    /// Lets new peers in, and cuts off those that are gone.
    fn set_peers(&mut self, now: &[GossipPeer]) {
        let stay: BTreeSet<PeerId> = now.iter().map(|peer| peer_id(&peer.key)).collect();
        for gone in self
            .peers
            .ids()
            .filter(|id| !stay.contains(id))
            .collect::<Vec<_>>()
        {
            self.peers.remove(&gone);
            self.swarm.behaviour_mut().pinned.disallow_peer(gone);
        }
        for peer in now {
            match parse(&peer.name, &peer.address) {
                Ok(address) => self.know(peer, address),
                Err(error) => tracing::error!(%error, "a validator cannot be reached"),
            }
        }
        self.measure();
    }

    /// A peer that is banned stays so, whatever is said of it.
    fn know(&mut self, peer: &GossipPeer, address: Multiaddr) {
        let (id, now) = (peer_id(&peer.key), Instant::now());
        if !self.peers.is_at(&id, &address, now) {
            self.swarm.behaviour_mut().pinned.allow_peer(id);
            self.peers.add(id, peer.name.clone(), address, now);
        }
    }

    fn look_for_peers(&mut self) {
        let now = Instant::now();
        for peer in self.peers.pardoned(now) {
            self.swarm.behaviour_mut().pinned.allow_peer(peer);
        }
        for (peer, address) in self.peers.due(now) {
            self.routes
                .spawn(async move { (peer, resolve(address).await) });
        }
    }

    fn dial(&mut self, peer: &PeerId, route: Result<Multiaddr, String>) {
        let dialled = route.and_then(|address| {
            let options = DialOpts::peer_id(*peer)
                .condition(PeerCondition::DisconnectedAndNotDialing)
                .addresses(vec![address])
                .build();
            self.swarm.dial(options).map_err(|error| error.to_string())
        });
        if let Err(error) = dialled {
            self.dial_failed(peer, &error);
        }
    }

    fn dial_failed(&mut self, peer: &PeerId, error: &str) {
        if let Some(pause) = self.peers.failed(peer, Instant::now()) {
            let name = self.peers.name(peer);
            tracing::debug!(%name, ?pause, %error, "peer not reached; dialled again after a pause");
        }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                ..
            } => self.on_opened(&peer_id, connection_id),
            SwarmEvent::ConnectionClosed {
                peer_id,
                connection_id,
                cause,
                ..
            } => {
                if self.peers.closed(&peer_id, connection_id, Instant::now()) {
                    let name = self.peers.name(&peer_id);
                    tracing::info!(%name, ?cause, "peer of the gossip is gone");
                }
                self.measure();
            }
            SwarmEvent::OutgoingConnectionError {
                peer_id: Some(peer),
                error,
                ..
            } => self.dial_failed(&peer, &error.to_string()),
            SwarmEvent::IncomingConnectionError {
                send_back_addr,
                error,
                peer_id,
                ..
            } => {
                tracing::debug!(from = %send_back_addr, ?peer_id, %error, "connection refused");
            }
            SwarmEvent::ListenerClosed { reason, .. } => {
                tracing::error!(
                    ?reason,
                    "gossip no longer listens; it still dials its peers"
                );
            }
            SwarmEvent::Behaviour(BehaviourEvent::Gossipsub(event)) => self.on_gossip(event),
            _ => {}
        }
    }

    fn on_opened(&mut self, peer: &PeerId, connection: ConnectionId) {
        for surplus in self.peers.opened(peer, connection) {
            self.swarm.close_connection(surplus);
        }
        tracing::info!(name = %self.peers.name(peer), "peer of the gossip connected");
        self.measure();
    }

    fn measure(&mut self) {
        let connected = self.peers.connected();
        let gauge = i64::try_from(connected).unwrap_or(i64::MAX);
        self.pool.metrics().gossip_peers.set(gauge);
        self.count
            .send_if_modified(|count| std::mem::replace(count, connected) != connected);
    }
}
