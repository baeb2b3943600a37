//! Threshold releases block by block: validators, executor and database in one process, with every order of events chosen.

use crate::committee::{Committee, IDENTITY};
use serde_json::json;
use yilian_primitives::Outcome;
use yilian_release::{GroupKey, ReleaseSignature};
use yilian_release_records::{Phase, method};

#[test]
fn four_members_make_a_key_in_four_blocks_and_three_release() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    let group = committee.view(|view| view.group()).expect("a group");
    assert_eq!((group.threshold, group.holders.len()), (3, 4));
    assert_eq!((group.round, group.since), (0, 4));
    assert!(group.revealed.is_empty());
    committee.ask();
    let asked_at = committee.height();
    let blocks = committee.block(vec![committee.part(0), committee.part(1)]);
    assert_eq!(blocks.outcomes(), [Outcome::Ok, Outcome::Ok]);
    let waiting = committee.view(|view| view.waiting(9));
    assert_eq!(waiting.len(), 1, "two of three");
    // The third makes the release, and the ledger is called in the same block.
    let last = committee.block(vec![committee.part(3)]);
    assert_eq!(last.methods(), [method::PARTIAL, "on_release"]);
    assert_eq!(last.outcomes(), [Outcome::Ok, Outcome::Ok]);
    let release = committee.view(|view| view.release(IDENTITY)).expect("kept");
    let released = release.released.expect("released");
    assert_eq!(
        (release.requested_at, released.height),
        (asked_at, asked_at + 2)
    );
    let key: GroupKey = group.key.parse().expect("a key");
    let signature: ReleaseSignature = released.signature.parse().expect("a signature");
    assert_eq!(key.verify("yilian-local", IDENTITY, &signature), Ok(()));
    let told: serde_json::Value = serde_json::from_slice(&committee.told()).expect("JSON");
    assert_eq!(told["seed"], json!(released.seed.to_hex()));
    assert_eq!(told["signature"], json!(released.signature));
    assert!(committee.view(|view| view.waiting(9)).is_empty());
    assert!(committee.view(|view| view.partials(IDENTITY, 0)).is_empty());
}

#[test]
fn one_two_and_three_centres_make_keys_too() {
    for count in 1..=3 {
        let committee = Committee::new(count);
        committee.hold_ceremony();
        committee.ask();
        let parts = (0..count).map(|member| committee.part(member)).collect();
        committee.block(parts);
        let release = committee.view(|view| view.release(IDENTITY));
        assert!(release.expect("kept").released.is_some(), "{count} centres");
    }
}

#[test]
fn whichever_shares_come_first_the_release_is_the_same() {
    let released = |first: [usize; 3]| {
        let committee = Committee::new(4);
        committee.hold_ceremony();
        committee.ask();
        committee.block(first.map(|member| committee.part(member)).to_vec());
        let release = committee.view(|view| view.release(IDENTITY));
        release.expect("kept").released.expect("released").signature
    };
    let one = released([0, 1, 2]);
    assert_eq!(one, released([3, 2, 1]));
    assert_eq!(one, released([0, 3, 1]));
}

#[test]
fn a_share_in_the_block_of_the_request_is_refused() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    // The part names an identity that waits when its turn comes, since the request stands before it.
    let block = committee.block(vec![committee.request(), committee.part(0)]);
    let outcomes = block.outcomes();
    assert_eq!(outcomes[0], Outcome::Ok);
    assert!(
        matches!(&outcomes[1], Outcome::Refused { message, .. } if message.contains("in this block")),
        "{outcomes:?}"
    );
    assert!(committee.view(|view| view.partials(IDENTITY, 0)).is_empty());
}

#[test]
fn parts_of_others_of_other_rounds_and_given_twice_are_let_in_nowhere() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    committee.ask();
    let part = committee.partial_args(0);
    let of_another_round = json!({"round": 1});
    let of_another_share = json!({"index": part["index"].as_u64().expect("index") ^ 1});
    let of_nobody = json!({"identity": "draw:U:1"});
    for change in [of_another_round, of_another_share, of_nobody] {
        let mut args = part.clone();
        for (name, value) in change.as_object().expect("an object") {
            args[name] = value.clone();
        }
        let wrong = committee.said(0, method::PARTIAL, args);
        assert!(committee.refused(&wrong), "{change}");
        assert!(
            committee.block(vec![wrong]).outcomes().is_empty(),
            "left out"
        );
    }
    committee.block(vec![committee.part(0)]);
    let again = committee.part(0);
    assert!(committee.refused(&again));
    assert!(committee.block(vec![again]).outcomes().is_empty());
    // A stranger's key says nothing of releases.
    assert!(committee.refused(&committee.said(9, method::PARTIAL, part)));
}

#[test]
fn a_false_part_is_a_fault_by_name_and_the_others_release() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    committee.ask();
    let mut args = committee.partial_args(2);
    args["signature"] = committee.partial_args(1)["signature"].clone();
    let block = committee.block(vec![committee.said(2, method::PARTIAL, args)]);
    assert_eq!(block.outcomes(), [Outcome::Ok], "recorded, not counted");
    let faults = committee.view(|view| view.faults());
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].member, committee.key(2));
    committee.block([0, 1, 3].map(|member| committee.part(member)).to_vec());
    let release = committee.view(|view| view.release(IDENTITY));
    assert!(release.expect("kept").released.is_some());
}

#[test]
fn a_share_too_many_has_no_place_in_the_log() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    committee.ask();
    let parts = (0..4).map(|member| committee.part(member)).collect();
    let block = committee.block(parts);
    let parts = block
        .methods()
        .iter()
        .filter(|name| **name == method::PARTIAL)
        .count();
    assert_eq!(parts, 3);
    assert!(committee.refused(&committee.part(3)));
}

#[test]
fn an_identity_is_released_once() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    committee.ask();
    for _ in 0..2 {
        let again = committee.block(vec![committee.request()]);
        assert!(matches!(again.outcomes()[0], Outcome::Trapped { .. }));
        committee.block((0..3).map(|member| committee.part(member)).collect());
    }
}

#[test]
fn a_proposer_that_leaves_shares_out_delays_and_changes_nothing() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    committee.ask();
    for _ in 0..5 {
        assert!(committee.block(Vec::new()).outcomes().is_empty());
    }
    committee.block((1..4).map(|member| committee.part(member)).collect());
    let release = committee.view(|view| view.release(IDENTITY));
    assert!(release.expect("kept").released.is_some());
}

#[test]
fn a_request_before_there_is_a_key_waits_for_it() {
    let committee = Committee::new(4);
    committee.block(vec![committee.request()]);
    committee.hold_ceremony();
    committee.block((0..3).map(|member| committee.part(member)).collect());
    let release = committee.view(|view| view.release(IDENTITY));
    assert!(release.expect("kept").released.is_some());
}

#[test]
fn a_phase_ends_without_an_absent_member_who_is_named_and_whose_share_is_shown() {
    let committee = Committee::new(4);
    committee.silence(3);
    committee.hold_ceremony();
    let group = committee.view(|view| view.group()).expect("a group");
    assert_eq!(group.revealed, [committee.key(3)]);
    assert_eq!((group.threshold, group.holders.len()), (3, 4));
    let faults = committee.view(|view| view.faults());
    assert_eq!(faults.len(), 1);
    assert_eq!(
        (faults[0].member, faults[0].phase),
        (committee.key(3), Phase::Deal)
    );
    assert_eq!(faults[0].what, "absent");
    // The three others are a quorum.
    committee.ask();
    committee.block((0..3).map(|member| committee.part(member)).collect());
    let release = committee.view(|view| view.release(IDENTITY));
    assert!(release.expect("kept").released.is_some());
}

#[test]
fn a_resharing_keeps_the_key_and_what_waits_is_released_as_it_would_have_been() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    let first = committee.view(|view| view.group()).expect("a group");
    committee.ask();
    committee.block(vec![committee.part(0), committee.part(1)]);
    let expected = committee.release_of_shares(IDENTITY);
    let late = committee.part(2);
    committee.reshare();
    let second = committee.view(|view| view.group()).expect("a group");
    assert_eq!((second.round, &second.key), (1, &first.key));
    assert_eq!(second.previous, Some(first.outcome));
    // What was given with the shares of before counts no more, and one of those that comes late is refused.
    assert!(committee.refused(&late));
    assert!(committee.view(|view| view.partials(IDENTITY, 1)).is_empty());
    committee.block((1..4).map(|member| committee.part(member)).collect());
    let release = committee.view(|view| view.release(IDENTITY)).expect("kept");
    assert_eq!(release.released.expect("released").signature, expected);
    // Nothing of the first round is left that a member would need.
    let old = committee.view(|view| view.messages::<serde_json::Value>(0, Phase::Deal));
    assert!(old.is_empty());
    assert!(committee.view(|view| view.partials(IDENTITY, 0)).is_empty());
}

#[test]
fn while_a_resharing_waits_for_dealers_the_shares_of_before_release() {
    let committee = Committee::new(4);
    committee.hold_ceremony();
    committee.ask();
    // Two of four do not deal: a quorum is missing, and the phase waits.
    committee.silence(2);
    committee.silence(3);
    let call = committee.governance_reshares();
    committee.block(vec![call]);
    for _ in 0..40 {
        committee.step();
    }
    let ceremony = committee.view(|view| view.ceremony()).expect("it waits");
    assert_eq!((ceremony.round, ceremony.phase), (1, Phase::Deal));
    // Meanwhile the shares of before release.
    committee.block((0..3).map(|member| committee.part(member)).collect());
    let release = committee.view(|view| view.release(IDENTITY));
    assert!(release.expect("kept").released.is_some());
}

#[test]
fn below_a_quorum_nothing_begins_and_it_goes_on_when_one_comes() {
    let committee = Committee::new(4);
    committee.silence(2);
    committee.silence(3);
    for _ in 0..60 {
        committee.step();
    }
    let ceremony = committee.view(|view| view.ceremony()).expect("it waits");
    assert_eq!((ceremony.round, ceremony.phase), (0, Phase::Announce));
    committee.wake(2);
    committee.hold_ceremony();
    let group = committee.view(|view| view.group()).expect("a group");
    assert_eq!(group.revealed, [committee.key(3)]);
}

#[test]
fn nobody_but_the_chain_ends_a_phase_and_nobody_but_governance_shares_anew() {
    let committee = Committee::new(4);
    let early = committee.block(vec![
        committee.called(method::ADVANCE, json!({})),
        committee.called(method::RESHARE, json!({})),
    ]);
    for outcome in early.outcomes() {
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    }
}
