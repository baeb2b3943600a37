//! Sealed bids: blind, locked, acknowledged.

use super::story::*;
use crate::*;
use domain::DAY_MS;
use yilian_contract::json::to_vec;
use yilian_contract::testing::submission_of;
use yilian_contract::{Digest32, Json};
use yilian_crypto::SecretKey;

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

fn key_text(seed: u8) -> String {
    key(seed).public_key().to_string()
}

/// What validators acknowledge of a call.
fn submission<T: Json>(method: &str, args: &T) -> Digest32 {
    Digest32::parse(&submission_of("tender", method, &to_vec(args))).unwrap()
}

fn acknowledged(seed: u8, subject: &Digest32, time_ms: u64) -> SignedAcknowledgement {
    let previous = digest("previous");
    let message = acknowledgement_bytes("test", subject, time_ms, &previous);
    SignedAcknowledgement {
        validator: key_text(seed),
        time_ms,
        previous,
        signature: key(seed).sign(&message).to_string(),
    }
}

/// A tender whose profile counts the acknowledgements of four validators, one of which may lie.
fn with_acknowledgers() -> Story {
    let story = Story::registered();
    let mut profile = exercise();
    profile.acknowledgers = (1..=4).map(key_text).collect();
    (profile.fault_bound, profile.grace_ms) = (1, 60_000);
    let args = SetProfile {
        name: "acknowledged".to_owned(),
        profile,
    };
    story.done("set_profile", &args);
    let mut publish = publish_args();
    publish.profile = args.name;
    story.done("publish", &publish);
    story.chain.at(DEADLINE - DAY_MS);
    for bidder in &BIDDERS[..2] {
        story.system().done("commit", &commit_of(bidder));
    }
    story
}

#[test]
fn a_sealed_bid_names_no_tender_and_is_found_by_its_commitment_alone() {
    let story = Story::sealed();
    let args = AskSealed {
        commitment: sealed_by(BIDDERS[0]),
    };
    let sealed: Sealed = story.chain.view("tender", "sealed", &args).unwrap();
    assert_eq!(sealed.received.time_ms, DEADLINE - DAY_MS);
    assert_eq!(
        (sealed.revealed_in, sealed.organisation.as_str()),
        (None, SYSTEM)
    );
}

/// 招标投标法 第二十二条: the number of bidders is as secret as their names.
#[test]
fn before_the_deadline_a_tender_with_bids_looks_like_one_without() {
    let (with, without) = (Story::sealed(), Story::published());
    assert_eq!(with.record(), without.record());
    assert_eq!(with.steps(), without.steps());
    assert_eq!(with.bids().unwrap_err().code, 245);
    let shown = with.everything_shown();
    let events = with.chain.events();
    assert_eq!(
        events.iter().filter(|event| event.name == "sealed").count(),
        3
    );
    assert_eq!(
        events
            .iter()
            .filter(|event| format!("{event:?}").contains(TENDER))
            .count(),
        2
    );
    assert!(BIDDERS.iter().all(|bidder| !shown.contains(bidder)));
}

#[test]
fn a_submission_that_names_its_tender_before_the_deadline_is_refused() {
    let story = Story::published();
    let mut args = commit_of(BIDDERS[0]);
    args.tender = Some(TENDER.to_owned());
    let refusal = story.system().refused("commit", &args);
    assert_eq!(
        (refusal.code, &*refusal.law),
        (231, "招标投标法 第二十二条")
    );
}

#[test]
fn a_late_submission_that_names_its_tender_is_refused_with_the_rules_reason() {
    let story = Story::sealed();
    story.chain.at(DEADLINE);
    let mut args = commit_of("late");
    args.tender = Some(TENDER.to_owned());
    let refusal = story.refused("commit", &args);
    assert_eq!((refusal.code, &*refusal.name), (230, "TooLate"));
    assert!(refusal.law.contains("招标投标法 第二十八条"));
    assert!(
        refusal.detail.contains("逾期送达，应当拒收"),
        "{}",
        refusal.detail
    );
    assert!(
        refusal.detail.contains("2026-12-14 09:00:00.000 (UTC+8)"),
        "{}",
        refusal.detail
    );
    // So it stays when bids are no longer taken.
    story.close(&BIDDERS);
    assert_eq!(story.code("commit", &args), 230);
}

#[test]
fn a_commitment_submitted_twice_is_refused() {
    assert_eq!(Story::sealed().code("commit", &commit_of(BIDDERS[0])), 232);
}

#[test]
fn only_the_sender_withdraws_a_bid_without_a_lock() {
    let story = Story::sealed();
    let args = Withdraw {
        commitment: sealed_by(BIDDERS[0]),
        signature: None,
        admission: None,
    };
    story.caller(BIDDERS[1], "bidder");
    assert_eq!(story.code("withdraw", &args), 235);
    story.system().done("withdraw", &args);
    assert_eq!(story.code("withdraw", &args), 234);
    let unknown = Withdraw {
        commitment: digest("nothing"),
        ..args
    };
    assert_eq!(story.code("withdraw", &unknown), 233);
}

#[test]
fn a_locked_bid_is_withdrawn_by_its_one_time_key_alone_whoever_sends_it() {
    let story = Story::published();
    let mut commit = commit_of(BIDDERS[0]);
    commit.lock = Some(key_text(7));
    story.system().done("commit", &commit);
    let with = |signature: Option<String>| Withdraw {
        commitment: commit.commitment,
        signature,
        admission: None,
    };
    let sign = |seed, by| {
        Some(
            key(seed)
                .sign(&lock_bytes("test", &commit.commitment, by))
                .to_string(),
        )
    };
    assert_eq!(story.code("withdraw", &with(None)), 235);
    assert_eq!(story.code("withdraw", &with(sign(8, None))), 235);
    let other = digest("for another bid");
    assert_eq!(story.code("withdraw", &with(sign(7, Some(&other)))), 235);
    story
        .caller(BIDDERS[0], "bidder")
        .done("withdraw", &with(sign(7, None)));
}

#[test]
fn a_signature_to_replace_serves_no_other_bid() {
    let story = Story::published();
    let mut first = commit_of(BIDDERS[0]);
    first.lock = Some(key_text(7));
    story.system().done("commit", &first);
    let mut second = commit_of("second");
    let message = lock_bytes("test", &first.commitment, Some(&second.commitment));
    second.replaces = Some(Replaces {
        commitment: first.commitment,
        signature: Some(key(7).sign(&message).to_string()),
    });
    let mut stolen = commit_of("a rival's");
    stolen.replaces = second.replaces.clone();
    assert_eq!(
        story.caller(BIDDERS[1], "bidder").code("commit", &stolen),
        235
    );
    story.system().done("commit", &second);
    let mut third = commit_of("third");
    third.replaces = second.replaces.clone();
    assert_eq!(story.code("commit", &third), 235);
}

#[test]
fn a_bid_that_a_one_time_key_sends_is_that_keys() {
    let story = Story::published();
    story
        .chain
        .as_caller("", &["admitted"])
        .signed_by(&key_text(7));
    let args = commit_of(BIDDERS[0]);
    story.done("commit", &args);
    let asked = AskSealed {
        commitment: args.commitment,
    };
    let sealed: Sealed = story.chain.view("tender", "sealed", &asked).unwrap();
    assert_eq!(
        (sealed.lock, sealed.organisation.as_str()),
        (Some(key_text(7)), "")
    );
    let withdraw = Withdraw {
        commitment: args.commitment,
        signature: None,
        admission: None,
    };
    // Another one-time key has no organisation either, and yet it is not the same.
    story.chain.signed_by(&key_text(8));
    assert_eq!(story.code("withdraw", &withdraw), 235);
    story.chain.signed_by(&key_text(7));
    story.done("withdraw", &withdraw);
}

fn bring(commitment: Digest32, acknowledgements: Vec<SignedAcknowledgement>) -> Acknowledge {
    Acknowledge {
        submissions: vec![Acknowledged {
            commitment,
            withdrawal: false,
            acknowledgements,
        }],
    }
}

#[test]
fn an_acknowledgement_must_be_the_validators_own_word_on_this_submission() {
    let story = Story::published();
    let args = commit_of(BIDDERS[0]);
    story.system().done("commit", &args);
    let subject = submission("commit", &args);
    let word = |subject| acknowledged(1, subject, DEADLINE - 5);
    let code = |given| story.code("acknowledge", &bring(args.commitment, given));
    assert_eq!(code(vec![word(&args.commitment)]), 236);
    let mut dated_back = word(&subject);
    dated_back.time_ms -= 1;
    assert_eq!(code(vec![dated_back]), 236);
    assert_eq!(code(vec![word(&subject); 17]), 236);
    let so_far: AcknowledgedSoFar = story.call(
        "acknowledge",
        &bring(args.commitment, vec![word(&subject), word(&subject)]),
    );
    assert_eq!(so_far.kept, [1]);
    let nothing = Acknowledge {
        submissions: Vec::new(),
    };
    assert_eq!(story.code("acknowledge", &nothing), 247);
    assert_eq!(
        story.code("acknowledge", &bring(digest("unknown"), Vec::new())),
        233
    );
}

/// A third bid that reaches a block half a minute after the deadline.
fn delayed() -> (Story, Commit, Digest32) {
    let story = with_acknowledgers();
    story.pass_to(DEADLINE + 30_000);
    let args = commit_of(BIDDERS[2]);
    story.system().done("commit", &args);
    let subject = submission("commit", &args);
    (story, args, subject)
}

#[test]
fn a_bid_that_a_proposer_delayed_is_in_time_by_its_acknowledgements() {
    let (story, args, subject) = delayed();
    let word = |seed, time_ms| acknowledged(seed, &subject, time_ms);
    let words = vec![
        word(1, DEADLINE - 9),
        word(2, DEADLINE - 8),
        word(3, DEADLINE + 9),
    ];
    story.done("acknowledge", &bring(args.commitment, words));
    story.pass_to(DEADLINE + 60_000);
    story.done("hold", &hold_of(&BIDDERS));
    story.done("reveal", &reveal_of(&BIDDERS));
    story.done(
        "open",
        &Open {
            tender: TENDER.to_owned(),
            difference: None,
        },
    );
    assert_eq!(story.bids().unwrap()[2].decided_time_ms, DEADLINE - 8);
}

#[test]
fn the_same_bid_without_them_or_with_the_word_of_strangers_is_late() {
    let (story, args, subject) = delayed();
    story.pass_to(DEADLINE + 60_000);
    story.done("hold", &hold_of(&BIDDERS));
    assert_eq!(story.code("reveal", &reveal_of(&BIDDERS)), 230);
    let word = |seed| acknowledged(seed, &subject, DEADLINE - 9);
    let strangers = vec![word(1), word(11), word(12)];
    story.done("acknowledge", &bring(args.commitment, strangers));
    assert_eq!(story.code("reveal", &reveal_of(&BIDDERS)), 230);
}

#[test]
fn late_acknowledgements_that_a_rival_brings_turn_no_bid_late() {
    let story = with_acknowledgers();
    let subject = submission("commit", &commit_of(BIDDERS[0]));
    let late = (1..=4).map(|seed| acknowledged(seed, &subject, DEADLINE + 5));
    let args = bring(sealed_by(BIDDERS[0]), late.collect());
    story
        .caller(BIDDERS[1], "bidder")
        .done("acknowledge", &args);
    let third = commit_of(BIDDERS[2]);
    story.system().done("commit", &third);
    story.pass_to(DEADLINE + 60_000);
    story.done("hold", &hold_of(&BIDDERS));
    story.done("reveal", &reveal_of(&BIDDERS));
}

#[test]
fn with_a_grace_bids_are_awaited_until_it_is_over() {
    let story = with_acknowledgers();
    story.pass_to(DEADLINE + 59_999);
    assert_eq!(story.record().status, Status::Closed);
    assert_eq!(story.system().code("hold", &hold_of(&BIDDERS[..2])), 240);
    story.chain.at(DEADLINE + 60_000);
    story.done("hold", &hold_of(&BIDDERS[..2]));
}
