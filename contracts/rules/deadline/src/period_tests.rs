use super::*;
use crate::Deadline;
use yilian_contract::testing::TestChain;

const HOUR_MS: u64 = 3_600_000;
/// 2026-11-24 23:59:00.000 at UTC+8.
const LATE_EVENING: u64 = 1_795_535_940_000;

fn period(end_ms: u64, counting: Counting) -> PeriodJudgement {
    let chain = TestChain::new();
    chain.deploy_rule(Deadline);
    let input = MinimumPeriod {
        start_ms: LATE_EVENING,
        end_ms,
        days: 20,
        unit: Unit::Day,
        counting,
        calendar: None,
        law: "招标投标法 第二十四条".to_owned(),
    };
    chain.judge("deadline", "minimum_period", &input).unwrap()
}

#[test]
fn twenty_days_of_24_hours_end_to_the_millisecond() {
    let end = LATE_EVENING + 20 * DAY_MS;
    assert!(period(end, Counting::Duration).satisfied);
    let short = period(end - 1, Counting::Duration);
    assert!(!short.satisfied);
    assert_eq!(short.earliest_end_ms, end);
    assert!(short.law.contains("招标投标法 第二十四条"));
}

#[test]
fn by_dates_the_first_day_does_not_count_and_the_twentieth_does() {
    let midnight = LATE_EVENING + 60_000;
    assert!(period(midnight + 19 * DAY_MS, Counting::Dates).satisfied);
    assert!(!period(midnight + 19 * DAY_MS - 1, Counting::Dates).satisfied);
}

fn amended(new_deadline_ms: Option<u64>, affects_bids: bool) -> AmendmentJudgement {
    let chain = TestChain::new();
    chain.deploy_rule(Deadline);
    let input = Amendment {
        notified_ms: LATE_EVENING,
        deadline_ms: LATE_EVENING + 10 * DAY_MS,
        new_deadline_ms,
        affects_bids,
        days: 15,
        unit: Unit::Day,
        counting: Counting::Duration,
        calendar: None,
        law: "招标投标法实施条例 第二十一条".to_owned(),
    };
    chain.judge("deadline", "amendment", &input).unwrap()
}

#[test]
fn a_change_that_affects_bids_less_than_15_days_before_forces_the_deadline_to_move() {
    let required = LATE_EVENING + 15 * DAY_MS;
    let refused = amended(None, true);
    assert!(!refused.allowed);
    assert_eq!(refused.required_deadline_ms, required);
    assert_eq!(refused.deadline_ms, LATE_EVENING + 10 * DAY_MS);
    assert!(!amended(Some(required - 1), true).allowed);
    let allowed = amended(Some(required), true);
    assert!(allowed.allowed && allowed.postponed);
    assert_eq!(allowed.deadline_ms, required);
}

#[test]
fn a_change_that_affects_no_bid_leaves_the_deadline() {
    let judgement = amended(None, false);
    assert!(judgement.allowed && !judgement.postponed);
    assert_eq!(judgement.deadline_ms, LATE_EVENING + 10 * DAY_MS);
}

#[test]
fn a_deadline_never_moves_forward() {
    let judgement = amended(Some(LATE_EVENING + 10 * DAY_MS - HOUR_MS), false);
    assert!(!judgement.allowed);
    assert!(judgement.reason.en.contains("must not move forward"));
}

/// 2026-01-26 to 2026-03-08. 国务院办公厅关于2026年部分节假日安排的通知: 2月15日至23日放假，2月14日、2月28日上班。
fn spring_festival() -> Calendar {
    let mut days = String::new();
    for date in
        domain::parse_date("2026-01-26").unwrap()..=domain::parse_date("2026-03-08").unwrap()
    {
        let text = domain::date_text(date);
        let holiday = ("2026-02-15"..="2026-02-23").contains(&text.as_str());
        let worked = ["2026-02-14", "2026-02-28"].contains(&text.as_str());
        // 1970-01-01 was a Thursday.
        let weekend = matches!((date + 3) % 7, 5 | 6);
        days.push(if worked || !(holiday || weekend) {
            '1'
        } else {
            '0'
        });
    }
    Calendar {
        first_day: "2026-01-26".to_owned(),
        days,
        source: "2026/1".to_owned(),
    }
}

/// A time of a day at UTC+8.
fn at(date: &str, hour: u64) -> u64 {
    beijing_day_start(domain::parse_date(date).unwrap()) + hour * HOUR_MS
}

fn end_of(start: u64, days: u32, unit: Unit, counting: Counting) -> String {
    let chain = TestChain::new();
    chain.deploy_rule(Deadline);
    let input = EndOfPeriod {
        start_ms: start,
        days,
        unit,
        counting,
        calendar: Some(spring_festival()),
    };
    let end: PeriodEnd = chain.judge("deadline", "end_of_period", &input).unwrap();
    end.end
}

#[test]
fn working_days_jump_the_spring_festival_and_take_the_weekends_worked_for_it() {
    let start = at("2026-02-12", 10);
    // Friday 13, Saturday 14 (worked), Tuesday 24, Wednesday 25, Thursday 26.
    let five = |counting| end_of(start, 5, Unit::WorkingDay, counting);
    assert_eq!(five(Counting::Duration), "2026-02-26 10:00:00.000 (UTC+8)");
    assert_eq!(five(Counting::Dates), "2026-02-26 00:00:00.000 (UTC+8)");
    // Saturday 28 is worked too: Friday 27, Saturday 28, Monday 2.
    let three = end_of(at("2026-02-26", 10), 3, Unit::WorkingDay, Counting::Dates);
    assert_eq!(three, "2026-03-02 00:00:00.000 (UTC+8)");
}

#[test]
fn a_period_of_days_that_would_end_in_the_festival_ends_after_it() {
    // Three days from Friday 13 end on Monday 16, a holiday: the first working day is Tuesday 24.
    let end = end_of(at("2026-02-13", 10), 3, Unit::Day, Counting::Duration);
    assert_eq!(end, "2026-02-24 10:00:00.000 (UTC+8)");
    // Twenty days from January 26 end on Sunday 15, likewise.
    let end = end_of(at("2026-01-26", 9), 20, Unit::Day, Counting::Dates);
    assert_eq!(end, "2026-02-24 00:00:00.000 (UTC+8)");
    // One that ends on the Saturday that is worked ends there.
    let end = end_of(at("2026-01-30", 9), 15, Unit::Day, Counting::Dates);
    assert_eq!(end, "2026-02-14 00:00:00.000 (UTC+8)");
    assert_eq!(
        end_of(at("2026-02-16", 9), 0, Unit::Day, Counting::Duration),
        "2026-02-16 09:00:00.000 (UTC+8)"
    );
}

#[test]
fn published_a_minute_before_midnight_the_next_day_is_the_first() {
    let end = end_of(
        at("2026-02-13", 24) - 60_000,
        1,
        Unit::WorkingDay,
        Counting::Dates,
    );
    assert_eq!(end, "2026-02-14 00:00:00.000 (UTC+8)");
    let end = end_of(at("2026-02-14", 0), 1, Unit::WorkingDay, Counting::Dates);
    assert_eq!(end, "2026-02-24 00:00:00.000 (UTC+8)");
}

#[test]
fn a_draw_is_not_made_more_than_two_working_days_before_the_evaluation() {
    let chain = TestChain::new();
    chain.deploy_rule(Deadline);
    let judged = |drawn: u64| {
        let input = NotEarlier {
            at_ms: drawn,
            event_ms: at("2026-02-25", 9),
            days: 2,
            unit: Unit::WorkingDay,
            calendar: Some(spring_festival()),
        };
        let judged: EarlinessJudgement = chain.judge("deadline", "not_earlier", &input).unwrap();
        (judged.satisfied, judged.days_before)
    };
    // 24 and 25 are the two; 14 before the festival is still "two working days before".
    assert_eq!(judged(at("2026-02-14", 9)), (true, 2));
    assert_eq!(judged(at("2026-02-13", 9)), (false, 3));
    assert_eq!(judged(at("2026-02-25", 8)), (true, 0));
}

#[test]
fn a_calendar_that_does_not_reach_or_is_malformed_is_refused() {
    let chain = TestChain::new();
    chain.deploy_rule(Deadline);
    let code = |calendar: Option<Calendar>, days| {
        let input = EndOfPeriod {
            start_ms: at("2026-02-12", 10),
            days,
            unit: Unit::WorkingDay,
            counting: Counting::Dates,
            calendar,
        };
        let result = chain.judge::<_, PeriodEnd>("deadline", "end_of_period", &input);
        result.unwrap_err().code
    };
    assert_eq!(code(None, 5), 104);
    assert_eq!(code(Some(spring_festival()), 60), 104);
    let changed = |change: fn(&mut Calendar)| {
        let mut calendar = spring_festival();
        change(&mut calendar);
        Some(calendar)
    };
    assert_eq!(code(changed(|one| one.days.push('2')), 1), 104);
    assert_eq!(code(changed(|one| one.days.clear()), 1), 104);
    assert_eq!(
        code(changed(|one| one.first_day = "2026-02-30".to_owned()), 1),
        104
    );
    assert_eq!(code(Some(spring_festival()), 367), 102);
}
