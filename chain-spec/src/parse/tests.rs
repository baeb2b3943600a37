//! What the parser refuses, and how it says so.

use super::*;
use yilian_crypto::{Digest, SecretKey};

fn good() -> String {
    let seed = |name: &str| *Digest::sha256(name.as_bytes()).as_bytes();
    crate::presets::local(|name| SecretKey::from_seed(seed(name)).public_key()).to_toml()
}

/// Replaces the first `from` after `after`, and gives the refusal and the number of the changed line.
fn refusal(after: &str, from: &str, to: &str) -> (SpecError, usize) {
    let text = good();
    let start = text.find(after).expect(after);
    let place = start + text[start..].find(from).expect(from);
    let line = text[..place].matches('\n').count() + 1;
    let changed = format!("{}{to}{}", &text[..place], &text[place + from.len()..]);
    (ChainSpec::parse(&changed).expect_err(to), line)
}

#[test]
fn every_refusal_names_line_field_and_what_belongs_there() {
    let cases = [
        ("", "yilian-local", "Yilian Local", "chain_id", "a-z 0-9 -"),
        (
            "",
            "genesis_time_ms = 17",
            "genesis_time_ms = 0 # ",
            "genesis_time_ms",
            "milliseconds",
        ),
        (
            "",
            "events_max = 256",
            "events_max = 0",
            "parameters.events_max",
            "1 to 65536",
        ),
        (
            "",
            "events_max = 256",
            "events_max = \"256\"",
            "parameters.events_max",
            "u64",
        ),
        (
            "",
            "events_max",
            "event_max",
            "parameters.event_max",
            "one of",
        ),
        (
            "",
            "release_phase_blocks = 12",
            "release_phase_blocks = 4",
            "parameters.release_phase_blocks",
            "5",
        ),
        (
            "baiyin",
            "power = 1",
            "power = 0",
            "centre[1].power",
            "validator set",
        ),
        (
            "baiyin",
            "power = 1",
            "power = -1",
            "centre[1].power",
            "u64",
        ),
        ("baiyin", "power = 1", "pow = 1", "centre[1].pow", "one of"),
        (
            "baiyin",
            "620400",
            "620001",
            "centre[1].division",
            "GB/T 2260",
        ),
        ("baiyin", "ed25519:", "sm2:", "centre[1].key", "ed25519:"),
        (
            "baiyin",
            "/ip4/127.0.0.1/tcp/27001",
            "127.0.0.1:27001",
            "centre[1].p2p",
            "/ip4|ip6|dns",
        ),
        (
            "baiyin",
            "/tcp/27001",
            "/tcp/27000",
            "centre[1].p2p",
            "stands there once",
        ),
        (
            "baiyin",
            "/tcp/27101",
            "/tcp/27000",
            "centre[1].mempool",
            "stands there once",
        ),
        (
            "baiyin",
            "12620400MB90000034",
            "91350100M000100Y43",
            "centre[1].organisation",
            "role",
        ),
        (
            "[[organisation]]",
            "12620100MB9000002H",
            "12620100MB9000002J",
            "organisation[0].code",
            "'H'",
        ),
        (
            "[[organisation]]",
            "roles = [\"centre\"]",
            "roles = [\"center\"]",
            "organisation[0].roles",
            "`centre`",
        ),
        (
            "[[organisation]]",
            "division = \"620100\"",
            "division = \"9\"",
            "organisation[0].division",
            "GB/T",
        ),
        (
            "[[permission]]",
            "\"system\"",
            "\"tender\"",
            "permission[0].contract",
            "[[contract]]",
        ),
        (
            "[[permission]]",
            "\"deploy\"",
            "\"De ploy\"",
            "permission[0].method",
            "a-z",
        ),
    ];
    for (after, from, to, field, expected) in cases {
        let (error, line) = refusal(after, from, to);
        assert!(error.field.starts_with(field), "{to}: {error}");
        assert_eq!(error.line, line, "{to}: {error}");
        assert!(error.expected.contains(expected), "{to}: {error}");
    }
}

#[test]
fn a_missing_field_is_named() {
    let (error, _) = refusal("baiyin", "power = 1\np2p", "power = 1\n#");
    assert_eq!(
        (error.field.as_str(), error.got.as_str()),
        ("centre[1].p2p", "nothing")
    );
    let (error, _) = refusal("", "events_max = 256", "");
    assert_eq!(
        (error.field.as_str(), error.got.as_str()),
        ("parameters.events_max", "nothing")
    );
    let error = ChainSpec::parse("").expect_err("empty");
    assert_eq!(error.field, "chain_id");
}

#[test]
fn what_stands_twice_is_refused() {
    let text = good();
    let start = text.find("[[centre]]").expect("a centre");
    let second = start + 1 + text[start + 1..].find("[[centre]]").expect("a second");
    let twice = format!("{}{}", &text[start..second], &text[start..]);
    let text = format!("{}{twice}", &text[..start]);
    let error = ChainSpec::parse(&text).expect_err("twice");
    assert_eq!(error.field, "centre[1].name");
    let error = ChainSpec::parse("chain_id = \"a\"\nchain_id = \"b\"\n").expect_err("twice");
    assert_eq!((error.field.as_str(), error.line), ("chain_id", 2));
}

#[test]
fn a_validator_key_cannot_sign_for_an_organisation() {
    let mut spec = ChainSpec::parse(&good()).expect("good");
    let key = spec.centres[2].key;
    spec.organisations[5].keys.push(key);
    let error = ChainSpec::parse(&spec.to_toml()).expect_err("twice");
    assert_eq!(error.field, "organisation[5].keys[0]");
    assert!(error.line > 0);
}

#[test]
fn an_attested_code_may_have_a_wrong_check_character() {
    let mut spec = ChainSpec::parse(&good()).expect("good");
    let mut organisation = spec.organisations[4].clone();
    organisation.code = "91620100MA9000007X".to_owned();
    spec.organisations.push(organisation);
    assert!(ChainSpec::parse(&spec.to_toml()).is_err());
    spec.organisations.last_mut().expect("one").attested_by = "甘肃省市场监督管理局".to_owned();
    assert_eq!(ChainSpec::parse(&spec.to_toml()), Ok(spec));
}

#[test]
fn a_contract_file_stays_in_its_directory() {
    let mut spec = ChainSpec::parse(&good()).expect("good");
    spec.contracts.push(crate::Contract {
        name: "deadline".to_owned(),
        kind: crate::ContractKind::Rule,
        file: "deadline.wasm".to_owned(),
        code_hash: Digest::ZERO,
    });
    assert_eq!(ChainSpec::parse(&spec.to_toml()).as_ref(), Ok(&spec));
    for file in [
        "../deadline.wasm",
        "/deadline.wasm",
        "a/../../b.wasm",
        "deadline.so",
        "",
    ] {
        spec.contracts[0].file = file.to_owned();
        let error = ChainSpec::parse(&spec.to_toml()).expect_err(file);
        assert_eq!(error.field, "contract[0].file");
    }
}

#[test]
fn a_ceremony_is_named_by_its_digest_and_found_beside_the_specification() {
    let mut spec = ChainSpec::parse(&good()).expect("good");
    let without = spec.digest();
    let named = |file: &str, digest| crate::CeremonyFile {
        file: file.to_owned(),
        digest,
    };
    spec.ceremony = Some(named("ceremony.json", Digest::ZERO));
    assert_eq!(ChainSpec::parse(&spec.to_toml()).as_ref(), Ok(&spec));
    let with = spec.digest();
    assert_ne!(with, without);
    spec.ceremony = Some(named("elsewhere/ceremony.json", Digest::ZERO));
    assert_eq!(spec.digest(), with, "where it lies is not what it is");
    spec.ceremony = Some(named("ceremony.json", Digest::sha256(b"another")));
    assert_ne!(spec.digest(), with);
    for file in ["../ceremony.json", "/ceremony.json", "ceremony.toml", ""] {
        spec.ceremony = Some(named(file, Digest::ZERO));
        let error = ChainSpec::parse(&spec.to_toml()).expect_err(file);
        assert_eq!(error.field, "ceremony.file");
        assert!(error.line > 0, "{error}");
    }
}

#[test]
fn the_digest_covers_what_a_chain_is_and_not_where_it_is() {
    let spec = ChainSpec::parse(&good()).expect("good");
    let mut moved = spec.clone();
    moved.centres[0].p2p = "/dns/elsewhere.example/tcp/1".to_owned();
    assert_eq!(moved.digest(), spec.digest());
    let mut other = spec.clone();
    other.centres[0].power = 2;
    assert_ne!(other.digest(), spec.digest());
    let mut later = spec.clone();
    later.genesis_time_ms += 1;
    assert_ne!(later.digest(), spec.digest());
}

#[test]
fn permissions_are_read_alone_and_granted_over_older_ones() {
    let text =
        "[[permission]]\ncontract = \"system\"\nmethod = \"deploy\"\nroles = [\"auditor\"]\n";
    let permissions = parse_permissions(text).expect("reads");
    let mut spec = ChainSpec::parse(&good()).expect("good");
    spec.grant(permissions);
    assert_eq!(
        spec.permissions.len(),
        2,
        "those of deploy and of release_reshare"
    );
    let deploy = spec.permissions.iter().find(|one| one.method == "deploy");
    assert_eq!(deploy.expect("granted").roles, [crate::Role::Auditor]);
    let error = parse_permissions(&text.repeat(2)).expect_err("twice");
    assert_eq!(
        (error.field.as_str(), error.line),
        ("permission[1].method", 7)
    );
}

#[test]
fn random_text_never_panics() {
    for text in [
        "\u{feff}",
        "[",
        "[[centre]]",
        "centre = 1",
        "centre = [1]",
        "a.b.c = {",
        "\"",
        "\0",
    ] {
        assert!(ChainSpec::parse(text).is_err(), "{text:?}");
    }
    let good = good();
    for end in (0..good.len())
        .step_by(37)
        .filter(|end| good.is_char_boundary(*end))
    {
        let _ = ChainSpec::parse(&good[..end]);
    }
}
