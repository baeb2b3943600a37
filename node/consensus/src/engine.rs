//! Starts the engine and watches over it.

use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(not(feature = "byzantine"))]
use malachite_app_channel::NetworkContext;
use malachite_app_channel::{
    Channels, ConsensusContext, EngineBuilder, EngineHandle as RawHandle, NetworkRequest,
    RequestContext, SyncContext, WalContext,
};
use malachite_peer::PeerId;
use tokio::sync::{mpsc, oneshot, watch};
use yilian_primitives::Address;

use crate::app::App;
#[cfg(feature = "byzantine")]
use crate::byzantine;
use crate::config::EngineConfig;
use crate::context::{self, YilianContext};
use crate::handle::{EngineFailure, EngineHandle, StartError, Status};
use crate::identity::identity;
use crate::inbox::Inbox;
use crate::port::{Chain, ChainError};
use crate::roster::{self, Roster};
use crate::settings::{Settings, response_blocks_bytes};
use crate::signing::{Signer, Verifier};
use crate::streams::Streams;
use crate::tally::Tally;
use crate::wire::{LogWire, Wire};

/// Name of the engine's log in its directory.
pub(crate) const WAL: &str = "consensus.wal";
/// Requests to the engine that may wait.
const REQUESTS: usize = 16;
/// How often the list of connected peers is read.
const PEERS_INTERVAL: Duration = Duration::from_secs(1);
/// How long the engine may take to end after its queue closed. If it does not, it hangs on purpose.
const END_WAIT: Duration = Duration::from_secs(5);
/// Until the sockets of an engine that was killed are closed.
const SOCKETS_WAIT: Duration = Duration::from_millis(300);

type Ended = Result<(), ChainError>;

/// Starts an engine over a chain. It runs on the current tokio runtime, and the chain on a thread of its own.
///
/// # Panics
/// Outside a tokio runtime.
pub async fn start(config: EngineConfig, chain: impl Chain) -> Result<EngineHandle, StartError> {
    check_peers(&config)?;
    std::fs::create_dir_all(&config.home).map_err(|source| StartError::Home {
        path: config.home.clone(),
        source,
    })?;
    let (chain_id, tally) = (chain.chain_id(), Tally::default());
    let (channels, raw) = build(&config, &chain_id, tally.clone()).await?;
    let status = Arc::new(watch::Sender::new(Status::default()));
    let (stop, stopped) = watch::channel(false);
    let (peers, roster) = watch::channel(config.peers.clone().into());
    watch_peers(roster.clone(), &channels, &status, stopped.clone());
    let network = channels.net_requests.clone();
    tokio::spawn(roster::follow(roster.clone(), network, stopped.clone()));
    let wal = config.home.join(WAL).display().to_string();
    let own = Own {
        chain_id,
        tally,
        roster,
    };
    let ended = match spawn_app(config, chain, own, channels, &status, &stopped) {
        Ok(ended) => ended,
        Err(error) => {
            kill(&raw).await;
            return Err(error);
        }
    };
    let (failure, failed) = watch::channel(None);
    let supervisor = tokio::spawn(async move {
        if let Some(found) = supervise(raw, ended, stopped, wal).await {
            tracing::error!(failure = %found, "consensus stopped");
            failure.send_replace(Some(found));
        }
    });
    Ok(EngineHandle {
        peers,
        status,
        failure: failed,
        stop,
        supervisor: Some(supervisor),
    })
}

fn check_peers(config: &EngineConfig) -> Result<(), StartError> {
    let own = config.secret_key.public_key();
    for (index, peer) in config.peers.iter().enumerate() {
        let same = |other: &crate::Peer| other.public_key == peer.public_key;
        if peer.public_key == own || config.peers.iter().take(index).any(same) {
            let name = peer.name.clone();
            return Err(StartError::Peer { name });
        }
    }
    Ok(())
}

/// In whose name the engine acts: one that only follows in nobody's, so it finds itself in no set of validators.
fn own_address(config: &EngineConfig) -> Address {
    match config.signs {
        true => Address::of(&config.secret_key.public_key()),
        false => Address::NONE,
    }
}

async fn build(
    config: &EngineConfig,
    chain_id: &str,
    tally: Tally,
) -> Result<(Channels<YilianContext>, RawHandle), StartError> {
    let key = &config.secret_key;
    let settings = Settings::new(config, chain_id)?;
    let signer = Signer::new(chain_id.to_owned(), key.clone());
    let verifier = Verifier::new(chain_id.to_owned(), tally);
    let identity = identity(&config.moniker, key, &signer);
    let (address, verifier) = (context::Address(own_address(config)), Box::new(verifier));
    let consensus = match config.signs {
        true => ConsensusContext::new_validator(address, verifier, Box::new(signer)),
        false => ConsensusContext::new_full_node(address, verifier),
    };
    let wal = WalContext::new(config.home.join(WAL), LogWire);
    #[cfg(feature = "byzantine")]
    let network = byzantine::network(config, &settings, identity, chain_id).await;
    let builder = EngineBuilder::new(YilianContext, settings).with_default_wal(wal);
    #[cfg(not(feature = "byzantine"))]
    let builder = builder.with_default_network(NetworkContext::new(identity, Wire));
    #[cfg(feature = "byzantine")]
    let builder = {
        let (network, parts) = network.map_err(|reason| StartError::Engine { reason })?;
        builder.with_custom_network(network, parts)
    };
    builder
        .with_default_sync(SyncContext::new(Wire))
        .with_default_consensus(consensus)
        .with_default_request(RequestContext::new(REQUESTS))
        .build()
        .await
        .map_err(|error| StartError::Engine {
            reason: format!("{error:#}"),
        })
}

/// What the application shares with the parts around it.
struct Own {
    chain_id: String,
    tally: Tally,
    roster: Roster,
}

/// Starts the application's thread; gives what tells how it ended. A dropped sender means that it panicked.
fn spawn_app<C: Chain>(
    config: EngineConfig,
    chain: C,
    own: Own,
    channels: Channels<YilianContext>,
    status: &Arc<watch::Sender<Status>>,
    stop: &watch::Receiver<bool>,
) -> Result<oneshot::Receiver<Ended>, StartError> {
    let inbox = Inbox {
        events: channels.events.subscribe(),
        engine: channels.consensus,
        wake: config.wake.clone(),
        stop: stop.clone(),
    };
    let app = App {
        response_bytes_max: response_blocks_bytes(&config),
        streams: Streams::new(roster::peer_ids(&config.peers), config.block_bytes_max),
        roster: own.roster,
        address: own_address(&config),
        key: config.secret_key,
        timing: config.timing,
        runtime: tokio::runtime::Handle::current(),
        network: channels.network,
        network_requests: channels.net_requests,
        status: Arc::clone(status),
        // Streams of before a restart must not be met again.
        nonce: rand::random(),
        round: Default::default(),
        held: None,
        last_begun: Instant::now(),
        chain,
        chain_id: own.chain_id,
        tally: own.tally,
    };
    let (end, ended) = oneshot::channel();
    let thread = std::thread::Builder::new().name(format!("consensus-{}", config.moniker));
    let run = move || {
        // Nobody waits for the answer only if the runtime is gone.
        let _ = end.send(app.run(inbox));
    };
    match thread.spawn(run) {
        Ok(_) => Ok(ended),
        Err(source) => Err(StartError::Thread { source }),
    }
}

/// Waits until something ends; ends the rest. Gives the failure, if it was one.
async fn supervise(
    mut raw: RawHandle,
    mut ended: oneshot::Receiver<Ended>,
    mut stop: watch::Receiver<bool>,
    wal: String,
) -> Option<EngineFailure> {
    tokio::select! {
        biased;
        () = told(&mut stop) => {
            kill(&raw).await;
            // The chain may be in the middle of a commit: its thread ends after it.
            let _ = ended.await;
            return None;
        }
        end = &mut ended => match end {
            Ok(Err(error)) => {
                kill(&raw).await;
                return Some(EngineFailure::Chain(error));
            }
            Err(_) => {
                kill(&raw).await;
                return Some(EngineFailure::Panicked);
            }
            Ok(Ok(())) => {}
        },
        _ = &mut raw.handle => {
            return match ended.await {
                Ok(Err(error)) => Some(EngineFailure::Chain(error)),
                Ok(Ok(())) => Some(EngineFailure::Liveness),
                Err(_) => Some(EngineFailure::Panicked),
            };
        }
    }
    if *stop.borrow() {
        kill(&raw).await;
        return None;
    }
    // The queue closed. The engine ends too, unless it stopped its parts and hangs, which is how it says "unsafe".
    match tokio::time::timeout(END_WAIT, &mut raw.handle).await {
        Ok(_) => Some(EngineFailure::Liveness),
        Err(_) => Some(EngineFailure::Safety { wal }),
    }
}

/// Waits until the node is told to stop, or nobody is left to tell it.
pub(crate) async fn told(stop: &mut watch::Receiver<bool>) {
    // The borrow of the flag must not outlive this call.
    let _ = stop.wait_for(|stop| *stop).await.map(|stop| *stop);
}

async fn kill(raw: &RawHandle) {
    if let Err(error) = raw.actor.kill_and_wait(None).await {
        tracing::debug!(%error, "the engine was gone already");
    }
    tokio::time::sleep(SOCKETS_WAIT).await;
}

/// Keeps the list of connected peers in the status.
fn watch_peers(
    roster: Roster,
    channels: &Channels<YilianContext>,
    status: &Arc<watch::Sender<Status>>,
    mut stop: watch::Receiver<bool>,
) {
    let (requests, status) = (channels.net_requests.clone(), Arc::clone(status));
    tokio::spawn(async move {
        while let Some(peers) = connected(&requests, &roster).await {
            status.send_if_modified(|status| {
                let changed = status.peers != peers;
                status.peers = peers;
                changed
            });
            tokio::select! {
                () = told(&mut stop) => return,
                () = tokio::time::sleep(PEERS_INTERVAL) => {}
            }
        }
        status.send_modify(|status| status.peers.clear());
    });
}

/// Names of the connected peers, sorted. `None` once the network is gone.
async fn connected(
    requests: &mpsc::Sender<NetworkRequest>,
    roster: &Roster,
) -> Option<Vec<String>> {
    let state = NetworkRequest::dump_state(requests).await.ok()?;
    let names = roster::names(&roster.borrow());
    let ids = state.into_iter().flat_map(|state| state.peers.into_keys());
    let known = ids.filter_map(|id| names.get(&PeerId::from_bytes(&id.to_bytes()).ok()?));
    let mut known: Vec<String> = known.cloned().collect();
    known.sort();
    Some(known)
}
