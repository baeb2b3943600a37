//! Candidates, award, failure, cancellation.

use super::story::*;
use crate::*;
use bid_consistency::Stage;
use domain::{DAY_MS, Fen};
use yilian_contract::prelude::*;

fn nominate(candidates: &[&str]) -> Nominate {
    Nominate {
        tender: TENDER.to_owned(),
        candidates: candidates.iter().map(|&one| one.to_owned()).collect(),
        report: digest("report"),
    }
}

fn award(winner: &str) -> MakeAward {
    MakeAward {
        tender: TENDER.to_owned(),
        winner: winner.to_owned(),
        amount_fen: Fen(90_000_000),
        notice: digest("award"),
        skip_reason: None,
    }
}

fn fail(ground: Ground) -> Fail {
    Fail {
        tender: TENDER.to_owned(),
        ground,
        reason: text(),
    }
}

fn cancel() -> Cancel {
    Cancel {
        tender: TENDER.to_owned(),
        notice: digest("cancelled"),
        reason: text(),
    }
}

fn nominated() -> Story {
    let story = Story::evaluated();
    story
        .agency()
        .done("nominate", &nominate(&[BIDDERS[1], BIDDERS[0]]));
    story
}

#[test]
fn a_tender_goes_all_the_way() {
    let story = nominated();
    story.chain.at(DEADLINE + 3 * DAY_MS);
    let awarded: Awarded = story.call("award", &award(BIDDERS[1]));
    assert_eq!(awarded.awarded_ms, DEADLINE + 3 * DAY_MS);
    story
        .system()
        .done("check_consistency", &check_args(Stage::Archived, &BIDDERS));
    let steps = [
        "registered",
        "published",
        "closed",
        "held",
        "revealed",
        "opened",
        "pool_committed",
        "draw_requested",
        "drawn",
        "checked_opened",
        "checked_evaluated",
        "nominated",
        "awarded",
        "checked_archived",
    ];
    assert_eq!(story.steps(), steps);
    let record = story.record();
    assert_eq!(
        (record.status, record.award.unwrap().winner.as_str()),
        (Status::Awarded, BIDDERS[1])
    );
    let told: Vec<String> = story
        .chain
        .events()
        .into_iter()
        .map(|event| event.name)
        .collect();
    assert!(steps.iter().all(|step| told.contains(&(*step).to_owned())));
}

/// A later version of the rule that would call everything in time. Methods of a contract are public functions.
struct LaxDeadline;

#[allow(unreachable_pub)]
#[rule(name = "deadline", version = "9.9.9", zh = "宽松", en = "Lax")]
impl LaxDeadline {
    /// zh: 总是按时 | en: Always in time
    pub fn judge(input: deadline::Judge) -> Result<deadline::Judgement, deadline::DeadlineError> {
        Ok(deadline::Judgement {
            in_time: true,
            decided_time_ms: input.block_time_ms,
            basis: deadline::Basis::BlockTime,
            late_by_ms: 0,
            reason: text(),
            law: String::new(),
        })
    }
}

#[test]
fn the_rules_pinned_at_publication_judge_to_the_end() {
    let story = Story::sealed();
    story.chain.deploy_rule_version(LaxDeadline, "9.9.9");
    story.chain.at(DEADLINE);
    let mut late = commit_of("late");
    late.tender = Some(TENDER.to_owned());
    assert_eq!(story.code("commit", &late), 230);
    story.close(&BIDDERS);
}

#[test]
fn candidates_need_a_committee_and_a_complete_check() {
    let story = Story::opened();
    assert_eq!(
        story.agency().code("nominate", &nominate(&BIDDERS[..1])),
        252
    );
    let story = Story::drawn();
    let refusal = story.agency().refused("nominate", &nominate(&BIDDERS[..1]));
    assert_eq!((refusal.code, &*refusal.law), (260, "招标投标法 第四十条"));
}

#[test]
fn candidates_are_one_to_three_different_bidders() {
    let story = Story::evaluated();
    story.agency();
    assert_eq!(story.code("nominate", &nominate(&[])), 262);
    assert_eq!(story.code("nominate", &nominate(&[BIDDERS[0]; 2])), 262);
    assert_eq!(story.code("nominate", &nominate(&[BIDDERS[0]; 4])), 262);
    assert_eq!(
        story.code("nominate", &nominate(&["91620100MA900000EF"])),
        262
    );
    assert_eq!(
        story
            .caller(BIDDERS[0], "tenderer")
            .code("nominate", &nominate(&BIDDERS)),
        205
    );
}

#[test]
fn no_award_before_the_publicity_is_over() {
    let story = nominated();
    assert_eq!(
        story.record().nomination.unwrap().award_from_ms,
        DEADLINE + 3 * DAY_MS
    );
    story.chain.at(DEADLINE + 3 * DAY_MS - 1);
    let refusal = story.refused("award", &award(BIDDERS[1]));
    assert_eq!(
        (refusal.code, &*refusal.law),
        (263, "招标投标法实施条例 第五十四条")
    );
}

#[test]
fn an_award_outside_the_candidates_is_refused() {
    let story = nominated();
    let refusal = story.refused("award", &award(BIDDERS[2]));
    assert_eq!(
        (refusal.code, &*refusal.law),
        (264, "招标投标法 第五十七条")
    );
}

#[test]
fn the_first_candidate_is_passed_over_only_with_a_reason() {
    let story = nominated();
    story.chain.at(DEADLINE + 3 * DAY_MS);
    assert_eq!(story.code("award", &award(BIDDERS[0])), 265);
    let mut args = award(BIDDERS[1]);
    args.skip_reason = Some(text());
    assert_eq!(story.code("award", &args), 207);
    args.winner = BIDDERS[0].to_owned();
    story.done("award", &args);
    assert_eq!(story.record().award.unwrap().skip_reason, Some(text()));
}

#[test]
fn an_award_above_the_ceiling_is_refused() {
    let story = nominated();
    story.chain.at(DEADLINE + 3 * DAY_MS);
    let mut args = award(BIDDERS[1]);
    args.amount_fen = Fen(100_000_001);
    let refusal = story.refused("award", &args);
    assert_eq!(refusal.code, 266);
    assert_eq!(refusal.detail, "1,000,000.01 元 above 1,000,000.00 元");
}

#[test]
fn no_award_without_candidates_and_none_twice() {
    assert_eq!(
        Story::evaluated()
            .agency()
            .code("award", &award(BIDDERS[1])),
        206
    );
    let story = nominated();
    story.chain.at(DEADLINE + 3 * DAY_MS);
    story.done("award", &award(BIDDERS[1]));
    assert_eq!(story.code("award", &award(BIDDERS[1])), 206);
}

#[test]
fn a_failure_needs_a_ground_that_the_record_bears_out() {
    let story = Story::closed(3);
    assert_eq!(
        story.agency().code("fail", &fail(Ground::TooFewBidders)),
        267
    );
    assert_eq!(story.code("fail", &fail(Ground::AllRejected)), 267);
    let story = Story::opened();
    assert_eq!(
        story
            .caller(BIDDERS[0], "tenderer")
            .code("fail", &fail(Ground::Other)),
        205
    );
    story.centre().done("fail", &fail(Ground::AllRejected));
    let record = story.record();
    assert_eq!(
        (record.status, record.end.unwrap().ground),
        (Status::Failed, Some(Ground::AllRejected))
    );
    assert_eq!(story.agency().code("cancel", &cancel()), 206);
}

#[test]
fn before_the_deadline_a_tender_is_cancelled_and_does_not_fail() {
    let story = Story::published();
    assert_eq!(story.agency().code("fail", &fail(Ground::Other)), 206);
    assert_eq!(
        story
            .caller(BIDDERS[0], "tenderer")
            .code("cancel", &cancel()),
        205
    );
    story.caller(TENDERER, "tenderer").done("cancel", &cancel());
    let record = story.record();
    assert_eq!(record.status, Status::Cancelled);
    assert_eq!(record.end.unwrap().notice, Some(digest("cancelled")));
}

#[test]
fn nothing_follows_an_end() {
    let story = Story::published();
    story.done("cancel", &cancel());
    assert_eq!(story.chain.scheduled("tender"), []);
    story.chain.at(DEADLINE);
    assert_eq!(story.system().code("hold", &hold_of(&BIDDERS)), 206);
    assert_eq!(story.agency().code("cancel", &cancel()), 206);
    assert_eq!(
        story
            .pool()
            .code("commit_pool", &pool_args(vec![group("A01", 30)])),
        206
    );
}

#[test]
fn a_reason_in_one_language_is_refused() {
    let story = Story::published();
    let mut args = cancel();
    args.reason.zh = "  ".to_owned();
    assert_eq!(story.agency().code("cancel", &args), 207);
}
