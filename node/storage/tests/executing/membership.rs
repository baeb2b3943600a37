//! Validators that come, go and change their keys, block by block.

use serde_json::{Value, json};
use yilian_primitives::Outcome;

use crate::committee::{Committee, IDENTITY};

/// Why the only call of a block was refused.
fn refusal(outcomes: &[Outcome]) -> &str {
    match outcomes {
        [Outcome::Refused { message, .. }] => message,
        other => panic!("expected one refusal, got {other:?}"),
    }
}

#[test]
fn four_become_seven_and_a_draw_that_waits_keeps_key_and_result() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    let first = committee.view(|view| view.group()).expect("a group");
    let expected = committee.release_of_shares(IDENTITY);
    committee.ask();
    committee.block(vec![committee.part(0), committee.part(1)]);
    for _ in 0..3 {
        committee.join();
    }
    assert_eq!(committee.deciders().len(), 7);
    committee.settle();
    let second = committee.view(|view| view.group()).expect("a group");
    assert_eq!((second.holders.len(), second.threshold), (7, 5));
    assert_eq!(second.key, first.key);
    // Shares of before count no more: four of the new ones do not suffice, five do.
    let parts = |members: [usize; 4]| members.map(|member| committee.part(member)).to_vec();
    committee.block(parts([3, 4, 5, 6]));
    let release = committee.view(|view| view.release(IDENTITY)).expect("kept");
    assert_eq!(release.released, None);
    committee.block(vec![committee.part(0)]);
    let release = committee.view(|view| view.release(IDENTITY)).expect("kept");
    assert_eq!(release.released.expect("released").signature, expected);
}

#[test]
fn a_centre_comes_when_more_than_two_thirds_approve_and_its_node_runs() {
    let committee = Committee::new(4);
    let centre = committee.centre(4);
    let ran = committee.block(vec![committee.proposes(0, &centre)]);
    assert_eq!(ran.outcomes(), [Outcome::Ok]);
    // Two of four are not enough, and nobody counts twice.
    committee.block(vec![committee.approves(1, 1)]);
    let twice = committee.block(vec![committee.approves(1, 1)]);
    assert!(refusal(&twice.outcomes()).contains("has approved"));
    assert!(committee.membership().candidates.is_empty());
    assert!(
        committee.refused(&committee.is_ready(4)),
        "no candidate yet"
    );
    committee.block(vec![committee.approves(2, 1)]);
    assert_eq!(committee.membership().candidates.len(), 1);
    assert_eq!(
        committee.deciders().len(),
        4,
        "its node has not said a word"
    );
    let late = committee.block(vec![committee.approves(3, 1)]);
    assert!(refusal(&late.outcomes()).contains("made already"));
    committee.block(vec![committee.is_ready(4)]);
    assert_eq!(committee.deciders().len(), 5);
    assert!(committee.refused(&committee.is_ready(4)));
}

#[test]
fn only_those_who_run_a_centre_have_a_say() {
    let committee = Committee::new(4);
    for method in [
        "validator_propose",
        "validator_approve",
        "validator_withdraw",
    ] {
        let args = json!({"proposal": 1});
        let call = committee.called(method, args);
        assert!(committee.refused(&call), "{method}");
        let ran = committee.block(vec![call]);
        assert!(
            refusal(&ran.outcomes()).contains("runs no centre"),
            "{method}"
        );
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    let committee = Committee::new(4);
    let changed = |field: &str, value: Value| {
        let mut centre = committee.centre(4);
        centre["admit"][field] = value;
        centre
    };
    let key = |member: usize| json!(committee.key(member));
    let cases = [
        (changed("name", json!("lanzhou")), "taken"),
        (changed("key", key(1)), "is or was a validator's"),
        (changed("division", json!("999999")), "GB/T 2260"),
        (changed("p2p", json!("127.0.0.1:9000")), "/ip4|ip6"),
        (
            changed("organisation", json!("91620000MA00000000")),
            "registered, active",
        ),
        (changed("power", json!(0)), "power"),
        (
            json!({"remove": {"name": "nobody"}}),
            "there is no centre nobody",
        ),
        (
            json!({"rotate": {"name": "baiyin", "key": committee.key(9)}}),
            "its own affair",
        ),
        (
            json!({"rotate": {"name": "lanzhou", "key": key(2)}}),
            "is or was a validator's",
        ),
        (
            json!({"move": {"name": "lanzhou", "p2p": "", "mempool": ""}}),
            "/ip4|ip6",
        ),
        (json!({"abolish": {}}), "unknown variant"),
    ];
    for (what, reason) in cases {
        let ran = committee.block(vec![committee.proposes(0, &what)]);
        let outcomes = ran.outcomes();
        assert!(refusal(&outcomes).contains(reason), "{what}: {outcomes:?}");
    }
    let ran = committee.block(vec![committee.approves(0, 7)]);
    assert!(refusal(&ran.outcomes()).contains("no proposal 7"));
}

#[test]
fn a_proposal_is_withdrawn_by_whoever_made_it_and_nobody_else() {
    let committee = Committee::new(4);
    committee.block(vec![committee.proposes(0, &committee.centre(4))]);
    let others = committee.block(vec![committee.withdraws(1, 1)]);
    assert!(refusal(&others.outcomes()).contains("proposal 1 is"));
    committee.block(vec![committee.withdraws(0, 1)]);
    let late = committee.block(vec![committee.approves(1, 1)]);
    assert!(refusal(&late.outcomes()).contains("withdrawn"));
    assert!(committee.membership().open.is_empty());
}

#[test]
fn a_dead_validator_is_dismissed_and_one_more_would_halt_the_chain() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    committee.kill(3);
    for _ in 0..30 {
        committee.block(Vec::new());
    }
    let names: Vec<_> = committee
        .membership()
        .centres
        .iter()
        .map(|one| one.name.clone())
        .collect();
    // Of three that remain without a living one, two are there.
    let living = json!({"remove": {"name": names[2]}});
    committee.block(vec![committee.proposes(0, &living)]);
    committee.block(vec![committee.approves(1, 1)]);
    let ran = committee.block(vec![committee.approves(2, 1)]);
    let outcomes = ran.outcomes();
    let reason = refusal(&outcomes);
    assert!(
        reason.contains("power 2 of 3") && reason.contains(&names[3]),
        "{reason}"
    );
    committee.decide(&json!({"remove": {"name": names[3]}}));
    assert_eq!(committee.deciders().len(), 3);
    // The three share the key anew, without the dead one; nodes stay connected to it until then.
    assert_eq!(committee.membership().former.len(), 1);
    committee.settle();
    let group = committee.view(|view| view.group()).expect("a group");
    assert_eq!((group.round, group.holders.len()), (1, 3));
    assert!(committee.membership().former.is_empty());
}

#[test]
fn a_centre_alone_changes_its_key_and_the_old_one_counts_until_the_new_one_runs() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    let before = committee.view(|view| view.group()).expect("a group");
    let name = committee.membership().centres[0].name.clone();
    let rotation = json!({"rotate": {"name": name, "key": committee.key(5)}});
    let ran = committee.block(vec![committee.proposes(0, &rotation)]);
    assert_eq!(ran.outcomes(), [Outcome::Ok]);
    let old = |committee: &Committee| {
        let centres = committee.membership().centres;
        centres.iter().any(|one| one.key == committee.key(0))
    };
    assert!(old(&committee), "nobody has heard of the new node yet");
    committee.block(vec![committee.is_ready(5)]);
    assert!(!old(&committee));
    assert_eq!(committee.deciders().len(), 4);
    let moved = json!({"move": {"name": name, "p2p": "/ip4/10.0.0.9/tcp/1", "mempool": "/ip4/10.0.0.9/tcp/2"}});
    committee.block(vec![committee.proposes(0, &moved)]);
    let centre = committee
        .membership()
        .centres
        .into_iter()
        .find(|one| one.name == name);
    assert_eq!(centre.expect("in force").p2p, "/ip4/10.0.0.9/tcp/1");
    let ceremony = committee
        .view(|view| view.ceremony())
        .expect("the key is shared anew");
    assert!(
        ceremony.members.contains(&committee.key(5))
            && ceremony.dealers.contains(&committee.key(0))
    );
    assert_eq!(ceremony.dealers, before.holders);
}

#[test]
fn nobody_leaves_while_too_few_could_share_the_key_anew() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    committee.join();
    committee.settle();
    committee.decide(&json!({"remove": {"name": "centre-4"}}));
    // Nobody has dealt yet: with one more gone three of four needed shares would be left.
    let name = committee.membership().centres[3].name.clone();
    let leave = json!({"remove": {"name": name}});
    committee.block(vec![committee.proposes(0, &leave)]);
    let number = committee.membership().proposals;
    committee.block(vec![committee.approves(1, number)]);
    let ran = committee.block(vec![committee.approves(2, number)]);
    let outcomes = ran.outcomes();
    assert!(refusal(&outcomes).contains("shared anew"), "{outcomes:?}");
    committee.settle();
    let again = committee.block(vec![committee.approves(2, number)]);
    assert_eq!(again.outcomes(), [Outcome::Ok]);
    assert_eq!(committee.deciders().len(), 3);
}

#[test]
fn a_proposal_ends_when_its_time_is_over() {
    let committee = Committee::new(4);
    committee.block(vec![committee.proposes(0, &committee.centre(4))]);
    committee.pass(15 * 24 * 3_600_000);
    let late = committee.block(vec![committee.approves(1, 1)]);
    assert!(refusal(&late.outcomes()).contains("could be approved until"));
    committee.block(vec![committee.proposes(0, &committee.centre(5))]);
    assert_eq!(committee.membership().open, [2], "the first one is closed");
}
