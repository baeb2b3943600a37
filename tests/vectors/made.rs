//! Every vector, made from fixed seeds.

use serde_json::{Value, json};
use yilian_ceremony::{MemberFile, Setting, Signed};
use yilian_chain_spec::presets;
use yilian_crypto::{Digest, Namespace, SecretKey};
use yilian_primitives::cbor::Cbor;
use yilian_primitives::{
    Address, Block, Cause, CommitCertificate, Commitment, Envelope, Event, Header, Outcome,
    PAYLOAD_TYPE, Receipt, RuleCall, TransactionPayload, Validator, ValidatorSet, commit_body,
    entry_root_leaf, json as strict, pre_authentication_encoding,
};
use yilian_release_records::{Ack, Acknowledge};

const CHAIN: &str = "yilian-vectors";
const CENTRES: [&str; 4] = ["lanzhou", "baiyin", "zhangye", "qingyang"];
const TIME_MS: u64 = 1_767_225_600_000;

pub(crate) fn vectors() -> Value {
    json!({
        "keys": keys(),
        "digests": digests(),
        "canonical_json": canonical_json(),
        "chain_spec": chain_spec(),
        "validator_set": validator_set_vector(),
        "transaction": transaction_vector(),
        "receipt": receipt_vector(),
        "entries": entries(),
        "header": header_vector(),
        "certificate": certificate_vector(),
        "ceremony_file": ceremony_file(),
        "log": crate::trees::log(),
        "state": crate::trees::state(),
    })
}

/// The key whose seed is 32 times this byte.
fn key(byte: u8) -> SecretKey {
    SecretKey::from_seed([byte; 32])
}

fn centre_key(name: &str) -> SecretKey {
    let place = CENTRES
        .iter()
        .position(|centre| *centre == name)
        .unwrap_or(CENTRES.len());
    key(u8::try_from(place + 1).expect("few centres"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn keys() -> Value {
    let one = |byte: u8| {
        let key = key(byte);
        json!({
            "seed": hex(&key.seed()),
            "public_key": key.public_key().to_string(),
            "tagged": hex(&key.public_key().to_tagged()),
            "address": Address::of(&key.public_key()).to_string(),
            "signature_of_abc": key.sign(b"abc").to_string(),
        })
    };
    (1..=5).map(one).collect()
}

fn digests() -> Value {
    let tagged = |namespace: &Namespace| {
        let digest = Digest::tagged(*namespace, b"abc");
        (
            namespace.as_str().to_owned(),
            Value::from(digest.to_string()),
        )
    };
    json!({
        "untagged_of_abc": Digest::sha256(b"abc").to_string(),
        "tagged_bytes_of_untagged": hex(&Digest::sha256(b"abc").to_tagged()),
        "of_abc_under_each_namespace":
            Value::Object(Namespace::ALL.iter().map(tagged).collect()),
    })
}

fn canonical_json() -> Value {
    let texts = [
        r#"{ "b": 1, "a": [true, null, -7], "乙": "甲", "é": "\u0007\n" }"#,
        r#"{"amount_fen": 9007199254740991, "empty": {}}"#,
    ];
    let one = |text: &str| {
        let value = strict::parse_strict(text.as_bytes()).expect("strict");
        let canonical = strict::canonical(&value);
        let digest = Digest::sha256(&canonical).to_string();
        json!({
            "text": text,
            "canonical": String::from_utf8(canonical).expect("UTF-8"),
            "digest": digest,
        })
    };
    let refused = [
        r#"{"a":1,"a":1}"#,
        "1.0",
        "1e2",
        "9007199254740992",
        r#""e\u0301""#,
    ];
    json!({ "written": texts.map(one), "refused": refused })
}

fn chain_spec() -> Value {
    let spec = presets::local(|name| centre_key(name).public_key());
    json!({
        "toml": spec.to_toml(),
        "identity": spec.identity_json(),
        "digest": spec.digest().to_string(),
        "parameters": String::from_utf8(spec.parameters.to_json()).expect("UTF-8"),
        "parameters_hash": spec.parameters.hash().to_string(),
        "validators_hash": spec.validators().hash().to_string(),
    })
}

fn validator_set() -> ValidatorSet {
    let validator = |name: &str| Validator {
        name: name.to_owned(),
        public_key: centre_key(name).public_key(),
        power: if name == "qingyang" { 2 } else { 1 },
    };
    ValidatorSet::new(CENTRES.map(validator).to_vec()).expect("a set")
}

fn validator_set_vector() -> Value {
    let set = validator_set();
    json!({
        "validators": set.iter().collect::<Vec<_>>(),
        "cbor": hex(&set.encode()),
        "hash": set.hash().to_string(),
        "total_power": set.total_power(),
        "verifier_keys": CommitCertificate::verifier_keys(CHAIN, &set),
    })
}

/// A member's part in a ceremony by files; what it acknowledges is made up.
fn ceremony_file() -> Value {
    let setting = Setting::of(CHAIN, &validator_set());
    let message = Acknowledge {
        round: 0,
        acks: vec![Ack {
            dealer: centre_key("baiyin").public_key(),
            ack: "AAEC".to_owned(),
        }],
    };
    let signed = Signed::sign(&setting.digest(), message, &centre_key("lanzhou"));
    let file = MemberFile::of(&setting, signed).to_bytes();
    json!({
        "members": setting.members,
        "setting": setting.digest().to_string(),
        "file": String::from_utf8(file).expect("UTF-8"),
    })
}

fn envelope() -> Envelope {
    let sender = key(5);
    let payload = TransactionPayload {
        chain_id: CHAIN.to_owned(),
        sender: sender.public_key(),
        contract: "evidence".to_owned(),
        method: "put".to_owned(),
        args: json!({"digest": Digest::sha256(b"file").to_string(), "title": "招标公告"}),
        fuel_limit: 50_000_000,
        valid_until_ms: TIME_MS + 60_000,
        nonce: "00112233445566778899aabbccddeeff".to_owned(),
    };
    Envelope::sign(&payload, &sender)
}

fn transaction_vector() -> Value {
    let envelope = envelope();
    let verified = envelope.clone().verify().expect("verifies");
    let signed = pre_authentication_encoding(PAYLOAD_TYPE, &envelope.payload);
    let dsse = envelope.to_dsse_json(&key(5).public_key());
    json!({
        "payload": String::from_utf8(envelope.payload.clone()).expect("UTF-8"),
        "signed_bytes": hex(&signed),
        "signature": envelope.signature.to_string(),
        "id": verified.id().to_string(),
        "dsse": serde_json::from_str::<Value>(&dsse).expect("JSON"),
        "transaction_leaf": hex(&Block::transaction_leaf(&verified)),
    })
}

fn receipt(outcome: Outcome, cause: Cause) -> Receipt {
    let commitment = |count, text: &[u8]| Commitment {
        count,
        root: Digest::sha256(text),
    };
    Receipt {
        height: 7,
        index: 1,
        time_ms: TIME_MS,
        cause,
        caller: key(5).public_key().to_string(),
        organisation: "91350100M000100Y43".to_owned(),
        contract: "evidence".to_owned(),
        method: "put".to_owned(),
        code_hash: Digest::sha256(b"code"),
        args: Digest::sha256(b"{}"),
        outcome,
        result: Digest::sha256(b"null"),
        rule_calls: vec![RuleCall {
            code_hash: Digest::sha256(b"rule"),
            method: "judge".to_owned(),
            input: Digest::sha256(b"{\"a\":1}"),
            output: Digest::sha256(b"true"),
        }],
        reads: commitment(2, b"reads"),
        writes: commitment(1, b"writes"),
        events: commitment(0, b""),
        fuel_used: 123_456,
    }
}

fn receipt_vector() -> Value {
    let id = envelope().verify().expect("verifies").id();
    let refused = Outcome::Refused {
        code: 101,
        name: "TooLate".to_owned(),
        message: "已过投标截止时间 / after the deadline for bids".to_owned(),
    };
    let trapped = Outcome::Trapped {
        reason: "out of fuel".to_owned(),
    };
    let outcomes = [
        (Outcome::Ok, Cause::Transaction(id)),
        (refused, Cause::Transaction(id)),
        (trapped, Cause::Release("draw-1".to_owned())),
        (Outcome::Ok, Cause::Schedule("deadline/1".to_owned())),
    ];
    let one = |(outcome, cause)| {
        let receipt = receipt(outcome, cause);
        let leaf = receipt.encode();
        json!({
            "receipt": receipt,
            "cbor": hex(&leaf),
            "leaf_hash": Digest::sha256_parts(&[&[0], &leaf]).to_string(),
        })
    };
    outcomes.map(one).into_iter().collect()
}

fn entries() -> Value {
    let signature = envelope().signature;
    let value = Digest::sha256(b"value");
    let event = Event {
        contract: "evidence".to_owned(),
        name: "put".to_owned(),
        data: b"{\"a\":1}".to_vec(),
    };
    let key = b"evidence\0record/1";
    json!({
        "read_present":
            hex(&entry_root_leaf(Some(&signature), 0, key, Some(&value), Some(412_003))),
        "read_absent": hex(&entry_root_leaf(Some(&signature), 1, key, None, None)),
        "write": hex(&entry_root_leaf(Some(&signature), 1 << 32, key, Some(&value), None)),
        "read_of_a_system_call": hex(&entry_root_leaf(None, 0, key, Some(&value), Some(0))),
        "event": hex(&event.root_leaf()),
    })
}

fn header() -> Header {
    Header {
        chain_id: CHAIN.to_owned(),
        chain_spec: Digest::sha256(b"spec"),
        height: 7,
        time_ms: TIME_MS,
        proposer: Address::of(&key(1).public_key()),
        parent_hash: Digest::sha256(b"parent"),
        parent_commit_hash: Digest::sha256(b"parent certificate"),
        transaction_count: 1,
        transactions_root: Digest::sha256(b"transactions"),
        log_size: 25,
        log_root: Digest::sha256(b"log"),
        state_root: Digest::sha256(b"state"),
        validators_hash: validator_set().hash(),
        next_validators_hash: validator_set().hash(),
        parameters_hash: Digest::sha256(b"parameters"),
        execution_engine: "wasmtime-48/1".to_owned(),
    }
}

fn header_vector() -> Value {
    let header = header();
    json!({
        "header": header,
        "cbor": hex(&header.encode()),
        "hash": header.hash().to_string(),
    })
}

/// Signed by three of four: power 4 of 5.
fn certificate_vector() -> Value {
    let (set, block) = (validator_set(), header().block_ref());
    let body = commit_body(CHAIN, 7, 2, &block);
    let signer = |validator: &Validator| {
        let key = centre_key(&validator.name);
        (validator.address(), key.sign(body.as_bytes()))
    };
    let signers = set.iter().filter(|validator| validator.name != "baiyin");
    let certificate = CommitCertificate {
        height: 7,
        round: 2,
        block,
        signatures: signers.map(signer).collect(),
    };
    assert_eq!(certificate.verify(CHAIN, &set), Ok(4), "a quorum");
    json!({
        "signed_text": body,
        "cbor": hex(&certificate.encode()),
        "hash": certificate.hash().to_string(),
        "signed_note": certificate.to_signed_note(CHAIN, &set),
    })
}
