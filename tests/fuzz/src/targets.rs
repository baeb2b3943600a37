//! What is done with bytes from outside, a function for each kind. Whatever is read is written again as the same bytes;
//! whatever is not is refused without a panic.
//!
//! The fuzzer calls these, and so does a plain test with the corpus that the fuzzer left.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use yilian_crypto::{Digest, PublicKey, Signature, cosignature::Cosigner, signed_note};
use yilian_merkle::cbor::Cbor as _;
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{
    Address, Block, CommitCertificate, Envelope, Header, HeaderLeaf, Receipt, ValidatorSet,
    commit_body, json, parse_commit_body,
};
use yilian_verify::replay::{ReplayLimits, Rule};
use yilian_verify::{Bundle, Codes, Question, Trust};

/// What is done with bytes.
pub type Target = fn(&[u8]);

/// The name of each target and what it does.
pub const TARGETS: [(&str, Target); 12] = [
    ("block", block),
    ("bundle", bundle),
    ("certificate", certificate),
    ("envelope", envelope),
    ("header", header),
    ("json", strict_json),
    ("note", note),
    ("proofs", proofs),
    ("receipt", receipt),
    ("replay", replay),
    ("trust", trust),
    ("validator_set", validator_set),
];

fn one_encoding<T: Cbor>(bytes: &[u8]) -> Option<T> {
    let value = T::decode(bytes).ok()?;
    assert_eq!(value.encode(), bytes, "a second encoding of one value");
    Some(value)
}

/// A block as peers send it.
pub fn block(bytes: &[u8]) {
    if let Ok(block) = Block::decode_and_verify(bytes) {
        assert_eq!(block.encode(), bytes, "a second encoding of one block");
    }
}

/// The trust of the published bundles that pass, and what they prove: nothing else was ever signed.
struct Published {
    trust: Trust,
    anchors: BTreeSet<Vec<u8>>,
    records: BTreeSet<(u64, Vec<u8>)>,
}

impl Published {
    fn all() -> &'static Published {
        static ALL: LazyLock<Published> = LazyLock::new(Published::read);
        &ALL
    }

    fn read() -> Published {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("tests/vectors/evidence"))
            .find(|folder| folder.is_dir())
            .expect("the published bundles");
        let cases = std::fs::read(folder.join("cases.json")).expect("reads");
        let cases: Vec<serde_json::Value> = serde_json::from_slice(&cases).expect("JSON");
        let trust = Trust::parse(&cases[0]["trust"].to_string()).expect("trust");
        let (mut anchors, mut records) = (BTreeSet::new(), BTreeSet::new());
        for case in &cases {
            let file = case["file"].as_str().expect("a name");
            let bytes = std::fs::read(folder.join(file)).expect("reads");
            let report = Bundle::verify_bytes(&bytes, &trust, &Codes::default());
            anchors.extend(report.anchor.map(|header| header.encode()));
            let proven = report.records.iter();
            records.extend(proven.map(|record| (record.log_index, record.receipt.encode())));
        }
        assert!(!anchors.is_empty() && !records.is_empty());
        Published {
            trust,
            anchors,
            records,
        }
    }
}

/// An evidence bundle, verified with the trust of the published ones. What passes proves nothing that they do not.
pub fn bundle(bytes: &[u8]) {
    if let Ok(bundle) = Bundle::from_bytes(bytes) {
        assert_eq!(bundle.to_bytes(), bytes, "a second encoding of one bundle");
    }
    let published = Published::all();
    let report = Bundle::verify_bytes(bytes, &published.trust, &Codes::default());
    if let Some(anchor) = report.anchor {
        assert!(published.anchors.contains(&anchor.encode()), "a new header");
    }
    for record in report.records {
        let known = (record.log_index, record.receipt.encode());
        assert!(published.records.contains(&known), "a new record");
    }
}

/// A commit certificate.
pub fn certificate(bytes: &[u8]) {
    if let Some(certificate) = one_encoding::<CommitCertificate>(bytes) {
        let body = certificate.body("yilian-fuzz");
        assert!(parse_commit_body(&body).is_ok());
    }
}

/// A transaction's envelope, as the interface takes it.
pub fn envelope(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(envelope) = serde_json::from_str::<Envelope>(text) {
        let again = serde_json::to_string(&envelope).expect("writes");
        let read: Envelope = serde_json::from_str(&again).expect("reads what it wrote");
        assert_eq!(read.id(), envelope.id());
        // Signatures of strangers are refused, never a panic.
        let _ = envelope.verify();
    }
    let _ = serde_json::from_str::<Question>(text);
}

/// A header, also as a leaf of the log.
pub fn header(bytes: &[u8]) {
    one_encoding::<Header>(bytes);
    one_encoding::<HeaderLeaf>(bytes);
}

/// Strict JSON: what is read has one canonical form, which is read as itself.
pub fn strict_json(bytes: &[u8]) {
    if let Ok(value) = json::parse_strict(bytes) {
        let canonical = json::canonical(&value);
        let again = json::parse_strict(&canonical).expect("the canonical form is strict");
        assert_eq!(again, value);
        assert_eq!(json::canonical(&again), canonical);
    }
    let _ = yilian_abi::Interface::parse(bytes);
}

/// Signed notes, checkpoints, a witness's request, and the texts of keys and digests.
pub fn note(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(note) = signed_note::decode(text)
        && let Ok((chain_id, height, round, block)) = parse_commit_body(&note.text)
    {
        assert_eq!(commit_body(&chain_id, height, round, &block), note.text);
    }
    if let Ok(request) = yilian_witness::Request::parse(text) {
        let again = yilian_witness::Request::parse(&request.to_string());
        assert_eq!(again, Ok(request));
    }
    if let Ok(cosigner) = text.parse::<Cosigner>() {
        assert_eq!(cosigner.to_string(), text);
    }
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.to_string(), text);
    }
    if let Ok(key) = text.parse::<PublicKey>() {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(address) = text.parse::<Address>() {
        assert_eq!(address.to_string(), text);
    }
    let _ = text.parse::<Signature>();
}

/// Proofs of the log and of the state.
pub fn proofs(bytes: &[u8]) {
    use yilian_merkle::log::{ConsistencyProof, InclusionProof};
    use yilian_merkle::state::StateProof;
    if let Ok(proof) = InclusionProof::from_cbor(bytes) {
        assert_eq!(proof.to_cbor(), bytes);
        let (leaf, root) = (Digest::sha256(b"leaf"), Digest::sha256(b"root"));
        assert!(proof.verify(&leaf, &root).is_err());
    }
    if let Ok(proof) = ConsistencyProof::from_cbor(bytes) {
        assert_eq!(proof.to_cbor(), bytes);
        let _ = proof.verify(&Digest::ZERO, &Digest::ZERO);
    }
    if let Ok(proof) = StateProof::from_cbor(bytes) {
        assert_eq!(proof.to_cbor(), bytes);
        let root = Digest::sha256(b"root");
        assert!(proof.verify(&root, b"key", Some(b"value")).is_err());
        assert!(proof.verify(&root, b"key", None).is_err());
    }
}

/// A receipt, the leaf that records are.
pub fn receipt(bytes: &[u8]) {
    one_encoding::<Receipt>(bytes);
}

/// A rule's program on the second engine.
pub fn replay(bytes: &[u8]) {
    if let Ok(rule) = Rule::load(bytes) {
        for method in &rule.interface().methods {
            let mut limits = ReplayLimits {
                fuel: 100_000,
                memory_pages: 4,
                result_bytes: 1_000,
            };
            let _ = rule.call(&method.name, b"{\"a\":1}", &mut limits);
        }
    }
}

/// A trust file of either form.
pub fn trust(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(trust) = Trust::parse(text) {
        let json = serde_json::to_string(&trust).expect("writes");
        let again = Trust::parse(&json).expect("reads what it wrote");
        assert_eq!(again.validators_hash, trust.validators_hash);
        assert_eq!(again.checkpoint, trust.checkpoint);
        assert_eq!(again.witnesses, trust.witnesses);
    }
}

/// A validator set.
pub fn validator_set(bytes: &[u8]) {
    one_encoding::<ValidatorSet>(bytes);
}
