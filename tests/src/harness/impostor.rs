//! A peer with a real validator's key that speaks the network's protocols and means no good.

use std::time::{Duration, Instant};

use libp2p::futures::StreamExt as _;
use libp2p::gossipsub::{self, IdentTopic, MessageAuthenticity, MessageId, ValidationMode};
use libp2p::swarm::NetworkBehaviour;
use libp2p::{Multiaddr, Swarm, SwarmBuilder, identify, identity, noise, tcp, yamux};
use yilian_crypto::SecretKey;

/// How long the impostor tries to be heard.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two messages, so that each is judged by itself.
const PAUSE: Duration = Duration::from_millis(100);

/// The engine talks to nobody who does not name its protocol.
const PROTOCOL: &str = "/yilian/yilian-local/consensus/v1";

#[derive(NetworkBehaviour)]
struct Behaviour {
    identify: identify::Behaviour,
    gossip: gossipsub::Behaviour,
    /// Unused, but the engine closes a connection over which it is not spoken.
    broadcast: libp2p_scatter::Behaviour,
}

/// Whether the messages of a network name their author and carry its signature.
#[derive(Clone, Copy)]
pub enum Messages {
    /// As in consensus.
    Signed,
    /// As in the gossip of transactions.
    Anonymous,
}

/// Messages without an author are told apart by what they hold.
fn message_id(message: &gossipsub::Message) -> MessageId {
    let topic = message.topic.as_str().as_bytes();
    MessageId::from([topic, &message.data].concat())
}

fn swarm(key: &SecretKey, form: Messages) -> Swarm<Behaviour> {
    let mut seed = key.seed();
    let secret = identity::ed25519::SecretKey::try_from_bytes(&mut seed).expect("a key");
    let keypair = identity::Keypair::from(identity::ed25519::Keypair::from(secret));
    let (authenticity, mode) = match form {
        Messages::Signed => (
            MessageAuthenticity::Signed(keypair.clone()),
            ValidationMode::Strict,
        ),
        Messages::Anonymous => (MessageAuthenticity::Anonymous, ValidationMode::Anonymous),
    };
    let config = gossipsub::ConfigBuilder::default()
        .max_transmit_size(4 << 20)
        .validation_mode(mode)
        .message_id_fn(message_id)
        .build()
        .expect("settings");
    let behaviour = Behaviour {
        identify: identify::Behaviour::new(identify::Config::new(
            PROTOCOL.to_owned(),
            keypair.public(),
        )),
        gossip: gossipsub::Behaviour::new(authenticity, config).expect("gossip"),
        broadcast: libp2p_scatter::Behaviour::new(libp2p_scatter::Config::default()),
    };
    SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(
            tcp::Config::default().nodelay(true),
            noise::Config::new,
            yamux::Config::default,
        )
        .expect("transport")
        .with_behaviour(|_| behaviour)
        .expect("behaviour")
        .with_swarm_config(|config| config.with_idle_connection_timeout(PATIENCE))
        .build()
}

/// Joins the topics at an address and publishes the messages on each, until all were sent or the node hung up. Gives how
/// many went out.
pub fn publish(
    key: &SecretKey,
    address: &str,
    form: Messages,
    topics: &[&str],
    messages: &[Vec<u8>],
) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("runtime");
    runtime.block_on(speak(key, address, form, topics, messages))
}

async fn speak(
    key: &SecretKey,
    address: &str,
    form: Messages,
    topics: &[&str],
    messages: &[Vec<u8>],
) -> usize {
    let mut swarm = swarm(key, form);
    let topics: Vec<IdentTopic> = topics.iter().map(|topic| IdentTopic::new(*topic)).collect();
    for topic in &topics {
        let gossip = &mut swarm.behaviour_mut().gossip;
        gossip.subscribe(topic).expect("subscribes");
    }
    let address: Multiaddr = address.parse().expect("address");
    let mut waiting: Vec<(&IdentTopic, &Vec<u8>)> = topics
        .iter()
        .flat_map(|topic| messages.iter().map(move |message| (topic, message)))
        .collect();
    let (all, started) = (waiting.len(), Instant::now());
    while let Some((topic, message)) = waiting.last() {
        let gossip = &mut swarm.behaviour_mut().gossip;
        let sent = gossip.publish((*topic).clone(), (*message).clone());
        let connected = swarm.connected_peers().next().is_some();
        if sent.is_ok() {
            waiting.pop();
        } else if started.elapsed() > PATIENCE || (waiting.len() < all && !connected) {
            // The node hung up on what it heard.
            break;
        } else if !connected {
            // The node may still hold the real validator's connection, and dials are refused while one is under way.
            let _ = swarm.dial(address.clone());
        }
        listen(&mut swarm, PAUSE).await;
    }
    listen(&mut swarm, PAUSE * 10).await;
    all - waiting.len()
}

/// Lets the connections work for a while.
async fn listen(swarm: &mut Swarm<Behaviour>, time: Duration) {
    let _ = tokio::time::timeout(time, async { while swarm.next().await.is_some() {} }).await;
}
