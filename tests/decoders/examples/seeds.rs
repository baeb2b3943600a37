//! Writes one real encoding of each kind into the fuzzer's corpora: to be run when a format has changed.
//!
//! Kinds whose corpora the published vectors fill, and those that the fuzzer finds by itself, have none here.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use yilian_acknowledgement::{AcknowledgedSubmission, Acknowledgement};
use yilian_ceremony::{MemberFile, Message, Signed, Transcript};
use yilian_chain_spec::{Parameters, presets};
use yilian_crypto::{Digest, PublicKey, SecretKey};
use yilian_decoders::{BID_KEYS, CHAIN, Known, RANDOMNESS, READER, SEALED, member_key};
use yilian_primitives::{Envelope, Trace, TransactionPayload, codec};
use yilian_release_holder::{Holder, Secret};
use yilian_seal::OpeningKey;
use yilian_verify::Trust;

type Seeds = Vec<(&'static str, Vec<u8>)>;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let seeds = [sealing(), chains(), programs(), ceremonies()].concat();
    let mut numbers = BTreeMap::new();
    for (name, bytes) in &seeds {
        let number: &mut u32 = numbers.entry(name).or_default();
        *number += 1;
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("seed-{number:02}")), bytes).expect("a file");
    }
}

fn text(value: &Value) -> Vec<u8> {
    yilian_primitives::json::canonical(value)
}

fn transaction() -> TransactionPayload {
    TransactionPayload {
        chain_id: CHAIN.to_owned(),
        sender: member_key(1).public_key(),
        contract: "tender".to_owned(),
        method: "commit".to_owned(),
        args: json!({"a": "标", "b": [1, true]}),
        fuel_limit: 1_000_000,
        valid_until_ms: 1_767_225_600_000,
        nonce: "00112233445566778899aabbccddeeff".to_owned(),
    }
}

fn sealing() -> Seeds {
    let mut file = AcknowledgedSubmission {
        chain_id: CHAIN.to_owned(),
        contract: "tender".to_owned(),
        method: "commit".to_owned(),
        args: json!({"a": "标"}),
        acknowledgements: Vec::new(),
    };
    for number in [1, 2] {
        let key = member_key(number);
        let signed = Acknowledgement::sign(CHAIN, &file.submission(), 7, Digest::ZERO, &key);
        file.acknowledgements.push(signed);
    }
    let [info, aad, plain] = SEALED;
    let key = OpeningKey::derive(&READER).sealing_key().expect("a key");
    let sealed = key.seal_again(info, aad, plain, &RANDOMNESS);
    vec![
        ("acknowledged", text(&file.to_json())),
        ("sealed", sealed.expect("seals")),
        ("sealed", key.to_string().into_bytes()),
    ]
}

fn chains() -> Seeds {
    let key = |name: &str| {
        let seed = Digest::sha256(name.as_bytes());
        SecretKey::from_seed(*seed.as_bytes()).public_key()
    };
    let spec = presets::local(key);
    let trust = Trust::parse(&spec.to_toml()).expect("a chain to trust");
    let trust = serde_json::to_value(trust).expect("writes");
    let permissions = include_str!("../../../contracts/permissions.toml");
    let few: Vec<_> = permissions.split("\n\n").take(4).collect();
    let bundle = include_bytes!("../../vectors/evidence/a_record_and_two_states.ylev");
    let envelope = Envelope::sign(&transaction(), &member_key(1));
    let two = vec![envelope.clone(), envelope.clone()];
    let seeds = vec![
        ("bundle", bundle.to_vec()),
        ("chain_spec", spec.to_toml().into_bytes()),
        ("trust", spec.to_toml().into_bytes()),
        ("trust", text(&trust)),
        ("permissions", few.join("\n\n").into_bytes()),
        ("parameters", Parameters::default().to_json()),
        ("json", transaction().to_json()),
        ("stored", codec::encode(&Trace::default())),
        ("stored", codec::encode(&(7u64, two))),
    ];
    let records = records(&spec.centres[0]).into_iter();
    let records = records.map(|record| ("records", text(&record)));
    seeds.into_iter().chain(records).collect()
}

fn records(centre: &yilian_chain_spec::Centre) -> Vec<Value> {
    let key = centre.key;
    let digest = Digest::sha256(b"a batch");
    let title = json!({"zh": "甘肃", "en": "Gansu"});
    vec![
        json!({"centres": [centre], "candidates": [], "former": [centre], "proposals": 2, "open": [2]}),
        json!({"number": 1, "change": {"admit": centre}, "by": "12620000MB00000000", "proposed_at": 3,
            "valid_until_ms": 9, "approvals": ["12620000MB00000000"], "stand": "open"}),
        json!({"change": {"rotate": {"name": "lanzhou", "key": key}}}),
        json!({"change": {"remove": {"name": "lanzhou"}}}),
        json!({"change": {"move": {"name": "lanzhou", "p2p": "/dns/a/tcp/1", "mempool": "/dns/a/tcp/2"}}}),
        json!({"proposal": 1}),
        json!({"height": 7, "time_ms": 8, "unseen": {"ed25519:00": 3}}),
        json!({"contract": "tender", "name": "close:1", "method": "close", "at_ms": 9}),
        json!({"contract": "tender", "count": 1}),
        json!({"batch": digest, "index": 0, "path": [digest]}),
        json!({"batch": digest, "keys": 2, "issuer": "12620000MB00000000", "contract": "tender",
            "methods": ["commit"], "valid_until_ms": 9}),
        json!({"uses": 1}),
        json!({"code": "12620000MB00000000", "name": title, "roles": ["centre"], "status": "active"}),
        json!({"organisation": "12620000MB00000000", "status": "revoked", "label": ""}),
        json!({"roles": ["centre"], "organisations": []}),
        json!({"name": "tender", "kind": "ledger", "code_hash": digest, "version": "1.0.0", "height": 0}),
        json!({"contract": "tender", "method": "opened", "identity": "opening:E62", "requested_at": 4,
            "released": {"height": 5, "group_key": "a1", "signature": "84", "seed": digest}}),
        json!({"round": 0, "index": 1, "signature": "84"}),
        json!({"round": 0, "since": 1, "key": "a1", "threshold": 1, "holders": [key], "revealed": [],
            "outcome": "AQ==", "previous": null, "last_round": 0, "tried_at": 1}),
        json!({"round": 0, "phase": "deal", "ends_at": 9, "dealers": [key], "members": [key], "reshare": false}),
        json!({"member": key, "round": 0, "phase": "log", "what": "absent"}),
        json!({"sealing_key": "ab"}),
        json!({"round": 0, "public": "AQ==", "shares": [{"to": key, "sealed": "AQ=="}]}),
        json!({"round": 0, "acks": [{"dealer": key, "ack": "AQ=="}]}),
        json!({"round": 0, "log": "AQ=="}),
        json!({"identity": "opening:E62", "round": 0, "index": 1, "signature": "84"}),
    ]
}

fn programs() -> Seeds {
    let program = |kind: &str, body: &str| {
        let interface = format!(
            r#"{{"abi":1,"kind":"{kind}","name":"echo","version":"1.0.0","methods":[{{"name":"judge","args":{{}},"result":{{}}}}]}}"#
        );
        let escaped = interface.replace('"', "\\22");
        let text = format!("(module {body} (@custom \"yilian.interface\" \"{escaped}\"))");
        wat::parse_str(text).expect("a program")
    };
    let rule = program(
        "rule",
        r#"(import "yilian1" "input" (func $input (result i32)))
           (import "yilian1" "take" (func $take (param i32)))
           (import "yilian1" "ret" (func $ret (param i32 i32)))
           (memory (export "memory") 2)
           (func (export "judge") (local $n i32)
             (local.set $n (call $input))
             (call $take (i32.const 64))
             (call $ret (i32.const 64) (local.get $n)))"#,
    );
    let ledger = program(
        "ledger",
        r#"(import "yilian1" "state_get" (func (param i32 i32) (result i32)))
           (memory (export "memory") 1) (func (export "judge"))"#,
    );
    vec![
        ("module", rule.clone()),
        ("module", ledger),
        ("replay", rule),
    ]
}

/// The ceremony of two, held, and what its group then seals and releases.
fn ceremonies() -> Seeds {
    let known = Known::one();
    let secret = |number: u8| Secret::from_bytes([number ^ 0x5a; 32]);
    let (keys, secrets) = ([1, 2].map(member_key), [1, 2].map(secret));
    let holders = [0, 1].map(|place| Holder {
        chain_id: CHAIN,
        key: &keys[place],
        secret: &secrets[place],
    });
    let announcements = [0, 1].map(|n| signed(&keys[n], holders[n].announce().expect("a key")));
    let sealing: BTreeMap<PublicKey, _> = announcements
        .iter()
        .map(|one| (one.member, one.message.sealing_key.parse().expect("a key")))
        .collect();
    let deal = |n: usize| holders[n].deal(&known.parameters, &known.ceremony, &sealing, None);
    let deals = [0, 1].map(|n| signed(&keys[n], deal(n).expect("deals")));
    let acknowledge = |n: usize| holders[n].acknowledge(&known.parameters, 0, &pairs(&deals));
    let acks = [0, 1].map(|n| signed(&keys[n], acknowledge(n).expect("fits").message));
    let log = |n: usize| holders[n].log(&known.parameters, &known.ceremony, None, &pairs(&acks));
    let logs = [0, 1].map(|n| signed(&keys[n], log(n).expect("a log")));
    let decode = |text: &str| yilian_ceremony::decode("seed", text).expect("base64");
    let mut seeds = vec![
        ("ceremony_file", file(&announcements[0])),
        ("ceremony_file", file(&deals[0])),
        ("ceremony_file", file(&acks[0])),
        ("ceremony_file", file(&logs[0])),
        ("dealing", decode(&deals[0].message.public)),
        ("dealing", decode(&acks[0].message.acks[0].ack)),
        ("dealing", decode(&logs[0].message.log)),
    ];
    let transcript = Transcript::of(
        &known.setting,
        announcements.to_vec(),
        deals.to_vec(),
        acks.to_vec(),
        logs.to_vec(),
    );
    let held = transcript.judge(CHAIN, &known.validators).expect("a group");
    let share =
        |n: usize| holders[n].share(&known.parameters, 0, &pairs(&deals), &pairs(&held.logs));
    let sign = |n: usize| {
        let share = share(n).expect("a share");
        share
            .sign(CHAIN, held.outcome.key(), "opening:E62")
            .expect("signs")
    };
    let released = held
        .outcome
        .recover(CHAIN, "opening:E62", &[sign(0), sign(1)]);
    let released = released.expect("a release");
    let group = *held.outcome.key();
    let (outer, inner) = (&BID_KEYS.0, &BID_KEYS.1);
    let header = yilian_bid_file::Header::new((CHAIN, "E62"), group, outer, inner, &RANDOMNESS);
    let header = header.expect("a header");
    let mut bid = Vec::new();
    yilian_bid_file::seal(
        &mut &b"a bid"[..],
        &mut bid,
        &header,
        (outer, inner),
        &mut |_| {},
    )
    .expect("seals");
    seeds.extend([
        ("transcript", transcript.to_bytes()),
        ("outcome", held.outcome.to_bytes()),
        ("release", group.as_bytes().to_vec()),
        ("release", released.as_bytes().to_vec()),
        ("release", group.to_string().into_bytes()),
        ("release", released.to_string().into_bytes()),
        ("release", header.locked_key.to_string().into_bytes()),
        ("bid_file", bid),
    ]);
    seeds
}

fn signed<T: Message>(key: &SecretKey, message: T) -> Signed<T> {
    Signed::sign(&Known::one().setting.digest(), message, key)
}

fn pairs<T: Clone>(parts: &[Signed<T>]) -> Vec<(PublicKey, T)> {
    let one = |part: &Signed<T>| (part.member, part.message.clone());
    parts.iter().map(one).collect()
}

fn file<T: Message + Clone>(part: &Signed<T>) -> Vec<u8> {
    MemberFile::of(&Known::one().setting, part.clone()).to_bytes()
}
