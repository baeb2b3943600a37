//! The other validators, as they come and go while the engine runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use malachite_app_channel::NetworkRequest;
use malachite_peer::PeerId;
use tokio::sync::{mpsc, watch};

use crate::config::Peer;
use crate::engine::told;
use crate::identity::peer_id;
use crate::settings::pinned;

/// Whom this node talks to, now and at each change.
pub(crate) type Roster = watch::Receiver<Arc<[Peer]>>;

/// Their network identities.
pub(crate) fn peer_ids(peers: &[Peer]) -> BTreeSet<PeerId> {
    peers.iter().map(|one| peer_id(&one.public_key)).collect()
}

/// Their names by network identity.
pub(crate) fn names(peers: &[Peer]) -> BTreeMap<PeerId, String> {
    let peers = peers.iter();
    let named = peers.map(|one| (peer_id(&one.public_key), one.name.clone()));
    named.collect()
}

/// Tells the network who came and who went, until the node stops.
pub(crate) async fn follow(
    mut roster: Roster,
    network: mpsc::Sender<NetworkRequest>,
    mut stop: watch::Receiver<bool>,
) {
    let mut known: Arc<[Peer]> = roster.borrow_and_update().clone();
    loop {
        tokio::select! {
            () = told(&mut stop) => return,
            changed = roster.changed() => if changed.is_err() { return },
        }
        let now = roster.borrow_and_update().clone();
        for gone in known.iter().filter(|one| !now.contains(one)) {
            tell(&network, gone, false).await;
        }
        for new in now.iter().filter(|one| !known.contains(one)) {
            tell(&network, new, true).await;
        }
        known = now;
    }
}

async fn tell(network: &mpsc::Sender<NetworkRequest>, peer: &Peer, comes: bool) {
    let name = &peer.name;
    let address = match pinned(peer) {
        Ok(address) => address,
        Err(error) => return tracing::error!(%name, %error, "a validator cannot be reached"),
    };
    let done = match comes {
        true => NetworkRequest::add_persistent_peer(network, address).await,
        false => NetworkRequest::remove_persistent_peer(network, address).await,
    };
    match done {
        Ok(Ok(())) if comes => tracing::info!(%name, "connects to a new peer"),
        Ok(Ok(())) => tracing::info!(%name, "leaves a former peer"),
        Ok(Err(error)) => tracing::warn!(%name, %error, "the list of peers did not change"),
        Err(error) => tracing::warn!(%name, %error, "the network did not answer"),
    }
}
