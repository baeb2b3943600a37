//! Centres hold the ceremony with files, before there is a chain. It begins with their group, no block makes a key, and
//! the first draw is released; with other files it does not begin. Who stayed away gets its share on the chain.

use std::path::PathBuf;

use yilian_tests::harness::{Network, Section, refused_start, text};

const CENTRES: [&str; 4] = ["lanzhou", "baiyin", "zhangye", "qingyang"];

/// Runs every step at some centres; all files lie in one folder, as when each had sent its own to all others.
fn hold(network: &Network, centres: &[&str]) -> PathBuf {
    let folder = network.folder.path().join("ceremony");
    std::fs::create_dir(&folder).expect("a folder");
    let path = |path: PathBuf| path.to_str().expect("text").to_owned();
    let (spec, dir) = (
        path(network.path().join("chain.toml")),
        path(folder.clone()),
    );
    let named = path(folder.join("chain.toml"));
    for step in ["announce", "deal", "ack", "log", "finish"] {
        for centre in centres {
            let node = network.path().join("nodes").join(centre);
            let key = path(node.join("validator.key"));
            let secret = path(node.join("data/release.key"));
            let mut arguments = vec!["release", "ceremony", step, "--spec", &spec, "--dir", &dir];
            arguments.extend(["--secret", &secret, "--key", &key]);
            if centres.len() < CENTRES.len() && step != "announce" {
                arguments.push("--allow-absent");
            }
            if step == "finish" {
                arguments.extend(["--spec-out", &named]);
            }
            let output = network.cli(0, &arguments);
            assert!(output.status.success(), "{step}: {}", text(&output));
        }
    }
    folder
}

#[test]
fn centres_make_their_key_before_the_chain() {
    let mut network = Network::new();
    let folder = hold(&network, &CENTRES);
    let chain = network.path();
    let copy = |name: &str| std::fs::copy(folder.join(name), chain.join(name)).expect("copied");
    copy("chain.toml");
    // Without the transcript, and with another one, nothing begins.
    let config = network.nodes[0].folder.join("node.toml");
    let missing = refused_start(&config);
    assert!(missing.contains("ceremony.json"), "{missing}");
    std::fs::write(chain.join("ceremony.json"), "{}\n").expect("written");
    let other = refused_start(&config);
    assert!(other.contains("the chain specification expects"), "{other}");
    copy("ceremony.json");
    let spec = chain.join("chain.toml").display().to_string();
    let verified = network.cli_json(0, &["release", "ceremony", "verify", "--spec", &spec]);

    network.nodes.iter_mut().for_each(|node| node.start());
    let releases = network.releases(0);
    assert!(releases.ceremony.is_none(), "{releases:?}");
    assert!(releases.faults.is_empty(), "{releases:?}");
    let group = releases.group.expect("a group from the first block on");
    assert_eq!((group.since, group.round, group.holders.len()), (0, 0, 4));
    assert_eq!(verified["data"]["group_key"], group.key);
    let section = Section::published(&network, 300);
    let identity = section.ask_for_draw(&network, 300);
    let record = section.drawn();
    assert!(network.release_verifies(&identity, &record, &group.key));
}

#[test]
fn a_centre_that_stayed_away_from_the_ceremony_gets_its_share_on_the_chain() {
    let mut network = Network::new();
    let folder = hold(&network, &CENTRES[..3]);
    for name in ["chain.toml", "ceremony.json"] {
        std::fs::copy(folder.join(name), network.path().join(name)).expect("copied");
    }
    network.start_all();
    let releases = network.releases(0);
    let first = releases.group.expect("a group");
    assert_eq!(first.revealed, ["qingyang"]);
    let named: Vec<_> = releases
        .faults
        .iter()
        .map(|fault| (&*fault.centre, &*fault.what))
        .collect();
    assert_eq!(named, [("qingyang", "absent")]);
    let second = network.wait_for_resharing(&first);
    assert_eq!(second.key, first.key, "the key stays");
    assert!(second.revealed.is_empty(), "{second:?}");
}
