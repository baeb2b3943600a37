//! Somebody copies a validator's folder to a second machine and starts both. The copy signs nothing and acknowledges nothing;
//! the original goes on, and nobody sees two votes of one key.

use std::fs;

use yilian_primitives::Address;
use yilian_tests::harness::{Network, Node, copy_folder, deposit_args, sent_ok, wait_for};

/// The validator that is copied, and one that watches.
const COPIED: usize = 2;
const WITNESS: usize = 1;
/// How far the ports of the copy lie from those of the original.
const PORTS_ON: u16 = 4;
/// Blocks that are decided while both run. A restored validator signs five blocks after its word at the earliest.
const BLOCKS: u64 = 15;

/// A copy of a node that does not run, at ports of its own.
fn copied(network: &Network) -> Node {
    let original = &network.nodes[COPIED];
    let name = format!("{}-copy", original.name);
    let folder = original.folder.with_file_name(&name);
    copy_folder(&original.folder, &folder);
    let path = folder.join("node.toml");
    let text = fs::read_to_string(&path).expect("node file");
    let mut config: toml::Table = toml::from_str(&text).expect("node file is TOML");
    for field in ["p2p_listen", "mempool_listen", "api_listen"] {
        let address = config[field].as_str().expect("an address");
        let digits = address.rfind(['/', ':']).expect("a port") + 1;
        let (head, port) = address.split_at(digits);
        let port = port.parse::<u16>().expect("a port") + PORTS_ON;
        config[field] = format!("{head}{port}").into();
    }
    fs::write(&path, toml::to_string(&config).expect("TOML")).expect("written");
    Node::new(&network.path(), &name)
}

#[test]
fn a_copied_validator_is_silent_beside_its_original() {
    let mut network = Network::started();
    let sender = network.sender(WITNESS, "trading-system");
    sent_ok(&sender.call("evidence", "deposit", deposit_args(0)));
    network.nodes[COPIED].kill();
    let mut copy = copied(&network);
    network.nodes[COPIED].start();
    network.nodes[COPIED].wait_for_height(network.nodes[WITNESS].height());
    copy.start();
    wait_for("the copy to know what it is", || {
        copy.status()?.restored.then_some(())
    });
    let from = network.nodes[WITNESS].height();
    let mut number = 0;
    while network.nodes[WITNESS].height() < from + BLOCKS {
        number += 1;
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
        if copy.is_running() {
            let signs = copy.status().is_some_and(|status| !status.restored);
            assert!(!signs, "the copy signs: {}", copy.log_tail());
        }
    }
    if !copy.is_running() {
        let log = copy.log();
        assert!(
            log.contains("another node signs with this validator's key"),
            "{log}"
        );
    }
    let height = network.wait_for_agreement(&[0, 1, 2, 3]);
    network.assert_same_header(&[0, 1, 2, 3], height);
    let own = Address::of(&network.validator_keys()[COPIED]);
    let client = network.client(WITNESS);
    let signed = (from..=height)
        .filter_map(|height| client.header(height).ok()?.certificate)
        .filter(|found| found.signatures.iter().any(|(signer, _)| *signer == own))
        .count();
    assert!(signed > 0, "the original signs as before");
    for node in [0, WITNESS, 3] {
        let seen = network.nodes[node].metric("yilian_misbehaviours_recorded_total");
        let twice: u64 = seen.iter().map(|(_, count)| count).sum();
        assert_eq!(twice, 0, "two votes of one key: {seen:?}");
    }
}
