//! The periods that the law fixes, over the Spring Festival of 2026.
//!
//! 国务院办公厅关于2026年部分节假日安排的通知: 2月15日（周日）至23日（周一）放假，2月14日（周六）、2月28日（周六）上班。

use super::story::*;
use crate::*;
use deadline::{Counting, Unit};
use domain::{beijing_day_start, beijing_text, parse_date};

const HOUR_MS: u64 = 3_600_000;

fn at(date: &str, hour: u64) -> u64 {
    beijing_day_start(parse_date(date).unwrap()) + hour * HOUR_MS
}

/// A tender registered, at a time of a day.
fn registered(date: &str, hour: u64) -> Story {
    let story = Story::registered();
    story.chain.at(at(date, hour));
    story
}

fn publish(profile: &str, deadline_ms: u64) -> Publish {
    Publish {
        profile: profile.to_owned(),
        deadline_ms,
        ..publish_args()
    }
}

/// The earliest deadline that publication takes, found by the refusal's own words.
fn earliest(story: &Story, args: &Publish) -> String {
    let refusal = story.agency().refused("publish", args);
    let (_, rest) = refusal.detail.split_once("最早 ").expect(&refusal.detail);
    rest[..23].to_owned()
}

#[test]
fn twenty_days_that_end_in_the_festival_end_after_it() {
    // Twenty days from January 26 end on Sunday, February 15.
    let story = registered("2026-01-26", 9);
    let args = publish(STATUTORY, at("2026-02-15", 9));
    assert_eq!(earliest(&story, &args), "2026-02-24 09:00:00.000");
    story.done("publish", &publish(STATUTORY, at("2026-02-24", 9)));
    // Had the notice come a day earlier, the last day would be the Saturday that is worked.
    let story = registered("2026-01-25", 9);
    story
        .agency()
        .done("publish", &publish(STATUTORY, at("2026-02-14", 9)));
}

#[test]
fn procurement_gives_documents_out_for_five_working_days() {
    let story = registered("2026-02-12", 10);
    let with = |until: u64| Publish {
        offer_until_ms: Some(until),
        ..publish(STATUTORY_PROCUREMENT, at("2026-03-10", 10))
    };
    // Friday 13, Saturday 14 (worked), then 24, 25, 26.
    let refusal = story
        .agency()
        .refused("publish", &with(at("2026-02-25", 10)));
    assert_eq!(refusal.code, 224);
    assert!(
        refusal
            .detail
            .contains("5工作日，最早 2026-02-26 10:00:00.000"),
        "{}",
        refusal.detail
    );
    story.done("publish", &with(at("2026-02-26", 10)));
    // Works: five days, of which the fifth is Tuesday 17, a holiday.
    let story = registered("2026-02-12", 10);
    let with = |until: u64| Publish {
        offer_until_ms: Some(until),
        ..publish(STATUTORY, at("2026-03-10", 10))
    };
    assert_eq!(
        story.agency().code("publish", &with(at("2026-02-17", 10))),
        224
    );
    story.done("publish", &with(at("2026-02-24", 10)));
}

#[test]
fn documents_are_not_given_out_after_the_deadline() {
    let story = registered("2026-03-02", 10);
    let args = Publish {
        offer_until_ms: Some(at("2026-04-30", 10)),
        ..publish(STATUTORY, at("2026-03-31", 10))
    };
    assert_eq!(story.agency().code("publish", &args), 224);
}

#[test]
fn applications_to_prequalify_have_five_days_after_their_documents() {
    let story = registered("2026-01-26", 10);
    let with = |profile: &str, until: u64| Publish {
        offer_until_ms: Some(at("2026-02-12", 10)),
        prequalification_until_ms: Some(until),
        ..publish(profile, at("2026-03-31", 10))
    };
    let early = with(STATUTORY, at("2026-02-17", 10));
    assert_eq!(story.agency().code("publish", &early), 225);
    let early = with(STATUTORY_PROCUREMENT, at("2026-02-25", 10));
    assert_eq!(story.code("publish", &early), 225);
    story.done(
        "publish",
        &with(STATUTORY_PROCUREMENT, at("2026-02-26", 10)),
    );
}

#[test]
fn a_change_before_the_festival_moves_the_deadline_beyond_it() {
    let story = registered("2026-01-20", 9);
    story
        .agency()
        .done("publish", &publish(STATUTORY, at("2026-02-14", 9)));
    // Fifteen days from Saturday, January 31 end on Sunday, February 15.
    story.chain.at(at("2026-01-31", 9));
    let mut amend = Amend {
        tender: TENDER.to_owned(),
        document: digest("change"),
        affects_bids: true,
        deadline_ms: None,
        reason: text(),
    };
    let refusal = story.refused("amend", &amend);
    assert_eq!(refusal.code, 222);
    assert!(
        refusal
            .detail
            .contains("顺延至不早于 2026-02-24 09:00:00.000"),
        "{}",
        refusal.detail
    );
    amend.deadline_ms = Some(at("2026-02-24", 9));
    let amended: Amended = story.call("amend", &amend);
    assert_eq!(amended.deadline_ms, at("2026-02-24", 9));
}

#[test]
fn candidates_published_before_the_festival_stay_published_until_after_it() {
    let story = Story::evaluated_at(at("2026-02-13", 10));
    let nominated: Nominated = story.agency().call(
        "nominate",
        &Nominate {
            tender: TENDER.to_owned(),
            candidates: vec![BIDDERS[0].to_owned()],
            report: digest("report"),
        },
    );
    // Three days from Friday 13 end on Monday 16.
    assert_eq!(nominated.award_from, beijing_text(at("2026-02-24", 10)));
    story.pass_to(at("2026-02-24", 10) - 1);
    assert_ne!(
        story.steps().last().map(String::as_str),
        Some("publicity_over")
    );
    story.pass_to(at("2026-02-24", 10));
    assert_eq!(
        story.steps().last().map(String::as_str),
        Some("publicity_over")
    );
}

#[test]
fn procurement_draws_experts_at_most_two_working_days_before_the_evaluation() {
    let story = registered("2026-01-20", 9);
    story.agency().done(
        "publish",
        &publish(STATUTORY_PROCUREMENT, at("2026-02-24", 9)),
    );
    let pool = CommitPool {
        evaluation_ms: at("2026-02-25", 9),
        ..pool_args(vec![group("A01", 30), group("A02", 20)])
    };
    story.chain.at(at("2026-02-13", 9));
    let refusal = story.pool().refused("commit_pool", &pool);
    assert_eq!(refusal.code, 269);
    assert!(refusal.detail.contains("3个工作日"), "{}", refusal.detail);
    let far = CommitPool {
        evaluation_ms: at("2026-12-31", 9),
        ..pool.clone()
    };
    assert_eq!(story.code("commit_pool", &far), 269);
    let over = CommitPool {
        evaluation_ms: at("2026-02-12", 9),
        ..pool.clone()
    };
    assert_eq!(story.code("commit_pool", &over), 269);
    // Saturday 14 is worked: after it come 24 and 25.
    story.chain.at(at("2026-02-14", 9));
    story.done("commit_pool", &pool);
}

#[test]
fn a_period_into_a_year_without_a_calendar_is_refused() {
    let story = registered("2026-12-20", 9);
    let refusal = story
        .agency()
        .refused("publish", &publish(STATUTORY, at("2026-12-31", 9)));
    // Article 24 would need January: the rule says which day it lacks.
    assert_eq!(refusal.code, 104);
    assert!(refusal.detail.contains("2027-01-09"), "{}", refusal.detail);
}

#[test]
fn a_profile_is_pinned_only_while_it_is_in_force() {
    let story = Story::registered();
    let mut profile = exercise();
    profile.effective_from_ms = PUBLISHED + 10;
    profile.effective_until_ms = Some(PUBLISHED + 20);
    let args = SetProfile {
        name: "dated".to_owned(),
        profile: profile.clone(),
    };
    story.done("set_profile", &args);
    let publish = publish("dated", DEADLINE);
    for (time, code) in [(9, 226), (20, 226)] {
        story.chain.at(PUBLISHED + time);
        assert_eq!(story.agency().code("publish", &publish), code);
    }
    story.chain.at(PUBLISHED + 19);
    story.done("publish", &publish);
    profile.effective_until_ms = Some(PUBLISHED + 10);
    let empty = SetProfile {
        name: "empty".to_owned(),
        profile,
    };
    assert_eq!(story.code("set_profile", &empty), 209);
}

#[test]
fn each_period_names_its_article_and_none_is_below_both_regimes() {
    let story = Story::new();
    let set = |change: fn(&mut Profile)| {
        let asked = AskProfile {
            name: STATUTORY_PROCUREMENT.to_owned(),
        };
        let mut profile: Profile = story.chain.view("tender", "profile", &asked).unwrap();
        change(&mut profile);
        let args = SetProfile {
            name: "province".to_owned(),
            profile,
        };
        let result = story
            .chain
            .call::<_, ProfileSet>("tender", "set_profile", &args);
        result.map_err(|refusal| refusal.code)
    };
    assert!(set(|_| {}).is_ok());
    assert!(set(|one| one.counting = Counting::Dates).is_ok());
    assert_eq!(set(|one| one.periods.offer.law.clear()), Err(209));
    assert_eq!(set(|one| one.periods.notice.days = 19), Err(209));
    assert_eq!(set(|one| one.periods.publicity.unit = Unit::Day), Err(209));
    assert_eq!(set(|one| one.decryption_ms = Some(0)), Err(209));
    assert_eq!(set(|one| one.grace_ms = 86_400_001), Err(209));
}
