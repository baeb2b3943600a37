//! A validator that attacks the others, for tests of what they make of it. No shipped program holds it.
//!
//! Three things stand between an honest engine and its network. The proxy of the engine's makers drops votes and proposals
//! and signs second ones. Before it stands [`Liar`], which forgets what it was locked on, says old things again, and lies
//! about its height. Parts of blocks go through [`parts`], which withholds and mangles them. Blocks that are wrong in
//! themselves come from the chain behind the port.
//!
//! All messages are gossiped, and everybody hands on what it hears, so a liar cannot tell different validators different
//! things for long; it can only tell all of them several.

mod attack;
mod ear;
mod liar;
mod parts;
mod twice;

use liar::Liar;
use malachite_app_channel::app::config::NodeConfig as _;
use malachite_app_channel::app::metrics::SharedRegistry;
use malachite_app_channel::spawn::spawn_network_actor;
use malachite_app_channel::{NetworkIdentity, NetworkMsg};
use malachite_engine::network::NetworkRef;
use malachite_engine_byzantine::ByzantineNetworkProxy;
use parts::Mangler;
use tokio::sync::mpsc;
use yilian_crypto::Digest;
use yilian_primitives::{Address, BlockRef};

pub use attack::Attack;

use crate::config::EngineConfig;
use crate::context::{self, BlockValue, YilianContext};
use crate::settings::Settings;
use crate::signing::Signer;
use crate::wire::Wire;

/// A network actor, and the channel on which the application publishes parts.
type Network = (
    NetworkRef<YilianContext>,
    mpsc::Sender<NetworkMsg<YilianContext>>,
);

/// The network of a validator that attacks, and the way on which its parts go out.
pub(crate) async fn network(
    config: &EngineConfig,
    settings: &Settings,
    identity: NetworkIdentity,
    chain_id: &str,
) -> Result<Network, String> {
    let registry = SharedRegistry::global().with_moniker(settings.moniker());
    let spawned = spawn_network_actor(
        identity,
        settings.consensus(),
        settings.value_sync(),
        &registry,
        Wire,
    );
    let (network, parts) = spawned.await.map_err(|error| format!("{error:#}"))?;
    let Some(attack) = Attack::of_environment() else {
        return Ok((network, parts));
    };
    tracing::warn!(?attack, "this validator attacks the others");
    let key = config.secret_key.clone();
    let signer = Signer::new(chain_id.to_owned(), key.clone());
    let proxy = ByzantineNetworkProxy::spawn(
        attack.of_engine(),
        network,
        Box::new(signer.clone()),
        YilianContext,
        context::Address(Address::of(&key.public_key())),
        tracing::Span::current(),
        Some(Box::new(|value| other_value(Some(value)))),
        Some(Box::new(other_value)),
    );
    let proxy = proxy.await.map_err(|error| format!("{error:#}"))?;
    let liar = Liar::stand_before(proxy, attack, signer).await?;
    let mangler = Mangler {
        attack,
        chain_id: chain_id.to_owned(),
        key,
        propose: config.timing.propose,
        block_bytes_max: config.block_bytes_max,
        turn: 0,
        whole: Vec::new(),
    };
    Ok((liar, mangler.before(parts)))
}

/// What to vote for besides: the second block that was proposed, or one that nobody has.
fn other_value(value: Option<&BlockValue>) -> BlockValue {
    if let Some(second) = twice::second().filter(|second| Some(second) != value) {
        return second;
    }
    let hash = value.map_or(Digest::ZERO, |value| value.0.header_hash);
    let (log_size, log_root) = value.map_or((0, Digest::ZERO), |value| {
        (value.0.log_size, value.0.log_root)
    });
    BlockValue(BlockRef {
        header_hash: Digest::sha256(hash.as_bytes()),
        log_size,
        log_root,
    })
}
