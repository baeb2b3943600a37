//! The validator key as a network identity.

use bytes::Bytes;
use malachite_app_channel::NetworkIdentity;
use malachite_app_channel::app::types::Keypair;
use malachite_codec::Codec;
use malachite_peer::PeerId;
use yilian_crypto::{PublicKey, SecretKey};

use crate::context::Address;
use crate::signing::Signer;
use crate::wire::Wire;

/// What stands before an Ed25519 key in a peer id: multihash "identity" of 36 bytes, then in the key's protobuf form the
/// type Ed25519 (1) and a byte string of 32 (libp2p/specs, peer-ids).
const PEER_ID_PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// The peer id that proves itself by this key.
pub(crate) fn peer_id(key: &PublicKey) -> PeerId {
    let mut bytes = PEER_ID_PREFIX.to_vec();
    bytes.extend_from_slice(key.as_bytes());
    PeerId::from_bytes(&bytes).expect("an inline key of 36 bytes is a peer id")
}

/// The network's key pair of a validator key.
fn keypair(key: &SecretKey) -> Keypair {
    let seed = key.seed();
    Keypair::ed25519_from_bytes(seed).expect("any 32 bytes are an Ed25519 seed")
}

/// The identity with which a validator meets its peers, and the proof that it may vote.
pub(crate) fn identity(moniker: &str, key: &SecretKey, signer: &Signer) -> NetworkIdentity {
    let public_key = key.public_key();
    let proof = signer.prove_peer(&peer_id(&public_key).to_bytes());
    let proof: Bytes = Wire.encode(&proof).expect("a proof has no round to miss");
    let address = Address(yilian_primitives::Address::of(&public_key));
    NetworkIdentity::new_validator(moniker.to_owned(), keypair(key), address.to_string(), proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::keys;

    #[test]
    fn our_peer_id_is_that_of_the_network_library() {
        for key in keys(5) {
            let theirs = keypair(&key).public().to_peer_id();
            let ours = peer_id(&key.public_key());
            assert_eq!(ours.to_bytes(), theirs.to_bytes());
            assert_eq!(ours.to_string(), theirs.to_string());
        }
    }
}
