//! The swarm: TCP, Noise, Yamux, gossipsub, and a gate that lets pinned peers in and nobody else.

use std::collections::HashSet;
use std::time::Duration;

use libp2p::gossipsub::{
    self, IdentTopic, IdentityTransform, MessageAuthenticity, MessageId, ValidationMode,
    WhitelistSubscriptionFilter,
};
use libp2p::swarm::NetworkBehaviour;
use libp2p::{
    PeerId, Swarm, SwarmBuilder, allow_block_list, connection_limits, identity, noise, tcp, yamux,
};
use yilian_crypto::{Digest, PublicKey, SecretKey};

use super::StartError;
use super::limits::{HANDSHAKE_TIMEOUT, HANDSHAKES_MAX, MESSAGE_BYTES_MAX};

pub(super) type Gossipsub = gossipsub::Behaviour<IdentityTransform, WhitelistSubscriptionFilter>;

/// The gate stands first: a stranger is turned away when its handshake has shown who it is, before any other protocol.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    pub(super) handshakes: connection_limits::Behaviour,
    pub(super) pinned: allow_block_list::Behaviour<allow_block_list::AllowedPeers>,
    pub(super) gossipsub: Gossipsub,
}

/// The libp2p identity of a validator key.
///
/// # Panics
/// Never: a [`PublicKey`] is a point of the curve.
pub fn peer_id(key: &PublicKey) -> PeerId {
    let key = identity::ed25519::PublicKey::try_from_bytes(key.as_bytes())
        .expect("a validator key is a point of the curve");
    identity::PublicKey::from(key).to_peer_id()
}

/// The topic of a chain.
pub(super) fn topic(chain_id: &str) -> IdentTopic {
    IdentTopic::new(format!("yilian/{chain_id}/transactions/v2"))
}

fn transport(error: impl ToString) -> StartError {
    StartError::Transport {
        reason: error.to_string(),
    }
}

fn keypair(key: &SecretKey) -> Result<identity::Keypair, StartError> {
    let mut seed = key.seed();
    let secret = identity::ed25519::SecretKey::try_from_bytes(&mut seed).map_err(transport)?;
    Ok(identity::ed25519::Keypair::from(secret).into())
}

/// Messages are known by the hash of their content: a batch that comes over two ways is one message.
fn message_id(message: &gossipsub::Message) -> MessageId {
    MessageId::from(Digest::sha256(&message.data).as_bytes().to_vec())
}

/// Nothing is passed on before [`super::inspect`] has judged it (`validate_messages`), and who sent it is known by its
/// connection: messages carry no author and no signature of their own, which each node would check over all of their bytes.
fn gossipsub(topic: &IdentTopic) -> Result<Gossipsub, StartError> {
    let config = gossipsub::ConfigBuilder::default()
        .validation_mode(ValidationMode::Anonymous)
        .validate_messages()
        .message_id_fn(message_id)
        .max_transmit_size(MESSAGE_BYTES_MAX.saturating_add(1_024))
        .max_messages_per_rpc(Some(64))
        .heartbeat_interval(Duration::from_millis(700))
        .build()
        .map_err(transport)?;
    let filter = WhitelistSubscriptionFilter(HashSet::from([topic.hash()]));
    let authenticity = MessageAuthenticity::Anonymous;
    let mut gossipsub =
        Gossipsub::new_with_subscription_filter(authenticity, config, filter).map_err(transport)?;
    gossipsub.subscribe(topic).map_err(transport)?;
    Ok(gossipsub)
}

/// Builds the swarm of a key; it neither listens nor dials.
pub(super) fn swarm(
    key: &SecretKey,
    topic: &IdentTopic,
    pinned: impl Iterator<Item = PeerId>,
) -> Result<Swarm<Behaviour>, StartError> {
    let keypair = keypair(key)?;
    let limits = connection_limits::ConnectionLimits::default()
        .with_max_pending_incoming(Some(HANDSHAKES_MAX));
    let mut behaviour = Behaviour {
        handshakes: connection_limits::Behaviour::new(limits),
        pinned: allow_block_list::Behaviour::default(),
        gossipsub: gossipsub(topic)?,
    };
    for peer in pinned {
        behaviour.pinned.allow_peer(peer);
    }
    let swarm = SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(
            tcp::Config::default().nodelay(true),
            noise::Config::new,
            yamux::Config::default,
        )
        .map_err(transport)?
        .with_behaviour(|_| behaviour)
        .map_err(transport)?
        .with_swarm_config(|config| {
            // Peers are few and pinned: a silent connection stays.
            config
                .with_idle_connection_timeout(Duration::from_secs(86_400))
                .with_max_negotiating_inbound_streams(32)
        })
        .with_connection_timeout(HANDSHAKE_TIMEOUT)
        .build();
    Ok(swarm)
}
