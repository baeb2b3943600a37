//! Sealed bids: outer layers by the centres, inner keys by the bidders, all at once.

use super::story::*;
use crate::*;
use yilian_crypto::SecretKey;

const WINDOW_MS: u64 = 600_000;

fn locked(seed: &str) -> String {
    let digest = digest(seed).to_string();
    digest["sha256:".len()..].repeat(5)
}

/// A tender whose bids are decrypted within a window, published.
fn published() -> Story {
    let story = Story::registered();
    let mut profile = exercise();
    profile.decryption_ms = Some(WINDOW_MS);
    let args = SetProfile {
        name: "sealed".to_owned(),
        profile,
    };
    story.done("set_profile", &args);
    let mut publish = publish_args();
    publish.profile = args.name;
    story.agency().done("publish", &publish);
    story
}

/// A tender of sealed bids, closed, with the list of bids held.
fn held() -> Story {
    let story = published();
    for bidder in BIDDERS {
        story.system().done("commit", &commit_of(bidder));
    }
    story.close(&BIDDERS);
    story
}

fn give(bidder: &str) -> GiveKey {
    GiveKey {
        tender: TENDER.to_owned(),
        commitment: sealed_by(bidder),
        locked_key: locked(bidder),
        signature: None,
        admission: None,
    }
}

fn release(story: &Story) {
    let answers = story.chain.release([9; 32]);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

/// As [`held`], with the outer layers open and the keys of some bidders given.
fn window(givers: &[&str]) -> Story {
    let story = held();
    release(&story);
    for bidder in givers {
        story.system().done("give_key", &give(bidder));
    }
    story
}

fn keys_open(givers: &[&str]) -> Story {
    let story = window(givers);
    story.pass_to(DEADLINE + WINDOW_MS);
    release(&story);
    story
}

#[test]
fn outer_layers_open_when_the_list_is_complete_and_keys_when_the_window_is_over() {
    let story = held();
    let code = |identity: &str| format!("{identity}:{TENDER}");
    assert_eq!(story.chain.pending_releases(), [code("opening")]);
    assert_eq!(story.system().code("give_key", &give(BIDDERS[0])), 248);
    release(&story);
    let opened = story.record().opening.unwrap().window.unwrap();
    assert_eq!(opened.until_ms, DEADLINE + WINDOW_MS);
    assert_eq!(opened.opening_signature, "ab".repeat(48));
    for bidder in BIDDERS {
        story.system().done("give_key", &give(bidder));
    }
    assert_eq!(story.code("reveal", &reveal_of(&BIDDERS)), 206);
    assert_eq!(story.chain.pending_releases().len(), 0);
    story.pass_to(DEADLINE + WINDOW_MS);
    assert_eq!(story.chain.pending_releases(), [code("keys")]);
    assert_eq!(story.system().code("give_key", &give(BIDDERS[0])), 248);
    release(&story);
    let opened = story.record().opening.unwrap().window.unwrap();
    assert_eq!(opened.keys_from, Some(DEADLINE + WINDOW_MS));
    story.system().done("reveal", &reveal_of(&BIDDERS));
    let steps = story.steps();
    assert_eq!(
        steps[3..7],
        ["held", "outer_layers_open", "window_over", "keys_open"]
    );
}

#[test]
fn with_too_few_bids_no_key_is_ever_asked_for() {
    let story = published();
    for bidder in &BIDDERS[..2] {
        story.system().done("commit", &commit_of(bidder));
    }
    assert!(story.close(&BIDDERS[..2]).must_fail);
    assert_eq!(story.chain.pending_releases().len(), 0);
}

#[test]
fn who_gave_no_key_is_at_fault_and_the_others_are_opened() {
    let story = keys_open(&BIDDERS[..2]);
    let mut args = reveal_of(&BIDDERS);
    // The record knows that the third gave none.
    assert_eq!(story.system().code("reveal", &args), 249);
    args.bids[2].decryption = Decryption::WrongKey;
    assert_eq!(story.code("reveal", &args), 249);
    args.bids[2].decryption = Decryption::NoKey;
    args.bids[1].decryption = Decryption::NoKey;
    assert_eq!(story.code("reveal", &args), 249);
    args.bids[1].decryption = Decryption::FileMissing;
    story.done("reveal", &args);
    let opened: Opened = story.call(
        "open",
        &Open {
            tender: TENDER.to_owned(),
            difference: None,
        },
    );
    assert_eq!((opened.opened, opened.must_fail), (1, true));
}

#[test]
fn the_fault_table_says_whose_step_failed() {
    let cases = [
        (Decryption::Opened, BidStatus::Opened),
        (Decryption::WrongKey, BidStatus::BidderFault),
        (Decryption::Malformed, BidStatus::BidderFault),
        (Decryption::FileMissing, BidStatus::OtherFault),
        (Decryption::PlatformFailure, BidStatus::OtherFault),
    ];
    for (decryption, status) in cases {
        let story = Story::sealed();
        let fourth = "91620100MA900000EF";
        story.done("commit", &commit_of(fourth));
        let all = [BIDDERS[0], BIDDERS[1], BIDDERS[2], fourth];
        story.close(&all);
        let mut args = reveal_of(&all);
        args.bids[3].decryption = decryption;
        story.done("reveal", &args);
        story.done(
            "open",
            &Open {
                tender: TENDER.to_owned(),
                difference: None,
            },
        );
        let bids = story.bids().unwrap();
        let bid = bids.iter().find(|bid| bid.bidder == fourth).unwrap();
        assert_eq!((bid.status, bid.decryption), (status, decryption));
    }
}

#[test]
fn a_key_is_given_by_the_bids_owner_alone_and_the_last_one_counts() {
    let story = published();
    let key = SecretKey::from_seed([7; 32]);
    for bidder in BIDDERS {
        let mut commit = commit_of(bidder);
        commit.lock = Some(key.public_key().to_string());
        story.system().done("commit", &commit);
    }
    story.close(&BIDDERS);
    release(&story);
    let mut args = give(BIDDERS[0]);
    assert_eq!(story.system().code("give_key", &args), 235);
    let message = key_bytes("test", &args.commitment, &args.locked_key);
    args.signature = Some(key.sign(&message).to_string());
    let mut other = args.clone();
    other.locked_key = locked("another key");
    assert_eq!(story.code("give_key", &other), 235);
    let mut short = args.clone();
    short.locked_key.pop();
    assert_eq!(story.code("give_key", &short), 207);
    story.done("give_key", &args);
    let message = key_bytes("test", &other.commitment, &other.locked_key);
    other.signature = Some(key.sign(&message).to_string());
    story.done("give_key", &other);
    let asked = AskKey {
        commitment: args.commitment,
    };
    let given: Option<KeyGiven> = story.chain.view("tender", "key", &asked).unwrap();
    assert_eq!(given.unwrap().locked_key, other.locked_key);
}
