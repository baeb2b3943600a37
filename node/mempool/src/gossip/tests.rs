use std::collections::HashSet;
use std::future::Future;

use libp2p::Swarm;
use libp2p::futures::StreamExt;
use libp2p::swarm::SwarmEvent;
use yilian_primitives::TxId;

use super::network::Behaviour;
use super::*;
use crate::PoolLimits;
use crate::testing::{NOW_MS, key, transaction, with_sponsor};

const ANYWHERE: &str = "/ip4/127.0.0.1/tcp/0";

struct TestNode {
    pool: Arc<Pool>,
    gossip: Gossip,
}

fn peer(seed: u8, address: &str) -> GossipPeer {
    GossipPeer {
        name: format!("centre-{seed}"),
        key: key(seed).public_key(),
        address: address.to_owned(),
    }
}

/// Starts a node that dials `others` by their addresses; those without one only may dial it.
async fn start_on(seed: u8, listen: &str, others: &[(u8, String)]) -> TestNode {
    let pool = Arc::new(Pool::new(PoolLimits::default(), None));
    start_with(seed, listen, others, pool).await
}

async fn start_with(seed: u8, listen: &str, others: &[(u8, String)], pool: Arc<Pool>) -> TestNode {
    let config = GossipConfig {
        chain_id: "yilian-test".to_owned(),
        key: key(seed),
        listen: listen.to_owned(),
        peers: others
            .iter()
            .map(|(seed, address)| peer(*seed, address))
            .collect(),
    };
    let inner = pool.clone();
    let admit: Admit = Arc::new(move |tx| inner.insert_shared_alone(tx, NOW_MS).map(|_| ()));
    let gossip = Gossip::start(config, pool.clone(), admit)
        .await
        .expect("starts");
    TestNode { pool, gossip }
}

impl TestNode {
    fn address(&self) -> String {
        self.gossip.address().to_string()
    }

    fn accept(&self, sender: u8, number: u64) -> TxId {
        let tx = transaction(sender, number);
        self.pool.insert_alone(tx.clone(), NOW_MS).expect("room");
        self.gossip.publish(tx.clone());
        tx.id()
    }

    async fn connected_to(&self, count: usize) {
        let mut peers = self.gossip.peers();
        within(peers.wait_for(|connected| *connected == count))
            .await
            .expect("runs");
    }

    async fn gets(&self, ids: &[TxId]) {
        let mut arrivals = self.pool.subscribe();
        let all = async {
            while !ids.iter().all(|id| self.pool.contains(id)) {
                arrivals.changed().await.expect("the pool is there");
            }
        };
        within(all).await;
    }
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), future)
        .await
        .expect("in time")
}

/// An address where nothing listens: for peers that dial us.
fn nowhere() -> String {
    "/ip4/127.0.0.1/tcp/1".to_owned()
}

/// Three nodes; each dials those before it.
async fn three() -> [TestNode; 3] {
    let first = start_on(1, ANYWHERE, &[(2, nowhere()), (3, nowhere())]).await;
    let second = start_on(2, ANYWHERE, &[(1, first.address()), (3, nowhere())]).await;
    let to = [(1, first.address()), (2, second.address())];
    let third = start_on(3, ANYWHERE, &to).await;
    for node in [&first, &second, &third] {
        node.connected_to(2).await;
    }
    [first, second, third]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_takes_all_nodes_get() {
    let nodes = three().await;
    let mut ids = Vec::new();
    for (node, sender) in nodes.iter().zip(1..) {
        ids.extend((0..200).map(|number| node.accept(sender, number)));
    }
    for node in &nodes {
        node.gets(&ids).await;
        assert_eq!(node.pool.len(), 600);
        assert_eq!(node.pool.metrics().gossip_malformed.get(), 0);
    }
    for node in nodes {
        within(node.gossip.stop()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_away_gets_what_waits() {
    let [first, second, third] = three().await;
    let listen = third.address();
    within(third.gossip.stop()).await;
    first.connected_to(1).await;
    let id = first.accept(9, 1);
    second.gets(&[id]).await;
    let to = [(1, first.address()), (2, second.address())];
    let third = start_on(3, &listen, &to).await;
    third.gets(&[id]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_journal_brought_back_is_announced() {
    let first = start_on(1, ANYWHERE, &[(2, nowhere())]).await;
    let pool = Arc::new(Pool::new(PoolLimits::default(), None));
    assert_eq!(
        pool.restore(vec![with_sponsor(transaction(9, 1))], NOW_MS),
        1
    );
    let _second = start_with(2, ANYWHERE, &[(1, first.address())], pool).await;
    first.gets(&[transaction(9, 1).id()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_peer_is_found_again() {
    let first = start_on(1, ANYWHERE, &[(2, nowhere())]).await;
    let listen = first.address();
    let by_name = listen.replace("/ip4/127.0.0.1/", "/dns4/localhost/");
    let second = start_on(2, ANYWHERE, &[(1, by_name)]).await;
    second.connected_to(1).await;
    within(first.gossip.stop()).await;
    second.connected_to(0).await;
    let first = start_on(1, &listen, &[(2, nowhere())]).await;
    second.connected_to(1).await;
    first.connected_to(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_pass_on_what_their_neighbours_cannot_hear() {
    // 1 and 3 know of each other but are not connected.
    let first = start_on(1, ANYWHERE, &[(2, nowhere()), (3, nowhere())]).await;
    let third = start_on(3, ANYWHERE, &[(1, nowhere()), (2, nowhere())]).await;
    let middle = start_on(2, ANYWHERE, &[(1, first.address()), (3, third.address())]).await;
    middle.connected_to(2).await;
    let there = first.accept(9, 1);
    let back = third.accept(9, 2);
    third.gets(&[there]).await;
    first.gets(&[back]).await;
    assert_eq!(*first.gossip.peers().borrow(), 1);
}

/// A swarm with a key of its own and no manners.
async fn dial_with(seed: u8, target: &TestNode) -> Swarm<Behaviour> {
    let target_id = peer_id(&key(1).public_key());
    let topic = network::topic("yilian-test");
    let mut swarm =
        network::swarm(&key(seed), &topic, std::iter::once(target_id)).expect("a swarm");
    swarm.dial(target.gossip.address().clone()).expect("dials");
    swarm
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_turned_away_after_its_handshake() {
    let node = start_on(1, ANYWHERE, &[(2, nowhere())]).await;
    let mut stranger = dial_with(66, &node).await;
    let closed = async {
        loop {
            match stranger.select_next_some().await {
                SwarmEvent::ConnectionClosed { .. }
                | SwarmEvent::OutgoingConnectionError { .. } => {
                    break;
                }
                SwarmEvent::Behaviour(event) => {
                    assert!(
                        !format!("{event:?}").contains("Subscribed"),
                        "no gossip: {event:?}"
                    );
                }
                _ => {}
            }
        }
    };
    within(closed).await;
    assert_eq!(*node.gossip.peers().borrow(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_of_garbage_is_cut_off_and_does_no_harm() {
    let node = start_on(1, ANYWHERE, &[(2, nowhere()), (3, nowhere())]).await;
    let honest = start_on(3, ANYWHERE, &[(1, node.address())]).await;
    honest.connected_to(1).await;
    let mut villain = dial_with(2, &node).await;
    let topic = network::topic("yilian-test").hash();
    let mut sent = 0u8;
    let attack = async {
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        loop {
            tokio::select! {
                event = villain.select_next_some() => {
                    if matches!(event, SwarmEvent::ConnectionClosed { .. }) {
                        break;
                    }
                }
                _ = tick.tick() => {
                    let garbage = vec![sent; 1_000 + usize::from(sent)];
                    if villain.behaviour_mut().gossipsub.publish(topic.clone(), garbage).is_ok() {
                        sent = sent.wrapping_add(1);
                    }
                }
            }
        }
    };
    within(attack).await;
    assert!(u32::from(sent) >= limits::STRIKES);
    assert!(node.pool.metrics().gossip_malformed.get() >= u64::from(limits::STRIKES));
    // Cut off, also when it comes again.
    let mut again = dial_with(2, &node).await;
    let refused = async {
        loop {
            let event = again.select_next_some().await;
            if matches!(event, SwarmEvent::ConnectionClosed { .. }) {
                break;
            }
        }
    };
    within(refused).await;
    // The honest one is heard as before.
    let id = honest.accept(9, 1);
    node.gets(&[id]).await;
    assert_eq!(
        honest.pool.metrics().gossip_malformed.get(),
        0,
        "garbage is not passed on"
    );
}

#[tokio::test]
async fn a_wrong_address_and_a_taken_port_are_named() {
    let pool = || Arc::new(Pool::new(PoolLimits::default(), None));
    let admit: Admit = Arc::new(|_| Ok(()));
    let mut config = GossipConfig {
        chain_id: "yilian-test".to_owned(),
        key: key(1),
        listen: ANYWHERE.to_owned(),
        peers: vec![peer(2, "lanzhou.example:27100")],
    };
    let error = Gossip::start(config.clone(), pool(), admit.clone())
        .await
        .expect_err("no address");
    assert!(error.to_string().contains("centre-2") && error.to_string().contains("lanzhou"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    config.peers.clear();
    config.listen = format!("/ip4/127.0.0.1/tcp/{port}");
    let error = Gossip::start(config, pool(), admit)
        .await
        .expect_err("taken");
    assert!(matches!(error, StartError::Listen { .. }), "{error}");
}

#[test]
fn identities_differ_between_keys() {
    let ids: HashSet<_> = (1..50)
        .map(|seed| peer_id(&key(seed).public_key()))
        .collect();
    assert_eq!(ids.len(), 49);
}
