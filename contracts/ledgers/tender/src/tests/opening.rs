//! Closing, revealing, opening.

use super::story::*;
use crate::*;
use domain::DAY_MS;

fn open_args(difference: bool) -> Open {
    Open {
        tender: TENDER.to_owned(),
        difference: difference.then(text),
    }
}

#[test]
fn the_chain_itself_closes_a_tender_when_its_deadline_has_come() {
    let story = Story::sealed();
    story.pass_to(DEADLINE - 1);
    assert_eq!(story.record().status, Status::Published);
    assert_eq!(story.system().code("hold", &hold_of(&BIDDERS)), 206);
    story.pass_to(DEADLINE);
    assert_eq!(story.record().status, Status::Closed);
    assert_eq!(story.record().opening.unwrap().closed_ms, DEADLINE);
    assert_eq!(story.steps().last().map(String::as_str), Some("closed"));
}

#[test]
fn nobody_else_calls_what_only_time_may_call() {
    let story = Story::sealed();
    story.chain.at(DEADLINE);
    let due = yilian_contract::Due {
        name: format!("deadline/{TENDER}"),
    };
    assert_eq!(story.system().code("on_time", &due), 253);
}

#[test]
fn a_deadline_that_was_moved_closes_at_its_new_time_alone() {
    let story = Story::published();
    let amend = Amend {
        tender: TENDER.to_owned(),
        document: digest("change"),
        affects_bids: true,
        deadline_ms: Some(DEADLINE + DAY_MS),
        reason: text(),
    };
    story.done("amend", &amend);
    story.pass_to(DEADLINE);
    assert_eq!(story.record().status, Status::Published);
    story.pass_to(DEADLINE + DAY_MS);
    assert_eq!(story.record().status, Status::Closed);
}

#[test]
fn a_list_of_bids_held_comes_in_pages_and_names_each_once() {
    let story = Story::sealed();
    story.pass_to(DEADLINE);
    let mut page = hold_of(&BIDDERS[..2]);
    page.held = 3;
    let so_far: Held = story.system().call("hold", &page);
    assert_eq!((so_far.listed, so_far.held), (2, 3));
    assert_eq!(story.code("reveal", &reveal_of(&BIDDERS[..1])), 206);
    let mut rest = hold_of(&BIDDERS[1..]);
    rest.held = 3;
    assert_eq!(story.code("hold", &rest), 244);
    rest.commitments.remove(0);
    let mut changed = rest.clone();
    changed.held = 4;
    assert_eq!(story.code("hold", &changed), 244);
    let mut invented = rest.clone();
    invented.commitments[0] = digest("never sealed");
    assert_eq!(story.code("hold", &invented), 233);
    story.done("hold", &rest);
    story.done("reveal", &reveal_of(&BIDDERS));
    assert_eq!(story.code("hold", &rest), 244);
}

#[test]
fn who_does_not_hold_the_files_does_not_say_which_there_are() {
    let story = Story::sealed();
    story.pass_to(DEADLINE);
    let nothing = hold_of(&[]);
    assert_eq!(
        story
            .caller(BIDDERS[0], "trading_system")
            .code("hold", &nothing),
        239
    );
    assert_eq!(story.centre().code("hold", &nothing), 239);
    story.system().done("hold", &hold_of(&BIDDERS));
}

#[test]
fn a_bid_that_was_on_no_list_is_counted_and_must_be_explained() {
    let story = Story::sealed();
    let fourth = "91620100MA900000EF";
    story.done("commit", &commit_of(fourth));
    story.close(&BIDDERS);
    story.done("reveal", &reveal_of(&[BIDDERS[0], BIDDERS[1], fourth]));
    // As many as were held, and yet one is hidden and one invented.
    let refusal = story.refused("open", &open_args(false));
    assert_eq!(refusal.code, 244);
    assert!(
        refusal.detail.contains("not on the list 1"),
        "{}",
        refusal.detail
    );
    assert!(
        refusal.detail.contains(&sealed_by(BIDDERS[2]).to_string()),
        "{}",
        refusal.detail
    );
    let opened: Opened = story.call("open", &open_args(true));
    assert_eq!((opened.difference, opened.unlisted), (0, 1));
    assert_eq!(opened.hidden, [sealed_by(BIDDERS[2])]);
}

#[test]
fn bids_are_seen_after_the_opening_and_not_before() {
    let story = Story::closed(3);
    story.done("reveal", &reveal_of(&BIDDERS));
    assert_eq!(story.bids().unwrap_err().code, 245);
    story.done("open", &open_args(false));
    let bids = story.bids().unwrap();
    let bidders: Vec<&str> = bids.iter().map(|bid| bid.bidder.as_str()).collect();
    assert_eq!(bidders, BIDDERS);
    assert!(bids.iter().all(|bid| bid.status == BidStatus::Opened));
    assert_eq!(bids[0].decided_time_ms, DEADLINE - DAY_MS);
    assert_eq!(story.record().status, Status::Opened);
}

#[test]
fn nothing_is_revealed_before_the_close() {
    assert_eq!(Story::sealed().code("reveal", &reveal_of(&BIDDERS)), 206);
}

#[test]
fn fewer_than_three_held_can_only_fail() {
    let story = Story::closed(2);
    let refusal = story.refused("reveal", &reveal_of(&BIDDERS[..2]));
    assert_eq!(refusal.code, 241);
    assert!(refusal.law.contains("第四十四条"));
    assert_eq!(story.code("open", &open_args(false)), 241);
    let fail = Fail {
        tender: TENDER.to_owned(),
        ground: Ground::TooFewBidders,
        reason: text(),
    };
    story.agency().done("fail", &fail);
    assert_eq!(story.record().status, Status::Failed);
}

#[test]
fn fewer_than_three_opened_can_only_fail() {
    let story = Story::closed(3);
    let mut args = reveal_of(&BIDDERS);
    args.bids[1].decryption = Decryption::NoKey;
    story.done("reveal", &args);
    let opened: Opened = story.call("open", &open_args(false));
    assert!(opened.must_fail);
    assert_eq!(story.record().status, Status::Closed);
    assert_eq!(story.bids().unwrap_err().code, 245);
    assert_eq!(story.code("open", &open_args(false)), 241);
    let other = Fail {
        tender: TENDER.to_owned(),
        ground: Ground::Other,
        reason: text(),
    };
    assert_eq!(story.agency().code("fail", &other), 267);
}

#[test]
fn a_bid_that_was_never_sealed_cannot_be_invented() {
    let story = Story::closed(3);
    let mut args = reveal_of(&BIDDERS);
    args.bids[2].digest = digest("another file");
    let refusal = story.refused("reveal", &args);
    assert_eq!(refusal.code, 233);
    assert!(refusal.detail.starts_with(BIDDERS[2]), "{}", refusal.detail);
}

#[test]
fn a_late_bid_is_refused_at_the_reveal_with_its_time() {
    let story = Story::sealed();
    story.chain.at(DEADLINE);
    story.done("commit", &commit_of("91620100MA900000EF"));
    story.close(&BIDDERS);
    let refusal = story.refused("reveal", &reveal_of(&["91620100MA900000EF"]));
    assert_eq!(refusal.code, 230);
    assert!(
        refusal.detail.contains("91620100MA900000EF"),
        "{}",
        refusal.detail
    );
    assert!(
        refusal.detail.contains("late, to be refused"),
        "{}",
        refusal.detail
    );
}

#[test]
fn one_bidder_has_one_bid() {
    let story = Story::closed(3);
    story.done("reveal", &reveal_of(&BIDDERS[..1]));
    let refusal = story.refused("reveal", &reveal_of(&BIDDERS[..1]));
    assert_eq!(
        (refusal.code, &*refusal.law),
        (242, "招标投标法实施条例 第五十一条")
    );
}

#[test]
fn the_tenderers_agency_does_not_bid() {
    let story = Story::published();
    for bidder in [AGENCY, BIDDERS[0], BIDDERS[1]] {
        story.system().done("commit", &commit_of(bidder));
    }
    story.close(&[AGENCY, BIDDERS[0], BIDDERS[1]]);
    assert_eq!(story.code("reveal", &reveal_of(&[AGENCY])), 243);
}

#[test]
fn a_bidder_left_out_brings_its_own_bid_and_no_other() {
    let story = Story::closed(3);
    story.caller(BIDDERS[2], "bidder");
    assert_eq!(story.code("reveal", &reveal_of(&BIDDERS[..1])), 235);
    story.done("reveal", &reveal_of(&BIDDERS[2..]));
}

#[test]
fn a_missing_bid_is_named_and_must_be_explained() {
    let story = Story::sealed();
    let fourth = "91620100MA900000EF";
    story.done("commit", &commit_of(fourth));
    story.close(&[BIDDERS[0], BIDDERS[1], BIDDERS[2], fourth]);
    story.done("reveal", &reveal_of(&BIDDERS));
    let refusal = story.refused("open", &open_args(false));
    assert_eq!(
        (refusal.code, &*refusal.law),
        (244, "招标投标法 第三十六条")
    );
    assert!(
        refusal.detail.contains("difference -1"),
        "{}",
        refusal.detail
    );
    assert!(refusal.detail.contains(&sealed_by(fourth).to_string()));
    let opened: Opened = story.call("open", &open_args(true));
    assert_eq!((opened.difference, opened.must_fail), (-1, false));
    assert_eq!(opened.hidden, [sealed_by(fourth)]);
    assert_eq!(story.record().opening.unwrap().difference, Some(text()));
}

#[test]
fn a_difference_that_is_none_cannot_be_explained() {
    let story = Story::closed(3);
    story.done("reveal", &reveal_of(&BIDDERS));
    assert_eq!(story.code("open", &open_args(true)), 244);
}

fn withdraw_args(bidder: &str) -> Withdraw {
    Withdraw {
        commitment: sealed_by(bidder),
        signature: None,
        admission: None,
    }
}

#[test]
fn a_bid_withdrawn_in_time_is_none() {
    let story = Story::sealed();
    story.done("withdraw", &withdraw_args(BIDDERS[0]));
    story.close(&BIDDERS);
    assert_eq!(story.code("reveal", &reveal_of(&BIDDERS)), 234);
}

#[test]
fn a_bid_withdrawn_after_the_deadline_counts_as_revoked() {
    let story = Story::sealed();
    story.done("commit", &commit_of("91620100MA900000EF"));
    story.chain.at(DEADLINE);
    story.done("withdraw", &withdraw_args("91620100MA900000EF"));
    story.close(&[BIDDERS[0], BIDDERS[1], BIDDERS[2], "91620100MA900000EF"]);
    story.done(
        "reveal",
        &reveal_of(&[BIDDERS[0], BIDDERS[1], BIDDERS[2], "91620100MA900000EF"]),
    );
    let opened: Opened = story.call("open", &open_args(false));
    assert_eq!((opened.opened, opened.held), (3, 4));
    assert_eq!(story.bids().unwrap()[3].status, BidStatus::Revoked);
}

#[test]
fn the_last_replacement_in_time_stands() {
    let story = Story::sealed();
    let mut newer = commit_of(BIDDERS[0]);
    let file = digest("newer file");
    newer.commitment = bid_consistency::commitment(TENDER, BIDDERS[0], &file, &salt(BIDDERS[0]));
    newer.replaces = Some(Replaces {
        commitment: sealed_by(BIDDERS[0]),
        signature: None,
    });
    story.done("commit", &newer);
    story.pass_to(DEADLINE);
    let mut held = hold_of(&BIDDERS);
    held.commitments[0] = newer.commitment;
    story.done("hold", &held);
    let refusal = story.refused("reveal", &reveal_of(&BIDDERS));
    assert_eq!(refusal.code, 234);
    assert!(
        refusal.detail.contains(&newer.commitment.to_string()),
        "{}",
        refusal.detail
    );
    let mut args = reveal_of(&BIDDERS);
    args.bids[0].digest = file;
    story.done("reveal", &args);
}

#[test]
fn a_late_replacement_leaves_the_first_bid_standing() {
    let story = Story::sealed();
    story.chain.at(DEADLINE);
    let mut newer = commit_of("newer");
    newer.replaces = Some(Replaces {
        commitment: sealed_by(BIDDERS[0]),
        signature: None,
    });
    story.done("commit", &newer);
    story.close(&BIDDERS);
    story.done("reveal", &reveal_of(&BIDDERS));
}

#[test]
fn a_revealed_bid_can_no_longer_be_withdrawn() {
    let story = Story::closed(3);
    story.done("reveal", &reveal_of(&BIDDERS));
    assert_eq!(story.code("withdraw", &withdraw_args(BIDDERS[0])), 206);
}

#[test]
fn a_page_of_bids_is_neither_empty_nor_too_long() {
    let story = Story::closed(3);
    assert_eq!(story.code("reveal", &reveal_of(&[])), 247);
    assert_eq!(
        story.code("reveal", &reveal_of(&[BIDDERS[0]; REVEAL_MAX + 1])),
        247
    );
}

#[test]
fn a_full_page_is_revealed_in_one_call() {
    let story = Story::published();
    story.system();
    let bidders: Vec<String> = (0..REVEAL_MAX)
        .map(|n| format!("91620100MA{n:08}"))
        .collect();
    let bidders: Vec<&str> = bidders.iter().map(String::as_str).collect();
    for bidder in &bidders {
        story.done("commit", &commit_of(bidder));
    }
    story.close(&bidders);
    let so_far: RevealedSoFar = story.call("reveal", &reveal_of(&bidders));
    assert_eq!((so_far.revealed, so_far.opened), (200, 200));
    story.done("open", &open_args(false));
}
