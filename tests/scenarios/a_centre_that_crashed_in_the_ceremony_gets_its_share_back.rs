//! A centre crashes while the key is made. The others make it; when the centre is back, the key is shared anew, its share
//! is a secret again, and a draw needs it.

use serde_json::json;

use yilian_tests::harness::{Network, Section, wait_for};

#[test]
fn a_centre_that_crashed_in_the_ceremony_gets_its_share_back() {
    let mut network = Network::new();
    network.nodes.iter_mut().for_each(|node| node.start());
    wait_for("the dealing", || {
        let releases = network.client(0).releases().ok()?;
        let phase = releases.ceremony?.phase;
        (phase == "deal" || phase == "acknowledge").then_some(())
    });
    network.nodes[3].kill();
    let releases = network.wait_for_group(0);
    let first = releases.group.expect("a group");
    assert_eq!(first.holders.len(), 4);
    assert_eq!(first.revealed, ["qingyang"], "it could not acknowledge");
    let absent = releases
        .faults
        .iter()
        .find(|fault| fault.centre == "qingyang");
    assert_eq!(absent.expect("named").what, "absent");

    network.nodes[3].start();
    let second = network.wait_for_resharing(&first);
    assert_eq!(second.key, first.key, "the key stays");
    assert!(second.revealed.is_empty(), "{second:?}");

    // Three shares of four are needed, and now one of the three is that centre's.
    network.nodes[1].kill();
    let section = Section::published(&network, 300);
    let identity = section.ask_for_draw(&network, 300);
    let record = section.drawn();
    assert!(network.release_verifies(&identity, &record, &first.key));
}

/// The share is lost with the file; a resharing that governance orders gives the centre a new one under the same key.
#[test]
fn a_centre_that_lost_its_secret_gets_a_share_when_governance_shares_anew() {
    let mut network = Network::started();
    let first = network.wait_for_group(0).group.expect("a group");
    network.nodes[3].kill();
    std::fs::remove_file(network.nodes[3].folder.join("data/release.key")).expect("the secret");
    network.nodes[3].start();
    let governance = network.sender(0, "governance");
    let second = wait_for("the resharing", || {
        // Refused while the new key is not announced or a ceremony runs: then asked again.
        governance.call("system", "release_reshare", json!({}));
        let group = network.releases(0).group.expect("a group");
        (group.round > first.round && group.revealed.is_empty()).then_some(group)
    });
    assert_eq!(second.key, first.key);
    network.nodes[0].wait_for_height(network.nodes[0].height() + 1);
    network.nodes[1].kill();
    let section = Section::published(&network, 300);
    let identity = section.ask_for_draw(&network, 300);
    let record = section.drawn();
    assert!(network.release_verifies(&identity, &record, &first.key));
}
