//! Somebody who sees everything that the nodes serve and keep before the deadline learns neither who bids, nor for what,
//! nor how many bids a section has (招标投标法 第二十二条).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use yilian_tests::harness::{BIDDERS, Network, Section, now_ms, text, wait_for};

/// Bids of the section, and commitments that are for no section at all.
const BIDS: usize = 3;
const DUMMIES: usize = 2;

fn done(network: &Network, arguments: &[&str]) {
    let output = network.cli(0, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path of this test")
}

/// Hands everything in under one-time keys of one batch: bids and dummies look alike from outside.
fn submit(network: &Network, section: &Section<'_>, folder: &Path) {
    let batch = folder.join("batch");
    done(
        network,
        &[
            "admission",
            "prepare",
            "--keys",
            "64",
            "--out",
            path(&batch),
        ],
    );
    let file = batch.join("batch.json");
    done(
        network,
        &[
            "--key",
            "trading-system",
            "admission",
            "publish",
            path(&file),
        ],
    );
    for (number, bidder) in BIDDERS[..BIDS + DUMMIES].iter().enumerate() {
        let bid = folder.join(format!("{bidder}.bid"));
        fs::write(&bid, format!("the file of {bidder}")).expect("written");
        let token = batch.join(format!("{:06}.token", 7 * number));
        let secret = folder.join(format!("{bidder}.secret"));
        let tender = if number < BIDS { section.id() } else { "none" };
        let commit = [
            "tender",
            "commit",
            tender,
            "--bidder",
            bidder,
            "--file",
            path(&bid),
        ];
        let kept = ["--token", path(&token), "--out", path(&secret)];
        done(network, &[&commit[..], &kept].concat());
    }
}

/// Secrets of a bid as texts and bytes that must be found nowhere.
fn secrets(folder: &Path, bidder: &str) -> Vec<Vec<u8>> {
    let secret = fs::read_to_string(folder.join(format!("{bidder}.secret"))).expect("a secret");
    let secret: Value = serde_json::from_str(&secret).expect("JSON");
    let field = |name: &str| secret[name].as_str().expect("text").to_owned();
    let digest = field("digest").replace("sha256:", "");
    let mut found = vec![bidder.as_bytes().to_vec()];
    for hex in [digest, field("salt"), field("secret")] {
        found.push(bytes(&hex));
        found.push(hex.into_bytes());
    }
    found
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |place: usize| u8::from_str_radix(&hex[2 * place..2 * place + 2], 16);
    (0..hex.len() / 2)
        .map(|place| digit(place).expect("hex"))
        .collect()
}

/// All files below a folder, keys of the node's own aside.
fn files(folder: &Path, found: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if let Ok(content) = fs::read(&path) {
            found.push(content);
        }
    }
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}

fn get(network: &Network, path: &str) -> String {
    let url = format!("{}{path}", network.nodes[0].api);
    let mut answer = ureq::get(&url)
        .call()
        .unwrap_or_else(|error| panic!("{url}: {error}"));
    answer.body_mut().read_to_string().expect("text")
}

/// The names of an object's fields with the lengths of its texts: all that tells one commitment from another by its form.
fn form(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{name}:{}", form(value)));
            fields.collect::<Vec<_>>().join(",")
        }
        Value::String(text) => text.len().to_string(),
        Value::Array(items) => items.iter().map(form).collect::<Vec<_>>().join(","),
        Value::Number(_) => "number".to_owned(),
        other => other.to_string(),
    }
}

#[test]
fn an_observer_cannot_count_the_bids() {
    let network = Network::started();
    let folder = tempfile::tempdir().expect("a folder");
    let section = Section::published(&network, 60);
    let quiet = get(&network, "/metrics");
    submit(&network, &section, folder.path());
    let height = network.nodes[0].height();
    let mut seen: Vec<String> = (1..=height)
        .map(|height| get(&network, &format!("/v1/blocks/{height}")))
        .collect();
    let transactions: Vec<String> = seen
        .iter()
        .flat_map(|block| ids(block))
        .map(|id| get(&network, &format!("/v1/transactions/{id}")))
        .collect();
    let commits: Vec<Value> = transactions
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).expect("JSON"))
        .filter(|transaction| transaction["payload"]["method"] == "commit")
        .collect();
    seen.extend(transactions);
    assert_eq!(commits.len(), BIDS + DUMMIES);
    // Each has a sender of its own, acts for nobody, names no section, and has the form of every other one.
    let senders: BTreeSet<_> = commits
        .iter()
        .map(|one| one["payload"]["sender"].to_string())
        .collect();
    assert_eq!(senders.len(), commits.len());
    let forms: BTreeSet<_> = commits
        .iter()
        .map(|one| form(&one["payload"]["args"]))
        .collect();
    assert_eq!(forms.len(), 1, "{forms:?}");
    for commit in &commits {
        let text = commit.to_string();
        assert!(!text.contains(section.id()), "{text}");
        assert_eq!(commit["receipt"]["organisation"], "", "{text}");
    }
    for path in ["/v1/status", "/metrics", "/v1/contracts", "/v1/releases"] {
        seen.push(get(&network, path));
    }
    for (method, args) in [
        ("get", json!({"tender": section.id()})),
        ("timeline", json!({"tender": section.id(), "limit": 100})),
        ("list", json!({"limit": 100})),
    ] {
        seen.push(section.view(method, args).to_string());
    }
    let bids = network.client(0).query(
        "tender",
        "bids",
        &json!({"tender": section.id(), "limit": 100}),
    );
    assert!(bids.is_err(), "bids are not to be seen before the opening");
    assert!(now_ms() < section.deadline_ms, "the observer came too late");
    // What a node measures names no section either; it counts transactions of all kinds.
    assert!(!quiet.contains(section.id()) && !quiet.contains("commit{"));
    let mut kept: Vec<Vec<u8>> = seen.into_iter().map(String::into_bytes).collect();
    for node in &network.nodes {
        files(&node.folder.join("data"), &mut kept);
        kept.push(node.log().into_bytes());
    }
    for bidder in &BIDDERS[..BIDS + DUMMIES] {
        for secret in secrets(folder.path(), bidder) {
            let found = kept.iter().any(|content| contains(content, &secret));
            assert!(!found, "{bidder}: {}", String::from_utf8_lossy(&secret));
        }
    }
    // After the deadline the bids are there, and the dummies are nobody's.
    wait_for("the close", || {
        let view = section.view("get", json!({"tender": section.id()}));
        (view["record"]["status"] == "closed").then_some(())
    });
    let secret = |number: usize| folder.path().join(format!("{}.secret", BIDDERS[number]));
    let named: Vec<_> = (0..BIDS).map(secret).collect();
    for step in ["hold", "reveal"] {
        let mut arguments = vec!["--key", "trading-system", "tender", step, section.id()];
        for file in &named {
            arguments.extend(["--bid", path(file)]);
        }
        done(&network, &arguments);
    }
    assert_eq!(section.open()["opened"].as_u64(), Some(BIDS as u64));
}

/// The transactions of a block.
fn ids(block: &str) -> Vec<String> {
    let block: Value = serde_json::from_str(block).expect("JSON");
    let list = block["transactions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |id: Value| id.as_str().map(str::to_owned);
    list.into_iter().filter_map(text).collect()
}
