//! Changed files: none is valid with another meaning, none makes the verifier panic.
//!
//! Bundles are taken from the published ones, and one is as large as a section with many bids.

mod fixture;

use std::collections::BTreeSet;
use std::path::PathBuf;

use fixture::{Case, trust};
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::Value;
use yilian_crypto::Digest;
use yilian_verify::{Bundle, Claim, Codes, Trust};

const SEED: [u8; 32] = *b"yilian: mutations of the bundles";

fn rng() -> TestRng {
    TestRng::from_seed(RngAlgorithm::ChaCha, &SEED)
}

/// A number below a bound.
fn below(rng: &mut TestRng, bound: usize) -> usize {
    usize::try_from(rng.next_u64() % bound as u64).expect("below a usize")
}

/// A changed file: a byte, a piece taken out, doubled or moved, or an end cut off.
fn mutated(rng: &mut TestRng, bytes: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let (at, length) = (below(rng, bytes.len()), 1 + below(rng, 64));
    let end = (at + length).min(bytes.len());
    match rng.next_u32() % 8 {
        0..=3 => changed[at] ^= 1 << (rng.next_u32() % 8),
        4 => drop(changed.drain(at..end)),
        5 => {
            let piece = changed[at..end].to_vec();
            changed.splice(at..at, piece);
        }
        6 => {
            let to = below(rng, bytes.len() - (end - at) + 1);
            let piece: Vec<u8> = changed.drain(at..end).collect();
            changed.splice(to..to, piece);
        }
        _ => changed.truncate(at),
    }
    changed
}

/// A section whose 1,000 bids were all revealed, with 400 of their absences' neighbours in the state.
fn large() -> Bundle {
    let bids: Vec<Digest> = (0..1_000u32)
        .map(|bid| Digest::sha256(&bid.to_be_bytes()))
        .collect();
    let mut case = Case::new();
    fixture::tender_values(&mut case.tree, "opened", &bids);
    let sealed = |bid: &Digest| Claim::State {
        height: 31,
        contract: "tender".to_owned(),
        key: format!("sealed/{bid}"),
    };
    case.claims = vec![Claim::Record { log_index: 412 }];
    case.claims.extend(bids.iter().take(400).map(sealed));
    case.claims.push(Claim::AllRevealed {
        height: 31,
        tender: "G2026-001".to_owned(),
        commitments: bids,
    });
    case.build()
}

#[test]
fn no_mutation_of_a_large_bundle_is_valid() {
    let good = large().to_bytes();
    let (trust, codes) = (trust(), Codes::default());
    assert!(Bundle::verify_bytes(&good, &trust, &codes).is_valid());
    assert!(good.len() > 100_000, "{} bytes", good.len());
    let mut rng = rng();
    for round in 0..20_000 {
        let changed = mutated(&mut rng, &good);
        let report = Bundle::verify_bytes(&changed, &trust, &codes);
        assert!(!report.is_valid() || changed == good, "round {round}");
    }
}

/// A published case: its bundle and the JSON of its trust file.
fn case(name: &str) -> (Vec<u8>, String) {
    let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"))
        .join("../../tests/vectors/evidence");
    let cases = std::fs::read(folder.join("cases.json")).expect("the vectors are there");
    let cases: Vec<Value> = serde_json::from_slice(&cases).expect("JSON");
    let found = cases.iter().find(|case| case["name"] == name);
    let found = found.expect("the case");
    let bundle = std::fs::read(folder.join(found["file"].as_str().expect("a file")));
    (bundle.expect("the bundle"), found["trust"].to_string())
}

/// Every byte of a trust file, changed in each of its bits: evidence is valid only where the trust file says the same, or
/// demands less in a field that a reader may leave out by its own choice.
#[test]
fn no_changed_byte_of_a_trust_file_makes_evidence_of_another_chain_valid() {
    for name in [
        "a record and two states",
        "a log that extends the trusted one",
        "two of three witnesses cosigned",
    ] {
        let (bundle, text) = case(name);
        let meant = Trust::parse(&text).expect("a trust file");
        let codes = Codes::default();
        assert!(Bundle::verify_bytes(&bundle, &meant, &codes).is_valid());
        let mut accepted = BTreeSet::new();
        for place in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone().into_bytes();
                changed[place] ^= 1 << bit;
                let Ok(changed) = String::from_utf8(changed) else {
                    continue;
                };
                let Ok(trust) = Trust::parse(&changed) else {
                    continue;
                };
                if Bundle::verify_bytes(&bundle, &trust, &codes).is_valid() {
                    assert_eq!(trust.chain_id, meant.chain_id, "{changed}");
                    // The next height after a checkpoint is decided by the set that it names as the next.
                    let next =
                        |trust: &Trust| trust.checkpoint.as_ref().map(|c| c.next_validators_hash);
                    let same = trust.validators_hash == meant.validators_hash
                        || (next(&meant).is_some() && next(&trust) == next(&meant));
                    assert!(same, "{changed}");
                    assert_eq!(trust.chain_spec, meant.chain_spec, "{changed}");
                    let root =
                        |trust: &Trust| trust.checkpoint.as_ref().map(|c| (c.log_size, c.log_root));
                    assert_eq!(root(&trust), root(&meant), "{changed}");
                    accepted.insert(changed);
                }
            }
        }
        println!(
            "{name}: {} changed trust files say the same or demand other witnesses",
            accepted.len()
        );
    }
}

#[test]
fn no_bytes_make_a_trust_file_that_panics() {
    let (bundle, text) = case("two of three witnesses cosigned");
    let spec = fixture::spec().to_toml();
    let mut rng = rng();
    for _ in 0..5_000 {
        for good in [&text, &spec] {
            let changed = mutated(&mut rng, good.as_bytes());
            let Ok(changed) = String::from_utf8(changed) else {
                continue;
            };
            // Reading is what is tried here; a short bundle keeps the rest from taking the time.
            if let Ok(trust) = Trust::parse(&changed) {
                let _ = Bundle::verify_bytes(&bundle[..40], &trust, &Codes::default());
            }
        }
    }
}
