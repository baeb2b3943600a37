//! Bundles made on a running network verify when nothing is left but the bundle and the trust file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use yilian_acknowledgement::{AcknowledgedSubmission, Acknowledgement};
use yilian_crypto::Digest;

use yilian_tests::harness::{
    Network, Section, Witness, bids, program, read_key, sent_ok, target_folder, wait_for,
};

/// Verifies in a folder of its own, with no folder of keys and no node.
fn verify(folder: &Path, file: &str, trust: &str) -> (Option<i32>, Value) {
    let output = Command::new(program("yilian"))
        .args([
            "--json",
            "--home",
            "nowhere",
            "--node",
            "http://127.0.0.1:1",
        ])
        .args(["verify", file, "--trust", trust])
        .current_dir(folder)
        .output()
        .expect("yilian runs");
    let said = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), said)
}

fn python(folder: &Path, file: &str, trust: &str) -> Output {
    let tests = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    Command::new("python3")
        .arg(tests.join("verifier/verify.py"))
        .args([file, "--trust", trust, "--json"])
        .current_dir(folder)
        .output()
        .expect("python3 runs")
}

/// The verifier for browsers, in node.js.
fn in_node_js(folder: &Path, file: &str, trust: &str) -> Output {
    let verifier = target_folder().join("verifier");
    Command::new("node")
        .arg(verifier.join("verify-cli.mjs"))
        .arg(verifier.join("yilian_verify.wasm"))
        .args([file, "--trust", trust])
        .current_dir(folder)
        .output()
        .expect("node.js runs")
}

fn export(network: &Network, out: &Path, arguments: &[&str]) -> Value {
    let out = out.to_str().expect("path");
    let mut all = vec!["evidence", "export"];
    all.extend_from_slice(arguments);
    all.extend_from_slice(&["-o", out]);
    network.cli_json(0, &all)
}

/// Two validators signed that they held a bid, and dropped it: file and evidence together name them.
fn acknowledged_and_dropped(network: &Network, court: &Path, section: &Section, bid: &[u8]) {
    let mut file = AcknowledgedSubmission {
        chain_id: "yilian-local".to_owned(),
        contract: "tender".to_owned(),
        method: "commit".to_owned(),
        args: json!({"commitment": Digest::sha256(bid)}),
        acknowledgements: Vec::new(),
    };
    for node in &network.nodes[..2] {
        let key = read_key(&node.folder.join("validator.key"));
        let time_ms = section.deadline_ms - 1_000;
        let submission = file.submission();
        let word = Acknowledgement::sign(&file.chain_id, &submission, time_ms, Digest::ZERO, &key);
        file.acknowledgements.push(word);
    }
    let judged = |file: &AcknowledgedSubmission, evidence: &str| {
        let path = court.join("dropped.ack");
        fs::write(&path, file.to_json().to_string()).expect("written");
        let (path, evidence) = (path.display().to_string(), court.join(evidence));
        let evidence = evidence.display().to_string();
        let trust = court.join("chain.toml").display().to_string();
        let arguments = [
            "ack",
            "missing",
            &path,
            "--evidence",
            &evidence,
            "--trust",
            &trust,
        ];
        let output = network.cli(0, &arguments);
        let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), said["data"]["validators"].clone())
    };
    let (exit, named) = judged(&file, "absent.ylev");
    assert_eq!((exit, &named), (Some(0), &json!(["baiyin", "lanzhou"])));
    // Evidence of something else decides nothing, and a changed word is forged.
    assert_eq!(judged(&file, "one.ylev").0, Some(5));
    file.acknowledgements[0].time_ms -= 1;
    assert_eq!(judged(&file, "absent.ylev").0, Some(4));
}

#[test]
fn evidence_outlives_its_network() {
    let mut network = Network::new();
    let witnesses = ["audit.gansu", "notary.gansu"].map(|name| Witness::start(&network, name));
    for witness in &witnesses {
        witness.configure(&network.nodes[0].folder.join("node.toml"));
    }
    network.start_all();
    let section = Section::published(&network, 12);
    let bids = bids(4);
    let mut sealed = Vec::new();
    for bid in &bids {
        let status = section.commit(bid, false);
        sent_ok(&status);
        sealed.push(status.tx_id.to_string());
    }
    section.wait_for_deadline();
    section.close(&bids);
    section.reveal(&bids);
    section.open();

    let court = tempfile::tempdir().expect("folder");
    let court = court.path();
    let chain = network.path().join("chain.toml");
    fs::copy(&chain, court.join("chain.toml")).expect("the trust file");
    // The short form of it, which other languages read, and one that demands witnesses.
    let spec = yilian_chain_spec::ChainSpec::parse(&fs::read_to_string(&chain).expect("spec"));
    let spec = spec.expect("a specification");
    let mut trust = json!({"chain_id": spec.chain_id, "chain_spec": spec.digest(),
        "validators_hash": spec.validators().hash()});
    fs::write(court.join("trust.json"), trust.to_string()).expect("written");
    let key = |witness: &Witness| json!({"name": witness.name, "public_key": witness.public_key});
    trust["witnesses"] = json!({"threshold": 2, "keys": witnesses.each_ref().map(key)});
    let witnessed = court.join("witnessed.json");
    fs::write(&witnessed, trust.to_string()).expect("written");

    let stranger =
        json!({"name": "stranger", "public_key": network.key("trading-system").public_key()});
    trust["witnesses"] = json!({"threshold": 1, "keys": [stranger]});
    fs::write(court.join("stranger.json"), trust.to_string()).expect("written");

    export(&network, &court.join("one.ylev"), &[&sealed[0]]);
    export(
        &network,
        &court.join("tender.ylev"),
        &["--tender", section.id(), "--complete"],
    );
    let absent = Digest::sha256(b"never sealed").to_string();
    let question = ["--tender", section.id(), "--not-submitted", &absent];
    export(&network, &court.join("absent.ylev"), &question);
    acknowledged_and_dropped(&network, court, &section, b"never sealed");
    // Witnesses cosign what is there when they are asked, so the record may have to wait for the next round.
    let out = court.join("witnessed.ylev");
    wait_for("a cosigned checkpoint over the record", || {
        let out = out.to_str().expect("path");
        let trust = witnessed.to_str().expect("path");
        let arguments = [
            "evidence", "export", &sealed[0], "-o", out, "--trust", trust,
        ];
        network.cli(0, &arguments).status.success().then_some(())
    });
    drop(witnesses);
    drop(network);

    for file in ["one.ylev", "tender.ylev", "absent.ylev"] {
        for trust in ["chain.toml", "trust.json"] {
            let (exit, said) = verify(court, file, trust);
            assert_eq!(exit, Some(0), "{file} with {trust}: {said:#}");
        }
        let output = python(court, file, "trust.json");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{file}: {said}");
        let output = in_node_js(court, file, "chain.toml");
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{file}: {said}{complaint}");
        assert!(
            said.contains("✓ 规则重新执行") || file != "tender.ylev",
            "{said}"
        );
        let (exit, said) = verify(court, file, "stranger.json");
        assert_eq!(exit, Some(5), "no witness cosigned {file}: {said:#}");
    }
    let (exit, said) = verify(court, "witnessed.ylev", "witnessed.json");
    assert_eq!(exit, Some(0), "{said:#}");
    let output = python(court, "witnessed.ylev", "witnessed.json");
    assert_eq!(output.status.code(), Some(0));
    let (_, said) = verify(court, "tender.ylev", "chain.toml");
    let outcome = |step: &str| {
        let steps = said["data"]["steps"].as_array().expect("steps").iter();
        let mut found = steps.filter(|one| one["id"] == step);
        found.next().expect("the step")["outcome"].clone()
    };
    assert_eq!(
        outcome("replay"),
        "proved",
        "rules were run again: {said:#}"
    );
    assert_eq!(outcome("claims"), "proved");

    let bytes = fs::read(court.join("tender.ylev")).expect("there");
    for place in [20, bytes.len() / 2, bytes.len() - 3] {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        fs::write(court.join("changed.ylev"), changed).expect("written");
        let (exit, said) = verify(court, "changed.ylev", "chain.toml");
        assert_eq!(exit, Some(4), "byte {place}: {said:#}");
    }
}
