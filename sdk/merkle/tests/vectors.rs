//! The committed vectors: made by another implementation from the texts of RFC 6962 and of docs/protocol.md.

mod oracle;

use oracle::Tree;
use serde::Deserialize;
use yilian_crypto::Digest;
use yilian_merkle::cbor::Cbor;
use yilian_merkle::log::{self, ConsistencyProof, InclusionProof};
use yilian_merkle::state::StateProof;

#[derive(Deserialize)]
struct LogVectors {
    leaves: Vec<String>,
    leaf_hashes: Vec<Digest>,
    roots: Vec<Digest>,
    inclusion: Vec<InclusionVector>,
    consistency: Vec<ConsistencyVector>,
}

#[derive(Deserialize)]
struct InclusionVector {
    index: u64,
    size: u64,
    hashes: Vec<Digest>,
    cbor: String,
}

#[derive(Deserialize)]
struct ConsistencyVector {
    old_size: u64,
    new_size: u64,
    hashes: Vec<Digest>,
    cbor: String,
}

#[derive(Deserialize)]
struct StateVectors {
    trees: Vec<TreeVector>,
}

#[derive(Deserialize)]
struct TreeVector {
    entries: Vec<Entry>,
    root: Digest,
    proofs: Vec<StateVector>,
}

#[derive(Deserialize)]
struct Entry {
    contract: String,
    key: String,
    value: String,
}

#[derive(Deserialize)]
struct StateVector {
    contract: String,
    key: String,
    value: Option<String>,
    proof: StateProof,
    cbor: String,
}

fn read<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let folder = std::path::PathBuf::from(
        std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests"),
    )
    .join("../../tests/vectors");
    let text = std::fs::read_to_string(folder.join(name)).expect("the vectors are there");
    serde_json::from_str(&text).expect("vectors of this form")
}

fn unhex(digits: &str) -> Vec<u8> {
    let byte = |place| u8::from_str_radix(&digits[place..place + 2], 16).expect("hex");
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn same_cbor<P: Cbor + PartialEq + std::fmt::Debug>(proof: &P, cbor: &str) {
    assert_eq!(proof.to_cbor(), unhex(cbor));
    assert_eq!(P::from_cbor(&unhex(cbor)).as_ref(), Ok(proof));
}

#[test]
fn the_published_leaves_and_roots_are_computed() {
    let vectors: LogVectors = read("log.json");
    let leaves = vectors.leaves.iter().map(|hex| log::leaf_hash(&unhex(hex)));
    assert_eq!(leaves.collect::<Vec<_>>(), vectors.leaf_hashes);
    for (size, root) in vectors.roots.iter().enumerate() {
        assert_eq!(log::root(&vectors.leaf_hashes[..size]), *root);
    }
    // As the reference implementation of Certificate Transparency publishes them.
    let published = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let roots: Vec<_> = vectors.roots.iter().map(Digest::to_hex).collect();
    assert_eq!(roots, published);
}

#[test]
fn the_proofs_about_the_log_hold() {
    let vectors: LogVectors = read("log.json");
    let root = |size: u64| vectors.roots[usize::try_from(size).expect("small")];
    assert_eq!(vectors.inclusion.len(), 36);
    for vector in vectors.inclusion {
        let leaf = vectors.leaf_hashes[usize::try_from(vector.index).expect("small")];
        let proof = InclusionProof {
            index: vector.index,
            size: vector.size,
            hashes: vector.hashes,
        };
        assert_eq!(proof.verify(&leaf, &root(proof.size)), Ok(()));
        same_cbor(&proof, &vector.cbor);
    }
    assert_eq!(vectors.consistency.len(), 44);
    for vector in vectors.consistency {
        let proof = ConsistencyProof {
            old_size: vector.old_size,
            new_size: vector.new_size,
            hashes: vector.hashes,
        };
        let (old, new) = (root(proof.old_size), root(proof.new_size));
        assert_eq!(proof.verify(&old, &new), Ok(()));
        same_cbor(&proof, &vector.cbor);
    }
}

fn state_key(contract: &str, key: &str) -> Vec<u8> {
    [contract.as_bytes(), &[0], key.as_bytes()].concat()
}

#[test]
fn the_proofs_about_the_state_hold_and_are_those_of_the_node() {
    let vectors: StateVectors = read("state.json");
    for vector in vectors.trees {
        let write = |entry: &Entry| {
            let value = entry.value.clone().into_bytes();
            (state_key(&entry.contract, &entry.key), Some(value))
        };
        let tree = Tree::of(&[vector.entries.iter().map(write).collect()]);
        assert_eq!(tree.root, vector.root);
        for asked in vector.proofs {
            let key = state_key(&asked.contract, &asked.key);
            let value = asked.value.as_deref().map(str::as_bytes);
            assert_eq!(asked.proof.verify(&vector.root, &key, value), Ok(()));
            let opposite = if value.is_some() {
                None
            } else {
                Some(&b"x"[..])
            };
            assert!(asked.proof.verify(&vector.root, &key, opposite).is_err());
            assert_eq!(asked.proof, tree.prove(&key));
            same_cbor(&asked.proof, &asked.cbor);
        }
    }
}
