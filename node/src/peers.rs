//! Whom this node talks to: the validators, those on the way in, and former ones that still hold shares.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use yilian_chain_spec::{Centre, ChainSpec};
use yilian_consensus::{EngineHandle, Peer};
use yilian_executor::StateError;
use yilian_mempool::gossip::{Gossip, GossipPeer};

use crate::state::Shared;

/// Where a centre's node is found, if this node is to look elsewhere than the chain says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// Where its consensus engine listens, as a multiaddress.
    pub(crate) p2p: String,
    /// Where its transaction pool listens, as a multiaddress.
    pub(crate) mempool: String,
}

/// Places by name of the centre, from the configuration.
pub(crate) type Places = BTreeMap<String, Place>;

/// The other nodes, each with the addresses that count: the configuration's, else the chain's, else the specification's.
pub(crate) fn others(shared: &Shared, places: &Places) -> Result<Vec<Centre>, StateError> {
    let own = shared.key.public_key();
    let membership = shared.membership()?;
    let others = membership.connected().filter(|centre| centre.key != own);
    let spec = shared.executor.spec();
    Ok(others.map(|centre| placed(spec, places, centre)).collect())
}

fn placed(spec: &ChainSpec, places: &Places, centre: &Centre) -> Centre {
    let mut centre = centre.clone();
    if let Some(place) = places.get(&centre.name) {
        centre.p2p.clone_from(&place.p2p);
        centre.mempool.clone_from(&place.mempool);
    } else if let Some(known) = spec.centre(&centre.name)
        && centre.p2p.is_empty()
    {
        centre.p2p.clone_from(&known.p2p);
        centre.mempool.clone_from(&known.mempool);
    }
    centre
}

/// The others, for the engine.
pub(crate) fn of_engine(others: &[Centre]) -> Vec<Peer> {
    let others = others.iter().map(|centre| Peer {
        name: centre.name.clone(),
        public_key: centre.key,
        address: centre.p2p.clone(),
    });
    others.collect()
}

/// The others, for the gossip of transactions.
pub(crate) fn of_gossip(others: &[Centre]) -> Vec<GossipPeer> {
    let others = others.iter().map(|centre| GossipPeer {
        name: centre.name.clone(),
        key: centre.key,
        address: centre.mempool.clone(),
    });
    others.collect()
}

/// Tells engine and gossip when the chain takes somebody in or lets him go.
pub(crate) fn follow(
    shared: Shared,
    places: Places,
    engine: Arc<EngineHandle>,
    gossip: Arc<Gossip>,
) -> JoinHandle<()> {
    let mut heights = shared.heights.subscribe();
    tokio::spawn(async move {
        loop {
            match others(&shared, &places) {
                Ok(others) => {
                    engine.set_peers(of_engine(&others));
                    gossip.set_peers(of_gossip(&others));
                }
                Err(error) => tracing::error!(%error, "the list of validators cannot be read"),
            }
            if let Err(RecvError::Closed) = heights.recv().await {
                return;
            }
        }
    })
}
