//! Orders that stop the clocks.

use super::story::*;
use crate::*;
use domain::DAY_MS;

const SUPERVISOR: &str = "11620000MB1234567X";

fn suspend(story: &Story) {
    let args = Suspend {
        tender: TENDER.to_owned(),
        reason: text(),
        order: digest("order"),
    };
    story
        .caller(SUPERVISOR, "supervisor")
        .done("suspend", &args);
}

fn resume(story: &Story) -> Resumed {
    let args = Resume {
        tender: TENDER.to_owned(),
        reason: text(),
    };
    story.caller(SUPERVISOR, "supervisor").call("resume", &args)
}

#[test]
fn a_suspension_stops_the_deadline_and_gives_back_what_was_left_of_it() {
    let story = Story::published();
    story.pass_to(DEADLINE - DAY_MS);
    suspend(&story);
    story.pass_to(DEADLINE + 2 * DAY_MS);
    assert_eq!(story.record().status, Status::Published);
    let resumed = resume(&story);
    assert_eq!(resumed.suspended_ms, 3 * DAY_MS);
    assert_eq!(resumed.deadline_ms, Some(DEADLINE + 3 * DAY_MS));
    // A bid of the last day is in time.
    story.pass_to(DEADLINE + 3 * DAY_MS - 1);
    for bidder in BIDDERS {
        story.system().done("commit", &commit_of(bidder));
    }
    story.pass_to(DEADLINE + 3 * DAY_MS);
    assert_eq!(story.record().status, Status::Closed);
    story.system().done("hold", &hold_of(&BIDDERS));
    story.done("reveal", &reveal_of(&BIDDERS));
}

#[test]
fn nothing_is_done_while_a_tender_is_suspended() {
    let story = Story::closed(3);
    suspend(&story);
    let refusal = story.system().refused("reveal", &reveal_of(&BIDDERS));
    assert_eq!(
        (refusal.code, &*refusal.law),
        (227, "招标投标法实施条例 第六十二条")
    );
    let pool = pool_args(vec![group("A01", 30), group("A02", 20)]);
    assert_eq!(story.pool().code("commit_pool", &pool), 227);
    resume(&story);
    story.system().done("reveal", &reveal_of(&BIDDERS));
}

#[test]
fn publicity_goes_on_where_it_was_stopped() {
    let story = Story::evaluated();
    let nominate = Nominate {
        tender: TENDER.to_owned(),
        candidates: vec![BIDDERS[0].to_owned()],
        report: digest("report"),
    };
    let nominated: Nominated = story.agency().call("nominate", &nominate);
    story.pass_to(nominated.award_from_ms - DAY_MS);
    suspend(&story);
    story.pass_to(nominated.award_from_ms + DAY_MS);
    resume(&story);
    let from = story.record().nomination.unwrap().award_from_ms;
    assert_eq!(from, nominated.award_from_ms + 2 * DAY_MS);
    let award = MakeAward {
        tender: TENDER.to_owned(),
        winner: BIDDERS[0].to_owned(),
        amount_fen: domain::Fen(1),
        notice: digest("award"),
        skip_reason: None,
    };
    story.pass_to(from - 1);
    assert_eq!(story.agency().code("award", &award), 263);
    story.pass_to(from);
    story.agency().done("award", &award);
}

#[test]
fn only_what_runs_is_suspended_and_only_what_is_suspended_resumes() {
    let story = Story::registered();
    let args = Suspend {
        tender: TENDER.to_owned(),
        reason: text(),
        order: digest("order"),
    };
    assert_eq!(story.code("suspend", &args), 206);
    let args = Resume {
        tender: TENDER.to_owned(),
        reason: text(),
    };
    assert_eq!(story.code("resume", &args), 206);
}
