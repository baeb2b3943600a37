//! Following the files from opening to archive.

use super::story::*;
use crate::*;
use bid_consistency::{Link, Stage};

#[test]
fn files_that_stay_the_same_pass_every_stage() {
    let story = Story::opened();
    for stage in [Stage::Opened, Stage::Evaluated] {
        let checked: Checked = story.call("check_consistency", &check_args(stage, &BIDDERS));
        assert_eq!((checked.complete, checked.passed), (true, Some(true)));
    }
    assert_eq!(
        story.steps()[5..],
        ["opened", "checked_opened", "checked_evaluated"]
    );
}

#[test]
fn pages_come_to_the_same_as_one() {
    let (one, two) = (Story::opened(), Story::opened());
    let whole: Checked = one.call("check_consistency", &check_args(Stage::Opened, &BIDDERS));
    let first: Checked = two.call(
        "check_consistency",
        &check_args(Stage::Opened, &BIDDERS[..2]),
    );
    assert_eq!((first.complete, first.passed), (false, None));
    let last: Checked = two.call(
        "check_consistency",
        &check_args(Stage::Opened, &BIDDERS[2..]),
    );
    assert_eq!((last.digest, last.passed), (whole.digest, Some(true)));
}

#[test]
fn a_swapped_file_is_named_and_its_bidder_cannot_win() {
    let story = Story::drawn();
    story
        .system()
        .done("check_consistency", &check_args(Stage::Opened, &BIDDERS));
    let mut args = check_args(Stage::Evaluated, &BIDDERS);
    args.entries[1].digest = digest("swapped");
    let checked: Checked = story.call("check_consistency", &args);
    assert_eq!(checked.passed, Some(false));
    let [mismatch] = &checked.mismatches[..] else {
        panic!("{:?}", checked.mismatches);
    };
    assert_eq!(
        (mismatch.bidder.as_str(), mismatch.link),
        (BIDDERS[1], Link::Evaluated)
    );
    assert_eq!(story.bids().unwrap()[1].broken, [Link::Evaluated]);
    let nominate = |candidate: &str| Nominate {
        tender: TENDER.to_owned(),
        candidates: vec![candidate.to_owned()],
        report: digest("report"),
    };
    assert_eq!(story.agency().code("nominate", &nominate(BIDDERS[1])), 261);
    story.done("nominate", &nominate(BIDDERS[0]));
}

#[test]
fn content_is_compared_with_its_manifest() {
    let story = Story::opened();
    let mut args = check_args(Stage::Opened, &BIDDERS);
    (args.entries[0].manifest, args.entries[0].content) = (Some(digest("m")), Some(digest("c")));
    let checked: Checked = story.call("check_consistency", &args);
    assert_eq!(checked.mismatches[0].link, Link::Content);
}

#[test]
fn no_bid_may_be_left_out_and_none_brought_along() {
    let story = Story::opened();
    let refusal = story.refused(
        "check_consistency",
        &check_args(Stage::Opened, &BIDDERS[1..]),
    );
    assert_eq!(refusal.code, 246);
    assert!(refusal.detail.contains(BIDDERS[0]), "{}", refusal.detail);
    let more = [BIDDERS[0], BIDDERS[1], BIDDERS[2], "91620100MA900000EF"];
    assert_eq!(
        story.code("check_consistency", &check_args(Stage::Opened, &more)),
        246
    );
    assert_eq!(
        story.code("check_consistency", &check_args(Stage::Opened, &[])),
        247
    );
}

#[test]
fn bids_that_were_not_opened_stand_between_and_are_passed_over() {
    let story = Story::sealed();
    let fourth = "91620100MA9000009A";
    story.done("commit", &commit_of(fourth));
    story.close(&[BIDDERS[0], BIDDERS[1], BIDDERS[2], fourth]);
    let mut reveal = reveal_of(&[BIDDERS[0], BIDDERS[1], BIDDERS[2], fourth]);
    reveal.bids[3].decryption = Decryption::PlatformFailure;
    story.done("reveal", &reveal);
    story.done(
        "open",
        &Open {
            tender: TENDER.to_owned(),
            difference: None,
        },
    );
    let checked: Checked = story.call("check_consistency", &check_args(Stage::Opened, &BIDDERS));
    assert_eq!(checked.passed, Some(true));
}

#[test]
fn a_stage_needs_the_one_before() {
    let story = Story::opened();
    assert_eq!(
        story.code("check_consistency", &check_args(Stage::Evaluated, &BIDDERS)),
        260
    );
    assert_eq!(
        story.code("check_consistency", &check_args(Stage::Archived, &BIDDERS)),
        206
    );
    assert_eq!(
        Story::closed(3).code("check_consistency", &check_args(Stage::Opened, &BIDDERS)),
        206
    );
}

#[test]
fn a_complete_stage_begins_anew_only_with_a_reason_which_stays() {
    let story = Story::evaluated();
    let mut args = check_args(Stage::Opened, &BIDDERS);
    assert_eq!(story.code("check_consistency", &args), 206);
    args.restart = Some(text());
    story.done("check_consistency", &args);
    // What was compared with the earlier digests is void with them.
    let nominate = Nominate {
        tender: TENDER.to_owned(),
        candidates: vec![BIDDERS[0].to_owned()],
        report: digest("report"),
    };
    assert_eq!(story.agency().code("nominate", &nominate), 260);
}
