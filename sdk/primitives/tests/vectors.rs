//! The committed vectors, read back: from the published bytes to the values, and nothing is made here.

use serde_json::Value;
use yilian_crypto::{Digest, signed_note};
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{
    CommitCertificate, Envelope, Header, PAYLOAD_TYPE, Receipt, ValidatorSet, json,
    parse_commit_body, pre_authentication_encoding,
};

fn read(name: &str) -> Value {
    let folder = std::path::PathBuf::from(
        std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests"),
    )
    .join("../../tests/vectors");
    let text = std::fs::read_to_string(folder.join(name)).expect("the vectors are there");
    serde_json::from_str(&text).expect("JSON")
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{pointer} is a text"))
}

fn unhex(digits: &str) -> Vec<u8> {
    let byte = |place| u8::from_str_radix(&digits[place..place + 2], 16).expect("hex");
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn validators(vectors: &Value) -> ValidatorSet {
    let cbor = unhex(text(vectors, "/validator_set/cbor"));
    ValidatorSet::decode(&cbor).expect("a validator set")
}

#[test]
fn the_published_example_of_dsse_is_encoded() {
    let vector = read("dsse.json");
    let encoded = pre_authentication_encoding(
        text(&vector, "/payload_type"),
        text(&vector, "/payload").as_bytes(),
    );
    assert_eq!(encoded, text(&vector, "/pae").as_bytes());
}

#[test]
fn the_published_transaction_verifies_and_has_its_id() {
    let vectors = read("protocol.json");
    let vector = &vectors["transaction"];
    let dsse = serde_json::to_vec(&vector["dsse"]).expect("serialises");
    let envelope = Envelope::from_dsse_json(&dsse).expect("an envelope");
    assert_eq!(envelope.payload, text(vector, "/payload").as_bytes());
    assert_eq!(
        pre_authentication_encoding(PAYLOAD_TYPE, &envelope.payload),
        unhex(text(vector, "/signed_bytes"))
    );
    assert_eq!(envelope.signature.to_string(), text(vector, "/signature"));
    let verified = envelope.verify().expect("signed by its sender");
    assert_eq!(verified.id().to_string(), text(vector, "/id"));
}

#[test]
fn the_published_header_is_read_and_has_its_hash() {
    let vectors = read("protocol.json");
    let vector = &vectors["header"];
    let header = Header::decode(&unhex(text(vector, "/cbor"))).expect("a header");
    assert_eq!(header.hash().to_string(), text(vector, "/hash"));
    let in_json: Header = serde_json::from_value(vector["header"].clone()).expect("a header");
    assert_eq!(header, in_json);
}

#[test]
fn the_published_receipts_are_read_and_have_their_leaf_hashes() {
    let vectors = read("protocol.json");
    let receipts = vectors["receipt"].as_array().expect("a list");
    assert_eq!(receipts.len(), 4, "each outcome, and each cause");
    for vector in receipts {
        let leaf = unhex(text(vector, "/cbor"));
        let receipt = Receipt::decode(&leaf).expect("a receipt");
        let in_json: Receipt =
            serde_json::from_value(vector["receipt"].clone()).expect("a receipt");
        assert_eq!(receipt, in_json);
        let hash = Digest::sha256_parts(&[&[0], &leaf]);
        assert_eq!(hash.to_string(), text(vector, "/leaf_hash"));
    }
}

#[test]
fn the_published_certificate_is_a_quorum_and_a_signed_note() {
    let vectors = read("protocol.json");
    let (vector, set) = (&vectors["certificate"], validators(&vectors));
    assert_eq!(
        set.hash().to_string(),
        text(&vectors, "/validator_set/hash")
    );
    let cbor = unhex(text(vector, "/cbor"));
    let certificate = CommitCertificate::decode(&cbor).expect("a certificate");
    assert_eq!(certificate.hash().to_string(), text(vector, "/hash"));
    let body = text(vector, "/signed_text");
    let (chain_id, height, round, block) = parse_commit_body(body).expect("a checkpoint");
    assert_eq!(
        (height, round, block),
        (certificate.height, certificate.round, certificate.block)
    );
    assert_eq!(
        block.header_hash.to_string(),
        text(&vectors, "/header/hash")
    );
    let power = certificate.verify(&chain_id, &set).expect("a quorum");
    assert!(set.is_quorum(power));
    let note = text(vector, "/signed_note");
    assert_eq!(certificate.to_signed_note(&chain_id, &set), note);
    let read = signed_note::decode(note).expect("a note");
    assert_eq!(read.text, body);
    assert_eq!(read.signatures.len(), certificate.signatures.len());
}

#[test]
fn the_published_json_is_canonical_or_refused() {
    let vectors = read("protocol.json");
    let written = vectors["canonical_json"]["written"].as_array();
    for vector in written.expect("a list") {
        let value = json::parse_strict(text(vector, "/text").as_bytes()).expect("strict");
        let canonical = json::canonical(&value);
        assert_eq!(canonical, text(vector, "/canonical").as_bytes());
        assert_eq!(
            Digest::sha256(&canonical).to_string(),
            text(vector, "/digest")
        );
    }
    let refused = vectors["canonical_json"]["refused"].as_array();
    for vector in refused.expect("a list") {
        let bytes = vector.as_str().expect("a text").as_bytes();
        assert!(json::parse_strict(bytes).is_err(), "{vector}");
    }
}
