//! Bytes of bundles and the time of verifying them, natively and in node.js, in one table.
//!
//! Figures, not a test. Bundles are made by hand, as the tests make theirs: a record in logs of 10^4 and 10^6 leaves, and
//! sections of 12 and 1,000 bids with a sealing and a revealing record for each bid. A quorum of four centres signs.
//! `scripts/bench evidence` runs it.

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use fixture::{INPUT, Nodes, Tree, certify, codes, echo, header, sender, spec, trust};
use serde_json::{Value, json};
use yilian_crypto::Digest;
use yilian_merkle::log::{self, Frontier};
use yilian_primitives::cbor::Cbor as _;
use yilian_primitives::{
    Cause, Commitment, Envelope, Outcome, Receipt, RuleCall, TransactionPayload, json as strict,
};
use yilian_verify::bundle::{CertifiedByItself, LoggedRecord, StateEntry};
use yilian_verify::{Bundle, Claim, Codes};

const HEIGHT: u64 = 2_000_000;

fn transaction(method: &str, number: u64) -> Envelope {
    let payload = TransactionPayload {
        chain_id: spec().chain_id,
        sender: sender().public_key(),
        contract: "tender".to_owned(),
        method: method.to_owned(),
        args: json!({"tender": "G2026-001", "bidder": "91620100MA9100001R",
            "commitment": Digest::sha256(&number.to_be_bytes()), "salt": "00".repeat(32)}),
        fuel_limit: 1_000_000,
        valid_until_ms: fixture::TIME_MS + 60_000,
        nonce: format!("{number:032x}"),
    };
    Envelope::sign(&payload, &sender())
}

fn receipt(envelope: &Envelope, method: &str, number: u64) -> Receipt {
    let payload: Value = serde_json::from_slice(&envelope.payload).expect("JSON");
    let commitment = Commitment {
        count: 4,
        root: Digest::sha256(b"entries"),
    };
    let text = Digest::sha256(INPUT.as_bytes());
    Receipt {
        height: HEIGHT - 1,
        index: u32::try_from(number % 1_000).expect("small"),
        time_ms: fixture::TIME_MS,
        cause: Cause::Transaction(envelope.id()),
        caller: sender().public_key().to_string(),
        organisation: "91350100M000100Y43".to_owned(),
        contract: "tender".to_owned(),
        method: method.to_owned(),
        code_hash: Digest::sha256(b"tender code"),
        args: Digest::sha256(&strict::canonical(&payload["args"])),
        outcome: Outcome::Ok,
        result: Digest::sha256(b"null"),
        rule_calls: vec![RuleCall {
            code_hash: Digest::sha256(&echo()),
            method: "judge".to_owned(),
            input: text,
            output: text,
        }],
        reads: commitment,
        writes: commitment,
        events: commitment,
        fuel_used: 900_000,
    }
}

/// Evidence of so many bids (none: of one record) in a log of so many leaves.
fn bundle(bids: u64, leaves: u64) -> Bundle {
    let methods: Vec<(&str, u64)> = match bids {
        0 => vec![("commit", 0)],
        bids => (0..bids)
            .flat_map(|bid| [("commit", 2 * bid), ("reveal", 2 * bid + 1)])
            .collect(),
    };
    let transactions: Vec<Envelope> = methods
        .iter()
        .map(|(method, number)| transaction(method, *number))
        .collect();
    let receipts: Vec<Receipt> = transactions
        .iter()
        .zip(&methods)
        .map(|(sent, (method, number))| receipt(sent, method, *number))
        .collect();
    let (mut frontier, mut nodes) = (Frontier::default(), Nodes::default());
    // Records of one section lie among those of others.
    let spread = (leaves / (receipts.len() as u64 + 1)).max(1);
    let mut places = Vec::new();
    for place in 0..leaves {
        let own = places.len();
        let hash = match receipts.get(own) {
            Some(receipt) if place == (own as u64 + 1) * spread - 1 => {
                places.push(place);
                log::leaf_hash(&receipt.encode())
            }
            _ => log::leaf_hash(&place.to_be_bytes()),
        };
        nodes.append(&mut frontier, hash);
    }
    let commitments: Vec<Digest> = (0..bids)
        .map(|bid| Digest::sha256(&bid.to_be_bytes()))
        .collect();
    let mut tree = Tree::default();
    fixture::tender_values(&mut tree, "opened", &commitments);
    let mut header = header(&spec(), HEIGHT, fixture::TIME_MS);
    header.log_size = leaves;
    header.log_root = frontier.root();
    header.state_root = tree.root();
    let set = spec().validators();
    let certificate = certify(&header, &set, &["lanzhou", "baiyin", "qingyang"]);
    let mut claims: Vec<Claim> = places
        .iter()
        .map(|place| Claim::Record { log_index: *place })
        .collect();
    let mut states = Vec::new();
    if bids > 0 {
        claims.push(Claim::AllRevealed {
            height: HEIGHT,
            tender: "G2026-001".to_owned(),
            commitments,
        });
        let (value, proof) = tree.get("tender", "tender/G2026-001");
        states.push(StateEntry {
            height: HEIGHT,
            contract: "tender".to_owned(),
            key: "tender/G2026-001".to_owned(),
            value,
            proof,
        });
    }
    let records = places.iter().zip(receipts);
    Bundle {
        chain_id: spec().chain_id,
        claims,
        validator_sets: vec![set],
        trail: vec![CertifiedByItself {
            header,
            certificate,
        }],
        headers: Vec::new(),
        records: records
            .map(|(place, receipt)| LoggedRecord {
                log_index: *place,
                receipt,
                path: log::prove_inclusion(&nodes, *place, leaves)
                    .expect("there")
                    .hashes,
            })
            .collect(),
        transactions,
        contents: vec![INPUT.as_bytes().to_vec()],
        codes: vec![
            codes()
                .get(&Digest::sha256(&echo()))
                .expect("echo")
                .to_vec(),
        ],
        states,
        consistency: Vec::new(),
        cosignatures: Vec::new(),
    }
    .arranged()
}

/// The shortest of some runs, in ms.
fn native_ms(bytes: &[u8]) -> f64 {
    let trust = trust();
    let runs = (0..5).map(|_| {
        let started = Instant::now();
        let report = Bundle::verify_bytes(bytes, &trust, &Codes::default());
        assert!(report.is_valid(), "{report:?}");
        started.elapsed().as_secs_f64() * 1_000.0
    });
    runs.fold(f64::INFINITY, f64::min)
}

const IN_NODE: &str = "import { readFileSync } from 'node:fs';\
    const [folder, file, trust] = process.argv.slice(1);\
    const { load } = await import(folder + '/verify.mjs');\
    const verifier = await load(readFileSync(folder + '/yilian_verify.wasm'));\
    const bundle = readFileSync(file), text = readFileSync(trust, 'utf8');\
    let best = Infinity;\
    for (let i = 0; i < 5; i++) { const t = performance.now();\
      const report = verifier.verify(bundle, text);\
      if (report.verdict.kind !== 'valid') throw new Error(report.verdict.kind);\
      best = Math.min(best, performance.now() - t); }\
    console.log(best);";

fn node_ms(verifier: &Path, file: &Path, trust: &Path) -> f64 {
    let output = Command::new("node")
        .args(["--input-type=module", "-e", IN_NODE])
        .args([verifier, file, trust])
        .output()
        .expect("node.js runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said.trim().parse().expect("a time")
}

fn main() {
    let program = std::env::current_exe().expect("path of the bench");
    let target = program.ancestors().nth(3).expect("target folder");
    let verifier: PathBuf = target.join("verifier");
    let folder = std::env::temp_dir().join(format!("yilian-evidence-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let trust_file = folder.join("trust.json");
    let text = serde_json::to_string(&trust()).expect("JSON");
    std::fs::write(&trust_file, text).expect("written");
    println!("| evidence | leaves | records | path | bytes | native ms | node.js ms |");
    println!("|---|---|---|---|---|---|---|");
    for (what, bids, leaves) in [
        ("one record", 0, 10_000),
        ("one record", 0, 1_000_000),
        ("section of 12 bids", 12, 1_000_000),
        ("section of 1,000 bids", 1_000, 1_000_000),
    ] {
        let bundle = bundle(bids, leaves);
        let bytes = bundle.to_bytes();
        let file = folder.join("bundle.ylev");
        std::fs::write(&file, &bytes).expect("written");
        let (native, node) = (native_ms(&bytes), node_ms(&verifier, &file, &trust_file));
        let (records, path) = (bundle.records.len(), bundle.records[0].path.len());
        let size = bytes.len();
        println!("| {what} | {leaves} | {records} | {path} | {size} | {native:.2} | {node:.2} |");
    }
    let _ = std::fs::remove_dir_all(folder);
}
