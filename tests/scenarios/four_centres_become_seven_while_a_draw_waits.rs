//! Three centres join a running chain. A draw that waited for shares keeps its key and its result, evidence of before and
//! after is checked from genesis, and those who follow the log follow the validators.

use yilian_tests::harness::{Network, Section, deposit_args, program, sent_ok, text};

const NEW: [&str; 3] = ["wuwei", "jiuquan", "dingxi"];
const ALL: [&str; 7] = [
    "lanzhou", "baiyin", "zhangye", "qingyang", "wuwei", "jiuquan", "dingxi",
];

fn titles(name: &str) -> [&str; 6] {
    let (zh, en) = match name {
        "wuwei" => ("武威", "Wuwei"),
        "jiuquan" => ("酒泉", "Jiuquan"),
        _ => ("定西", "Dingxi"),
    };
    ["--zh", zh, "--en", en, "--division", "620600"]
}

/// Evidence of a transaction, checked offline with nothing but the specification of genesis.
fn verifies_from_genesis(network: &Network, id: &str) {
    let bundle = network
        .folder
        .path()
        .join(format!("{}.evidence", &id[7..20]));
    let bundle = bundle.display().to_string();
    network.cli_json(0, &["evidence", "export", id, "--out", &bundle]);
    let trust = network.path().join("chain.toml").display().to_string();
    let checked = network.cli(0, &["verify", &bundle, "--trust", &trust]);
    assert!(checked.status.success(), "{}", text(&checked));
}

fn followed(network: &Network) {
    let state = network
        .folder
        .path()
        .join("followed.json")
        .display()
        .to_string();
    network.cli_json(0, &["log", "follow", "--once", "--state", &state]);
}

#[test]
fn four_centres_become_seven_while_a_draw_waits() {
    let mut network = Network::new();
    let faulty = program("yiliand-faulty");
    network.nodes[..2].iter_mut().for_each(|node| node.start());
    for node in 2..4 {
        network.nodes[node].start_program(&faulty, &[("YILIAN_FAULT_SHARES", "silent")]);
    }
    let key = network.wait_for_group(0).group.expect("a group").key;
    let identity = Section::published(&network, 300).ask_for_draw(&network, 300);
    let before = network
        .sender(0, "trading-system")
        .call("evidence", "deposit", deposit_args(1));
    sent_ok(&before);
    followed(&network);

    let organisation = network.validators(0).centres[0].organisation.clone();
    let mut joining = Vec::new();
    for (place, name) in (4..).zip(NEW) {
        let mut more = titles(name).to_vec();
        more.extend(["--organisation", &organisation]);
        let mut node = network.prepare(name, name, place, &more);
        node.start();
        let card = node.folder.join("centre.json").display().to_string();
        network.decide(&["admit", &card]);
        joining.push(node);
    }
    network.wait_for_centres(0, &ALL);
    assert_eq!(Section::of(&network).draw_record()["status"], "requested");
    assert_eq!(network.wait_for_holders(0, &ALL), key, "the key stays");

    // Two of seven never sign: the three that joined make up the five that are needed.
    let record = Section::of(&network).drawn();
    assert!(network.release_verifies(&identity, &record, &key));

    network.nodes.extend(joining);
    let height = network.wait_for_agreement(&[0, 1, 2, 3, 4, 5, 6]);
    network.assert_same_header(&[0, 1, 2, 3, 4, 5, 6], height);
    // With any two of seven dead the chain goes on, so the new ones vote.
    network.nodes[2].kill();
    network.nodes[3].kill();
    let after = network
        .sender(4, "trading-system")
        .call("evidence", "deposit", deposit_args(2));
    sent_ok(&after);
    for id in [before.tx_id, after.tx_id] {
        verifies_from_genesis(&network, &id.to_string());
    }
    followed(&network);
    followed(&network);
    // One of the new ones comes back from its own disk.
    let height = network.nodes[0].height();
    network.nodes[5].kill();
    network.nodes[5].start();
    network.nodes[5].wait_for_height(height);
    sent_ok(
        &network
            .sender(5, "trading-system")
            .call("evidence", "deposit", deposit_args(3)),
    );
}
