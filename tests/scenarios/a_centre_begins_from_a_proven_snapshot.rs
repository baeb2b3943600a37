//! A centre lost its machine. Its new node begins from another centre's snapshot, proven from the specification alone: it
//! executes nothing of the past, follows, signs again when that is safe, and proves every record. What it does not have it
//! says. A doctored snapshot makes no node.

use std::fs;
use std::path::Path;
use std::time::Duration;

use yilian_chain_spec::ChainSpec;
use yilian_client::{ClientError, Submitted, TransactionStatus, Wait};
use yilian_merkle::log;
use yilian_tests::harness::{
    Network, copy_folder, deposit_args, operator, sent_ok, text, wait_for,
};
use yilian_verify::Trust;

const LOST: usize = 2;
const MAKER: usize = 1;
/// How long a transaction may wait on this chain, in ms: so long ago bodies begin.
const VALID_MS: u64 = 20_000;

#[test]
fn a_centre_begins_from_a_proven_snapshot() {
    let mut network = Network::of(4, |spec| spec.parameters.valid_for_max_ms = VALID_MS);
    network.start_all();
    network.wait_for_group(MAKER);
    let sender = network
        .sender(MAKER, "trading-system")
        .valid_for_ms(VALID_MS / 2);
    let deposit = |number| {
        let status = sender.call("evidence", "deposit", deposit_args(number));
        sent_ok(&status);
        status
    };
    let old: Vec<TransactionStatus> = (0..4).map(deposit).collect();
    std::thread::sleep(Duration::from_millis(VALID_MS + 2_000));
    network.nodes[LOST].kill();
    let new = sender.envelope("evidence", "deposit", deposit_args(4));
    let id = match sender
        .client
        .submit(&new, Wait::Accepted)
        .expect("accepted")
    {
        Submitted::Accepted(id) => id,
        Submitted::Final(status) => status.tx_id,
    };
    let new_status = wait_for("a recent deposit", || {
        let status = sender.client.transaction(&id).ok()?;
        status.log_index.is_some().then_some(status)
    });

    let [snapshot, changed] = ["snapshot", "changed"].map(|name| network.folder.path().join(name));
    let made = of_operator(&network, MAKER, "snapshot", "--to", &snapshot);
    assert!(made.contains("digest of the state"), "{made}");
    let data = network.nodes[LOST].folder.join("data");
    fs::remove_dir_all(data.join("db")).expect("the disk is lost");
    fs::remove_dir_all(data.join("consensus")).expect("with the votes on it");
    refused_when_doctored(&network, &snapshot, &changed);

    let config = network.nodes[LOST].folder.join("node.toml");
    let new_key = [changed.as_os_str(), "--new-key".as_ref()];
    copy_folder(&snapshot, &changed);
    let signed = operator(
        "begin",
        &config,
        &["--from".as_ref(), new_key[0], new_key[1]],
    );
    assert!(
        text(&signed).contains("was a validator's at height 0"),
        "{}",
        text(&signed)
    );
    let begun = of_operator(&network, LOST, "begin", "--from", &snapshot);
    assert!(begun.contains("signs nothing"), "{begun}");

    network.nodes[LOST].start();
    wait_for("it to sign again", || {
        let status = network.nodes[LOST].status()?;
        (!status.restored && status.bodies_from > 0).then_some(())
    });
    deposit(5);
    let height = network.wait_for_agreement(&[0, 1, LOST, 3]);
    network.assert_same_header(&[0, 1, LOST, 3], height);
    it_proves_everything_and_says_what_it_lacks(&network, &old[0], &new_status);
    it_executes_nothing_twice(&network, &new, &new_status);

    // With another one gone its vote is needed.
    network.nodes[0].kill();
    let through_it = network
        .sender(LOST, "trading-system")
        .valid_for_ms(VALID_MS / 2);
    sent_ok(&through_it.call("evidence", "deposit", deposit_args(6)));
}

/// Runs a command of `yiliand` that has to succeed; gives what it says.
fn of_operator(network: &Network, node: usize, command: &str, flag: &str, folder: &Path) -> String {
    let config = network.nodes[node].folder.join("node.toml");
    let output = operator(command, &config, &[flag.as_ref(), folder.as_ref()]);
    assert!(output.status.success(), "{}", text(&output));
    text(&output)
}

/// One byte of each kind of file, and no database.
fn refused_when_doctored(network: &Network, snapshot: &Path, changed: &Path) {
    let config = network.nodes[LOST].folder.join("node.toml");
    for file in ["sets", "certificates", "log", "state", "blocks", "traces"] {
        let path = changed.join(format!("{file}.00000"));
        copy_folder(snapshot, changed);
        let Ok(mut bytes) = fs::read(&path) else {
            assert_eq!(file, "sets", "no validators changed");
            continue;
        };
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).expect("writes");
        let output = operator("begin", &config, &["--from".as_ref(), changed.as_ref()]);
        let said = text(&output);
        assert!(!output.status.success(), "{file}: {said}");
        assert!(
            said.contains("the snapshot is") && !said.contains("panicked"),
            "{said}"
        );
        let data = network.nodes[LOST].folder.join("data");
        assert!(!data.join("db").exists() && !data.join("db.unfinished").exists());
    }
}

fn it_proves_everything_and_says_what_it_lacks(
    network: &Network,
    old: &TransactionStatus,
    new: &TransactionStatus,
) {
    let client = network.client(LOST);
    let spec = fs::read_to_string(network.path().join("chain.toml")).expect("spec");
    let trust = Trust::of_spec(ChainSpec::parse(&spec).expect("a specification"));
    let record = client.verified_record(&new.tx_id, &trust).expect("proven");
    assert_eq!(Some(&record.receipt), new.receipt.as_ref());
    let (height, index) = (old.height.expect("final"), old.log_index.expect("final"));
    for refused in [
        client.transaction(&old.tx_id).map(|_| ()),
        client.evidence_of(&old.tx_id).map(|_| ()),
    ] {
        let Err(ClientError::Problem(problem)) = refused else {
            panic!("expected a problem: {refused:?}");
        };
        let named = format!("was executed at height {height}: not kept on this node");
        assert_eq!(problem.code, "YL-1112");
        assert!(problem.detail.contains(&named), "{}", problem.detail);
    }
    // The receipt is there, and in the log, as is every header from genesis on.
    let block = client.block(height).expect("a block");
    assert!(
        block
            .receipts
            .contains(old.receipt.as_ref().expect("final"))
    );
    let status = client.status().expect("status");
    let leaf = log::leaf_hash(&client.log_leaf(index).expect("a leaf"));
    let inclusion = client.inclusion(index, status.log_size).expect("a proof");
    inclusion.verify(&leaf, &status.log_root).expect("holds");
    for height in 1..=height {
        network.assert_same_header(&[MAKER, LOST], height);
        client.certificate(height).expect("a certificate");
    }
}

/// Sent again, a transaction is answered with what came of it.
fn it_executes_nothing_twice(
    network: &Network,
    envelope: &yilian_primitives::Envelope,
    before: &TransactionStatus,
) {
    let again = network.client(LOST).submit(envelope, Wait::Accepted);
    match again.expect("an answer") {
        Submitted::Final(status) => assert_eq!(status.log_index, before.log_index),
        Submitted::Accepted(id) => panic!("{id} is executed again"),
    }
}
