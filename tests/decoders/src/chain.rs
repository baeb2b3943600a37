//! What blocks are made of, and what proves a part of them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use yilian_crypto::Digest;
use yilian_merkle::cbor::Cbor as _;
use yilian_merkle::log::{ConsistencyProof, InclusionProof};
use yilian_merkle::state::StateProof;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{
    Block, CommitCertificate, Envelope, Header, HeaderLeaf, Receipt, Trace, ValidatorSet, codec,
    parse_commit_body,
};
use yilian_verify::Question;

/// Longest input of the codec here, in bytes.
const CODEC_BYTES_MAX: usize = 65_536;

fn one_encoding<T: Cbor>(bytes: &[u8]) -> Option<T> {
    let value = T::decode(bytes).ok()?;
    assert_eq!(value.encode(), bytes, "a second encoding of one value");
    Some(value)
}

/// A block as peers send it.
pub fn block(bytes: &[u8]) -> bool {
    let Ok(block) = Block::decode_and_verify(bytes) else {
        return false;
    };
    assert_eq!(block.encode(), bytes, "a second encoding of one block");
    true
}

/// A commit certificate.
pub fn certificate(bytes: &[u8]) -> bool {
    let Some(certificate) = one_encoding::<CommitCertificate>(bytes) else {
        return false;
    };
    assert!(parse_commit_body(&certificate.body("yilian-fuzz")).is_ok());
    true
}

/// A transaction's envelope, as the interface takes it, and a question for evidence.
pub fn envelope(bytes: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return false;
    };
    let question = serde_json::from_str::<Question>(text).is_ok();
    let Ok(envelope) = serde_json::from_str::<Envelope>(text) else {
        return question;
    };
    let again = serde_json::to_string(&envelope).expect("writes");
    let read: Envelope = serde_json::from_str(&again).expect("reads what it wrote");
    assert_eq!(read.id(), envelope.id());
    // Signatures of strangers are refused, never a panic.
    let _ = envelope.verify();
    true
}

/// A header, also as a leaf of the log.
pub fn header(bytes: &[u8]) -> bool {
    one_encoding::<Header>(bytes).is_some() | one_encoding::<HeaderLeaf>(bytes).is_some()
}

/// Proofs of the log and of the state.
pub fn proofs(bytes: &[u8]) -> bool {
    let mut read = false;
    if let Ok(proof) = InclusionProof::from_cbor(bytes) {
        assert_eq!(proof.to_cbor(), bytes);
        let (leaf, root) = (Digest::sha256(b"leaf"), Digest::sha256(b"root"));
        assert!(proof.verify(&leaf, &root).is_err());
        read = true;
    }
    if let Ok(proof) = ConsistencyProof::from_cbor(bytes) {
        assert_eq!(proof.to_cbor(), bytes);
        let _ = proof.verify(&Digest::ZERO, &Digest::ZERO);
        read = true;
    }
    if let Ok(proof) = StateProof::from_cbor(bytes) {
        assert_eq!(proof.to_cbor(), bytes);
        let root = Digest::sha256(b"root");
        assert!(proof.verify(&root, b"key", Some(b"value")).is_err());
        assert!(proof.verify(&root, b"key", None).is_err());
        read = true;
    }
    read
}

/// A receipt, the leaf that records are.
pub fn receipt(bytes: &[u8]) -> bool {
    one_encoding::<Receipt>(bytes).is_some()
}

/// What stands in the codec of nodes: on their disks, and between them. A list of transactions after a number is what
/// transaction pools send.
pub fn stored(bytes: &[u8]) -> bool {
    fn one<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> bool {
        let Ok(value) = codec::decode::<T, CODEC_BYTES_MAX>(bytes) else {
            return false;
        };
        assert_eq!(codec::encode(&value), bytes);
        true
    }
    one::<Trace>(bytes) | one::<Envelope>(bytes) | one::<(u64, Vec<Envelope>)>(bytes)
}

/// A validator set.
pub fn validator_set(bytes: &[u8]) -> bool {
    one_encoding::<ValidatorSet>(bytes).is_some()
}
