//! Yesterday's backup in the place of a lost database, while a height is open in which the validator voted: it follows and
//! signs nothing until a block of after its start has its word, then signs again. Nobody has two votes of it for one step,
//! and no two of its acknowledgements follow the same one.

use std::fs;
use std::path::Path;
use std::time::Duration;

use yilian_acknowledgement::{AcknowledgedSubmission, forks};
use yilian_primitives::Address;
use yilian_tests::harness::{
    Network, Sender, backed_up, deposit_args, program, restored, sent_ok, wait_for,
};

/// The validator that is restored, and one that remembers its votes all the time.
const LOST: usize = 2;
const WITNESS: usize = 1;
/// Longer than two rounds without a proposal: who may vote has voted by then.
const ROUNDS: Duration = Duration::from_secs(15);

#[test]
fn a_restored_validator_signs_nothing_twice() {
    let mut network = Network::new();
    for node in [0, LOST, 3] {
        network.nodes[node].start();
    }
    let votes = "warn,yiliand=info,yilian_consensus=info,arc_malachitebft_core_consensus=info";
    network.nodes[WITNESS].start_program(&program("yiliand"), &[("RUST_LOG", votes)]);
    let sender = network.sender(WITNESS, "trading-system");
    network
        .nodes
        .iter()
        .for_each(|node| node.wait_for_height(1));
    let mut words = vec![acknowledged(&network, 1)];
    let config = network.nodes[LOST].folder.join("node.toml");
    let backup = network.folder.path().join("backup");
    backed_up(&config, &backup);
    no_key_is_in(&backup);

    words.push(acknowledged(&network, 2));
    for number in 3..6 {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
    }
    let open = an_open_height_it_voted_in(&mut network, &sender);
    network.nodes[LOST].kill();
    let data = network.nodes[LOST].folder.join("data");
    fs::remove_dir_all(data.join("db")).expect("the disk is lost");
    fs::remove_dir_all(data.join("consensus")).expect("with the votes on it");
    restored(&config, Some(&backup));

    // It catches up with the one that is left, and the height in which it voted stays open.
    network.nodes[LOST].start();
    wait_for("the restored validator to catch up", || {
        let status = network.nodes[LOST].status()?;
        (status.height + 1 == open && status.restored).then_some(())
    });
    let refused = acknowledge(&network, 7).expect_err("it acknowledges nothing meanwhile");
    assert!(refused.contains("restored"), "{refused}");
    std::thread::sleep(ROUNDS);
    assert_eq!(network.nodes[LOST].height() + 1, open);

    network.nodes[0].start();
    network.nodes[3].start();
    wait_for("it to sign again", || {
        let status = network.nodes[LOST].status()?;
        (status.height > open && !status.restored).then_some(())
    });
    its_signature_returns(&network, open);
    words.push(acknowledged(&network, 8));
    assert_eq!(forks(&words), [], "one chain of acknowledgements");
    let again = acknowledged(&network, 2);
    assert_eq!(forks(&[words[1].clone(), again]), []);
    network.wait_for_agreement(&[0, 1, 2, 3]);
    nobody_saw_two_votes(&network);
}

/// Stops two of four: the two that are left vote in the next height, and it stays open. Gives the height.
fn an_open_height_it_voted_in(network: &mut Network, sender: &Sender) -> u64 {
    network.nodes[0].kill();
    network.nodes[3].kill();
    let height = wait_for("the two that are left to agree", || {
        let heights = [WITNESS, LOST].map(|node| network.nodes[node].height());
        (heights[0] == heights[1] && heights[0] > 0).then_some(heights[0])
    });
    sender
        .send("evidence", "deposit", deposit_args(6))
        .expect("accepted");
    let open = height + 1;
    let own = Address::of(&network.validator_keys()[LOST]).to_string();
    wait_for("its vote for a block in the open height", || {
        let log = network.nodes[WITNESS].log();
        let parts = [
            "Received vote".to_owned(),
            format!("vote.height={open} "),
            format!("validator={own}"),
        ];
        let is_its = |line: &&str| parts.iter().all(|part| line.contains(part));
        let mut its = log.lines().filter(is_its);
        its.find(|line| !line.contains("nil")).map(|_| ())
    });
    assert_eq!(network.nodes[WITNESS].height(), height, "it is open");
    open
}

/// No block has its signature before it may sign, and later ones have.
fn its_signature_returns(network: &Network, open: u64) {
    let own = Address::of(&network.validator_keys()[LOST]);
    let signed = |height: u64| {
        let found = network.client(WITNESS).header(height).ok()?.certificate?;
        Some(found.signatures.iter().any(|(signer, _)| *signer == own))
    };
    // Its word stands at the earliest in the open height, and four blocks after it are watched.
    for height in open + 1..=open + 4 {
        assert_eq!(signed(height), Some(false), "height {height}");
    }
    let mut height = open + 5;
    wait_for("its signature", || {
        let found = signed(height)?;
        height += 1;
        found.then_some(())
    });
}

fn acknowledge(network: &Network, number: u64) -> Result<AcknowledgedSubmission, String> {
    let mut args = deposit_args(number);
    // The same submission whenever it is asked for.
    args["generated"]["time_ms"] = 1_700_000_000_000u64.into();
    network.acknowledgement_by(LOST, "evidence", "deposit", args)
}

fn acknowledged(network: &Network, number: u64) -> AcknowledgedSubmission {
    let mut last = String::new();
    wait_for("an acknowledgement", || {
        match acknowledge(network, number) {
            Ok(word) => Some(word),
            Err(reason) => {
                if reason != last {
                    println!("{reason}");
                }
                last = reason;
                None
            }
        }
    })
}

fn no_key_is_in(backup: &Path) {
    let entries = fs::read_dir(backup.join("db")).expect("folder");
    for entry in entries.chain(fs::read_dir(backup).expect("folder")) {
        let name = entry.expect("entry").file_name();
        let name = name.to_string_lossy();
        assert!(!name.ends_with(".key") && !name.ends_with(".wal"), "{name}");
    }
}

fn nobody_saw_two_votes(network: &Network) {
    for node in &network.nodes {
        let log = node.log();
        let fault = log.lines().find(|line| line.contains("signed two things"));
        assert_eq!(fault, None, "at {}", node.name);
    }
}
