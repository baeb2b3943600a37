//! The engine's settings, from ours.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use malachite_app_channel::app::config::{
    ChannelNames, ConsensusConfig, GossipSubConfig, NodeConfig, P2pConfig, ProtocolNames,
    PubSubMaxSizePerTopic, PubSubProtocol, ValuePayload, ValueSyncConfig,
};
use yilian_primitives::limits::VALIDATORS_MAX;

use crate::config::{EngineConfig, Peer};
use crate::handle::StartError;
use crate::identity::peer_id;
use crate::wire::{PART_BYTES_MAX, RESPONSE_BYTES_MAX};

/// Largest message that is gossiped: a part, its signature and frame.
const GOSSIP_BYTES_MAX: usize = PART_BYTES_MAX + 4 * 1_024;
/// Largest vote, proposal or certificate that is gossiped.
const VOTES_BYTES_MAX: usize = 48 * 1_024;
/// Beside the blocks themselves: certificates and frames.
const RESPONSE_OVERHEAD_BYTES: usize = 1 << 20;

/// How often a node tells its peers what height it has. At zero the engine would tell it once per decision and once per
/// new peer, and nothing repeats what was lost: on a chain that has halted, the node whose return would end the halt
/// might never learn how far behind it is.
const STATUS_INTERVAL: Duration = Duration::from_millis(500);

/// Settings of one node.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    moniker: String,
    consensus: ConsensusConfig,
    sync: ValueSyncConfig,
}

impl Settings {
    pub(crate) fn new(config: &EngineConfig, chain_id: &str) -> Result<Self, StartError> {
        let consensus = ConsensusConfig {
            enabled: true,
            p2p: p2p(config, chain_id)?,
            // The only form in which the application may refuse a block.
            value_payload: ValuePayload::ProposalAndParts,
            queue_capacity: 16,
            // Two votes per validator, a proposal and its value, over 16 rounds, for as many as there can ever be.
            queue_per_height_capacity: (VALIDATORS_MAX * 2 + 2) * 16,
        };
        let sync = ValueSyncConfig {
            status_update_interval: STATUS_INTERVAL,
            request_timeout: Duration::from_secs(5),
            max_response_size: bytes(response_bytes_max(config)),
            ..ValueSyncConfig::default()
        };
        Ok(Settings {
            moniker: config.moniker.clone(),
            consensus,
            sync,
        })
    }
}

/// Bytes of blocks in one answer to a peer that catches up: at least the largest block, or it could never be given.
pub(crate) fn response_blocks_bytes(config: &EngineConfig) -> usize {
    let most = RESPONSE_BYTES_MAX - 2 * RESPONSE_OVERHEAD_BYTES;
    config.block_bytes_max.saturating_mul(2).min(most)
}

fn response_bytes_max(config: &EngineConfig) -> usize {
    response_blocks_bytes(config) + RESPONSE_OVERHEAD_BYTES
}

/// Where a peer is dialled. Pinned: whoever answers there must prove the validator's key.
pub(crate) fn pinned<A>(peer: &Peer) -> Result<A, StartError>
where
    A: FromStr,
    A::Err: Display,
{
    let pinned = format!("{}/p2p/{}", peer.address, peer_id(&peer.public_key));
    address(&peer.name, &pinned)
}

fn p2p(config: &EngineConfig, chain_id: &str) -> Result<P2pConfig, StartError> {
    let peers = config.peers.iter().map(pinned);
    let mut p2p = P2pConfig {
        listen_addr: address("this node", &config.listen)?,
        persistent_peers: peers.collect::<Result<_, _>>()?,
        persistent_peers_only: true,
        // Every validator knows every other, so: score, always forward to known peers, publish to all.
        protocol: PubSubProtocol::GossipSub(GossipSubConfig::new(6, 12, 4, 2, true, true, true)),
        pubsub_max_size: bytes(GOSSIP_BYTES_MAX),
        pubsub_max_size_per_topic: PubSubMaxSizePerTopic {
            consensus: Some(bytes(VOTES_BYTES_MAX)),
            proposal_parts: Some(bytes(PART_BYTES_MAX)),
            liveness: Some(bytes(VOTES_BYTES_MAX)),
        },
        rpc_max_size: bytes(response_bytes_max(config) + RESPONSE_OVERHEAD_BYTES),
        protocol_names: protocol_names(chain_id),
        channel_names: channel_names(chain_id),
        ..P2pConfig::default()
    };
    // Several centres may stand behind one address. Peers are pinned, so this guards nothing here.
    p2p.discovery.enabled = false;
    p2p.discovery.max_connections_per_ip = VALIDATORS_MAX * 4;
    Ok(p2p)
}

/// Names with the chain in them: nodes of two chains cannot talk past each other.
fn protocol_names(chain_id: &str) -> ProtocolNames {
    let name = |what| format!("/yilian/{chain_id}/{what}/v1");
    ProtocolNames {
        consensus: name("consensus"),
        discovery_kad: name("discovery-kad"),
        discovery_regres: name("discovery"),
        sync: name("sync"),
        validator_proof: name("validator-proof"),
    }
}

fn channel_names(chain_id: &str) -> ChannelNames {
    let name = |what| format!("/{chain_id}/{what}");
    ChannelNames {
        consensus: name("consensus"),
        proposal_parts: name("proposal-parts"),
        sync: name("sync"),
        liveness: name("liveness"),
    }
}

fn address<A>(of: &str, text: &str) -> Result<A, StartError>
where
    A: FromStr,
    A::Err: Display,
{
    text.parse().map_err(|error: A::Err| StartError::Address {
        of: of.to_owned(),
        got: text.to_owned(),
        reason: error.to_string(),
    })
}

fn bytes(count: usize) -> ByteSize {
    ByteSize::b(count as u64)
}

impl NodeConfig for Settings {
    fn moniker(&self) -> &str {
        &self.moniker
    }

    fn consensus(&self) -> &ConsensusConfig {
        &self.consensus
    }

    fn consensus_mut(&mut self) -> &mut ConsensusConfig {
        &mut self.consensus
    }

    fn value_sync(&self) -> &ValueSyncConfig {
        &self.sync
    }

    fn value_sync_mut(&mut self) -> &mut ValueSyncConfig {
        &mut self.sync
    }
}
