//! Whom to dial, and when: every absent peer, for ever, with growing pauses.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId};

use super::limits::{BAN, CONNECTIONS_PER_PEER, DIAL_PAUSE_MAX, DIAL_PAUSE_MIN};

/// The pinned peers.
#[derive(Debug, Default)]
pub(super) struct Peers {
    book: BTreeMap<PeerId, Peer>,
}

#[derive(Debug)]
struct Peer {
    name: String,
    address: Multiaddr,
    connections: Vec<ConnectionId>,
    dialling: bool,
    pause: Duration,
    dial_at: Instant,
    banned_until: Option<Instant>,
}

impl Peers {
    pub(super) fn add(&mut self, id: PeerId, name: String, address: Multiaddr, now: Instant) {
        let peer = Peer {
            name,
            address,
            connections: Vec::new(),
            dialling: false,
            pause: DIAL_PAUSE_MIN,
            dial_at: now,
            banned_until: None,
        };
        self.book.insert(id, peer);
    }

    /// Notes where a known peer is found now; false if the peer is not known.
    pub(super) fn is_at(&mut self, id: &PeerId, address: &Multiaddr, now: Instant) -> bool {
        let Some(peer) = self.book.get_mut(id) else {
            return false;
        };
        if peer.address != *address {
            peer.address.clone_from(address);
            peer.pause = DIAL_PAUSE_MIN;
            peer.dial_at = now;
        }
        true
    }

    /// Forgets a peer. Its connections are closed by whoever cuts it off.
    pub(super) fn remove(&mut self, id: &PeerId) {
        self.book.remove(id);
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = PeerId> {
        self.book.keys().copied()
    }

    /// Name of a peer for the log.
    pub(super) fn name(&self, id: &PeerId) -> String {
        let known = self.book.get(id).map(|peer| peer.name.clone());
        known.unwrap_or_else(|| format!("stranger {id}"))
    }

    /// Number of connected peers.
    pub(super) fn connected(&self) -> usize {
        let connected = |peer: &&Peer| !peer.connections.is_empty();
        self.book.values().filter(connected).count()
    }

    /// The peers to dial now. The caller dials each and tells how it went.
    pub(super) fn due(&mut self, now: Instant) -> Vec<(PeerId, Multiaddr)> {
        let mut absent_ones = Vec::new();
        for (id, peer) in &mut self.book {
            let absent = peer.connections.is_empty() && !peer.dialling;
            if absent && peer.banned_until.is_none() && peer.dial_at <= now {
                peer.dialling = true;
                absent_ones.push((*id, peer.address.clone()));
            }
        }
        absent_ones
    }

    /// A dial failed: the pause doubles. Gives the new pause if the peer is known and absent.
    pub(super) fn failed(&mut self, id: &PeerId, now: Instant) -> Option<Duration> {
        let peer = self.book.get_mut(id)?;
        peer.dialling = false;
        let pause = peer.pause;
        peer.dial_at = now + pause;
        peer.pause = pause.saturating_mul(2).min(DIAL_PAUSE_MAX);
        peer.connections.is_empty().then_some(pause)
    }

    /// A connection is open; gives the oldest ones that are too many. The newest are right: a peer that lost power
    /// left connections behind that look open.
    pub(super) fn opened(&mut self, id: &PeerId, connection: ConnectionId) -> Vec<ConnectionId> {
        let Some(peer) = self.book.get_mut(id) else {
            return vec![connection];
        };
        peer.dialling = false;
        peer.pause = DIAL_PAUSE_MIN;
        peer.connections.push(connection);
        let surplus = peer.connections.len().saturating_sub(CONNECTIONS_PER_PEER);
        peer.connections.iter().take(surplus).copied().collect()
    }

    /// A connection has closed; true if it was the last one of the peer.
    pub(super) fn closed(&mut self, id: &PeerId, connection: ConnectionId, now: Instant) -> bool {
        let Some(peer) = self.book.get_mut(id) else {
            return false;
        };
        peer.connections.retain(|open| *open != connection);
        peer.dial_at = now + peer.pause;
        peer.connections.is_empty()
    }

    /// Neither dials nor admits a peer for [`BAN`].
    pub(super) fn ban(&mut self, id: &PeerId, now: Instant) {
        if let Some(peer) = self.book.get_mut(id) {
            peer.banned_until = Some(now + BAN);
        }
    }

    /// Peers whose ban is over, each given once.
    pub(super) fn pardoned(&mut self, now: Instant) -> Vec<PeerId> {
        let mut over = Vec::new();
        for (id, peer) in &mut self.book {
            if peer.banned_until.is_some_and(|until| until <= now) {
                peer.banned_until = None;
                over.push(*id);
            }
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_peer(now: Instant) -> (Peers, PeerId) {
        let (mut peers, id) = (Peers::default(), PeerId::random());
        let address = "/ip4/127.0.0.1/tcp/1".parse().expect("an address");
        peers.add(id, "lanzhou".to_owned(), address, now);
        (peers, id)
    }

    #[test]
    fn an_absent_peer_is_dialled_for_ever_with_growing_pauses() {
        let mut now = Instant::now();
        let (mut peers, id) = one_peer(now);
        for attempt in 0..100u32 {
            assert_eq!(peers.due(now).len(), 1, "attempt {attempt}");
            assert!(peers.due(now).is_empty(), "one dial at a time");
            let pause = peers.failed(&id, now).expect("absent");
            assert!((DIAL_PAUSE_MIN..=DIAL_PAUSE_MAX).contains(&pause));
            assert!(peers.due(now).is_empty());
            now += pause;
        }
    }

    #[test]
    fn a_connected_peer_is_not_dialled_and_a_lost_one_soon_is() {
        let now = Instant::now();
        let (mut peers, id) = one_peer(now);
        let connection = ConnectionId::new_unchecked(1);
        assert!(peers.opened(&id, connection).is_empty());
        assert_eq!(peers.connected(), 1);
        assert!(peers.due(now + DIAL_PAUSE_MAX).is_empty());
        assert!(peers.closed(&id, connection, now));
        assert_eq!(peers.due(now + DIAL_PAUSE_MIN).len(), 1);
    }

    #[test]
    fn the_newest_connections_of_a_peer_are_kept() {
        let (mut peers, id) = one_peer(Instant::now());
        let connection = ConnectionId::new_unchecked;
        assert!(peers.opened(&id, connection(1)).is_empty());
        assert!(peers.opened(&id, connection(2)).is_empty());
        assert_eq!(peers.opened(&id, connection(3)), [connection(1)]);
        assert_eq!(
            peers.opened(&PeerId::random(), connection(9)),
            [connection(9)]
        );
    }

    #[test]
    fn a_banned_peer_is_left_alone_until_its_ban_is_over() {
        let now = Instant::now();
        let (mut peers, id) = one_peer(now);
        peers.ban(&id, now);
        assert!(peers.due(now).is_empty());
        assert!(peers.pardoned(now).is_empty());
        assert_eq!(peers.pardoned(now + BAN), [id]);
        assert!(peers.pardoned(now + BAN).is_empty(), "once");
        assert_eq!(peers.due(now + BAN).len(), 1);
    }
}
