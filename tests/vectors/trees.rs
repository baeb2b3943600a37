//! Vectors of the two trees: the log, and the state.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use yilian_crypto::Digest;
use yilian_merkle::log::{self, Frontier, NodeRead};
use yilian_merkle::state::StateProof;

#[derive(Default)]
struct Nodes(BTreeMap<(u8, u64), Digest>);

impl NodeRead for Nodes {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        self.0.get(&(level, index)).copied()
    }
}

/// Leaves `leaf 0` to `leaf 6`: every root, every inclusion in the last tree, every consistency with it.
pub(crate) fn log() -> Value {
    const LEAVES: u64 = 7;
    let (mut frontier, mut nodes) = (Frontier::default(), Nodes::default());
    let mut roots = vec![log::empty_root()];
    for number in 0..LEAVES {
        let leaf = log::leaf_hash(format!("leaf {number}").as_bytes());
        for node in frontier.append(leaf) {
            nodes.0.insert((node.level, node.index), node.hash);
        }
        roots.push(frontier.root());
    }
    let inclusion = |index| log::prove_inclusion(&nodes, index, LEAVES).expect("in the tree");
    let consistency = |old| log::prove_consistency(&nodes, old, LEAVES).expect("an older tree");
    json!({
        "leaves": (0..LEAVES).map(|number| format!("leaf {number}")).collect::<Vec<_>>(),
        "roots": roots,
        "inclusion": (0..LEAVES).map(inclusion).collect::<Vec<_>>(),
        "consistency": (1..=LEAVES).map(consistency).collect::<Vec<_>>(),
    })
}

/// Path and value of an entry, both hashed.
type Entry = (Digest, Digest);

fn bit(path: &Digest, level: usize) -> bool {
    path.as_bytes()[level / 8] >> (7 - level % 8) & 1 == 1
}

/// Root of the entries whose paths agree up to a level: the definition, without any storage.
fn root(entries: &[Entry], level: usize) -> Digest {
    match entries {
        [] => StateProof::EMPTY,
        [(path, value)] => StateProof::leaf_hash(path, value),
        _ => {
            let (right, left): (Vec<_>, Vec<_>) =
                entries.iter().partition(|(path, _)| bit(path, level));
            StateProof::inner_hash(&root(&left, level + 1), &root(&right, level + 1))
        }
    }
}

fn prove(entries: &[Entry], path: &Digest) -> StateProof {
    let (mut here, mut siblings) = (entries.to_vec(), Vec::new());
    while here.len() > 1 {
        let level = siblings.len();
        let (own, other): (Vec<Entry>, Vec<Entry>) = here
            .iter()
            .partition(|(other, _)| bit(other, level) == bit(path, level));
        siblings.push(root(&other, level + 1));
        here = own;
    }
    siblings.reverse();
    StateProof {
        leaf: here.first().copied(),
        siblings,
    }
}

/// Five entries, a proof of presence for each, and proofs of absence of both kinds.
pub(crate) fn state() -> Value {
    let key = |name: &str| format!("evidence\0record/{name}");
    let value = |name: &str| format!("{{\"of\":\"{name}\"}}");
    let present = ["a", "b", "c", "d", "e"];
    let entries: Vec<Entry> = present
        .iter()
        .map(|name| {
            (
                Digest::sha256(key(name).as_bytes()),
                Digest::sha256(value(name).as_bytes()),
            )
        })
        .collect();
    let root = root(&entries, 0);
    let case = |name: &str| {
        let proof = prove(&entries, &Digest::sha256(key(name).as_bytes()));
        let value = present.contains(&name).then(|| value(name));
        let expected = value.as_ref().map(String::as_bytes);
        assert_eq!(proof.verify(&root, key(name).as_bytes(), expected), Ok(()));
        json!({ "key": key(name), "value": value, "proof": proof })
    };
    // A place that is empty is rarer than a foreign leaf, so the first name that meets one is looked for.
    let empty_place = |name: &String| {
        prove(&entries, &Digest::sha256(key(name).as_bytes()))
            .leaf
            .is_none()
    };
    let names = (0..1_000).map(|number| format!("absent {number}"));
    let (free, taken): (Vec<_>, Vec<_>) = names.partition(empty_place);
    let absent = free
        .iter()
        .take(2)
        .chain(taken.iter().take(3))
        .map(String::as_str);
    let asked = present.iter().copied().chain(absent);
    json!({ "root": root, "cases": asked.map(case).collect::<Vec<_>>() })
}
