//! A centre lost its node, disk and key. A new node with a new key takes its place while the chain runs; no change is made
//! that would halt it.

use yilian_tests::harness::{Network, deposit_args, sent_ok, text, wait_for};

const CENTRES: [&str; 4] = ["lanzhou", "baiyin", "zhangye", "qingyang"];

/// Blocks pass until the chain has not seen a centre in so many. Living ones too have no part in a block now and then, so
/// it is the chain that counts.
fn until_missed(network: &Network, name: &str, blocks: u64) {
    let sender = network.sender(0, "trading-system");
    for number in 100..200 {
        let known = network.validators(0);
        let since = known.unseen.get(name);
        if since.is_some_and(|since| known.height > since + blocks) {
            return;
        }
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
    }
    panic!("{name} is dead, and was still seen lately after a hundred blocks");
}

#[test]
fn a_dead_validator_is_replaced() {
    let mut network = Network::started();
    network.wait_for_group(0);
    network.wait_for_holders(0, &CENTRES);
    network.nodes[3].kill();
    until_missed(&network, "qingyang", 21);

    // Dismissing a living one now would leave two of three.
    let number = network.propose("centre-lanzhou", &["remove", "zhangye"])["proposal"].to_string();
    network.propose("centre-baiyin", &["approve", &number]);
    let refused = network.cli(
        0,
        &["--key", "centre-zhangye", "validator", "approve", &number],
    );
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
    assert!(
        text(&refused).contains("power 2 of 3"),
        "{}",
        text(&refused)
    );

    let mut new = network.prepare("qingyang-2", "qingyang", 4, &[]);
    new.start();
    let card = new.folder.join("centre.json").display().to_string();
    let stranger = network.cli(0, &["--key", "centre-baiyin", "validator", "rotate", &card]);
    assert!(
        text(&stranger).contains("its own affair"),
        "{}",
        text(&stranger)
    );
    let made = network.propose("centre-qingyang", &["rotate", &card]);
    assert_eq!(made["then"], "candidate", "{made}");
    let text_of_card = std::fs::read_to_string(&card).expect("a card");
    let card: serde_json::Value = serde_json::from_str(&text_of_card).expect("JSON");
    wait_for("the new key to count", || {
        let centres = network.validators(0).centres;
        let key = &centres.iter().find(|one| one.name == "qingyang")?.key;
        (key.to_string() == card["key"]).then_some(())
    });
    network.nodes[3] = new;
    network.wait_for_holders(0, &CENTRES);
    // The key is shared anew when its ceremony is over, and nobody holds a share that is gone for good.
    wait_for("the former validator to be forgotten", || {
        network.validators(0).former.is_empty().then_some(())
    });
    // With another one dead the new one is needed, so it votes.
    network.nodes[2].kill();
    sent_ok(
        &network
            .sender(3, "trading-system")
            .call("evidence", "deposit", deposit_args(1)),
    );
}
