//! Receipts are verified by a package that is not ours: scitt-cose, in Python.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use yilian_cose_receipt::{Receipt, ReceiptError};
use yilian_crypto::{Digest, SecretKey};
use yilian_merkle::log::{self, Frontier, InclusionProof, NodeRead};

#[derive(Default)]
struct Log {
    frontier: Frontier,
    nodes: BTreeMap<(u8, u64), Digest>,
}

impl NodeRead for Log {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        self.nodes.get(&(level, index)).copied()
    }
}

fn leaf(index: u64) -> Vec<u8> {
    format!("leaf {index}").into_bytes()
}

fn log_of(size: u64) -> Log {
    let mut log = Log::default();
    for index in 0..size {
        for node in log.frontier.append(log::leaf_hash(&leaf(index))) {
            log.nodes.insert((node.level, node.index), node.hash);
        }
    }
    log
}

/// The interpreter of the folder that scripts/foreign-verifiers makes.
fn python() -> PathBuf {
    let test = std::env::current_exe().expect("path of the test");
    let target = test.ancestors().nth(3).expect("target folder");
    let python = target.join("foreign-verifiers/bin/python");
    assert!(
        python.is_file(),
        "the foreign verifiers are not installed: run scripts/foreign-verifiers"
    );
    python
}

fn write_key(folder: &Path, name: &str, key: &SecretKey) {
    let pem = yilian_cose_receipt::public_key_pem(&key.public_key());
    std::fs::write(folder.join(name), pem).expect("written");
}

#[test]
fn a_foreign_verifier_accepts_receipts_and_refuses_changed_ones() {
    let folder = tempfile::tempdir().expect("folder");
    let key = SecretKey::from_seed([7; 32]);
    write_key(folder.path(), "key.pem", &key);
    write_key(folder.path(), "other.pem", &SecretKey::from_seed([8; 32]));
    let mut lines = String::new();
    for size in [2u64, 3, 8, 777, 1_000] {
        let log = log_of(size);
        for index in [0, size / 2, size - 1] {
            let proof = log::prove_inclusion(&log, index, size).expect("there");
            let root = log.frontier.root();
            let receipt = Receipt::new(&proof, root, "yilian/test/lanzhou", b"key", "leaf");
            let receipt = receipt.expect("a path");
            let signature = key.sign(&receipt.to_be_signed());
            let bytes = receipt.signed(&signature).expect("encodes");
            let (leaf, receipt) = (hex::encode(leaf(index)), hex::encode(bytes));
            writeln!(lines, "{leaf} {receipt} {index} {size}").expect("writes");
        }
    }
    std::fs::write(folder.path().join("receipts"), lines).expect("written");
    let script = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let output = Command::new(python())
        .arg(script.join("tests/foreign.py"))
        .arg(folder.path())
        .output()
        .expect("python runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_log_of_one_leaf_has_no_receipt() {
    let proof = InclusionProof {
        index: 0,
        size: 1,
        hashes: Vec::new(),
    };
    let receipt = Receipt::new(&proof, Digest::ZERO, "yilian/test/lanzhou", b"key", "leaf");
    assert_eq!(receipt.err(), Some(ReceiptError::NoPath));
}
