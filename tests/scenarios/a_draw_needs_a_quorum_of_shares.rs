//! No f centres steer or stop a draw; with one more silent it waits in public view, and everything else goes on.

use serde_json::json;

use yilian_tests::harness::{Network, Section, deposit_args, program, sent_ok, wait_for};

#[test]
fn a_false_share_changes_nothing_and_names_its_centre() {
    let mut network = Network::new();
    let faulty = program("yiliand-faulty");
    network.nodes[..3].iter_mut().for_each(|node| node.start());
    network.nodes[3].start_program(&faulty, &[("YILIAN_FAULT_SHARES", "false")]);
    let group = network.wait_for_group(0).group.expect("a group");
    assert_eq!((group.threshold, group.holders.len()), (3, 4));
    assert!(group.revealed.is_empty(), "{group:?}");
    // With an honest centre away the release waits, so the false share cannot come too late to count.
    network.nodes[2].kill();
    let identity = {
        let section = Section::published(&network, 300);
        section.ask_for_draw(&network, 300)
    };
    let faults = wait_for("the fault", || {
        let faults = network.releases(0).faults;
        (!faults.is_empty()).then_some(faults)
    });
    let named: Vec<_> = faults.iter().map(|fault| fault.centre.as_str()).collect();
    assert_eq!(named, ["qingyang"], "{faults:?}");
    assert!(faults[0].what.contains(&identity), "{faults:?}");
    wait_for("two honest shares", || {
        let waiting = network.releases(0).waiting;
        let mut given = waiting.first()?.given.clone();
        given.sort();
        (given == ["baiyin", "lanzhou"]).then_some(())
    });
    network.nodes[2].start();
    let record = Section::of(&network).drawn();
    assert!(network.release_verifies(&identity, &record, &group.key));
    assert!(!network.release_verifies("draw:another:1", &record, &group.key));
}

#[test]
fn with_one_more_than_f_silent_a_draw_waits_and_everything_else_goes_on() {
    let mut network = Network::new();
    let faulty = program("yiliand-faulty");
    network.nodes[..2].iter_mut().for_each(|node| node.start());
    for node in 2..4 {
        network.nodes[node].start_program(&faulty, &[("YILIAN_FAULT_SHARES", "silent")]);
    }
    let mut last = network.nodes.pop().expect("four nodes");
    let group = network.wait_for_group(0).group.expect("a group");
    let section = Section::published(&network, 300);
    let identity = section.ask_for_draw(&network, 300);
    let waiting = wait_for("two shares", || {
        let waiting = network.releases(0).waiting;
        waiting.into_iter().find(|one| one.given.len() == 2)
    });
    assert_eq!(waiting.identity, identity);
    let mut missing = waiting.missing.clone();
    missing.sort();
    assert_eq!(missing, ["qingyang", "zhangye"]);
    let status = network.cli_json(0, &["release", "status"]);
    assert_eq!(status["data"]["waiting"][0]["identity"], json!(identity));
    // Evidence goes on, and no height brings the draw.
    let sender = network.sender(0, "trading-system");
    let before = network.nodes[0].height();
    for number in 0..5 {
        sent_ok(&sender.call("evidence", "deposit", deposit_args(number)));
    }
    assert!(network.nodes[0].height() >= before + 5);
    assert_eq!(section.draw_record()["status"], "requested");
    // One of them comes back honest: its share is the third.
    last.kill();
    last.start();
    let record = section.drawn();
    assert!(network.release_verifies(&identity, &record, &group.key));
    assert!(network.releases(0).waiting.is_empty());
}
