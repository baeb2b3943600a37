//! Least periods between two steps, and what a change of the documents does to the deadline.
//!
//! Days of the calendar only. Periods in working days need the statutory calendar and are not judged here.

use domain::{Bilingual, DAY_MS, beijing_date, beijing_day_start, beijing_text, law};

use crate::DeadlineError;
use crate::judge::in_range;
use crate::types::{Amendment, AmendmentJudgement, Counting, MinimumPeriod, PeriodJudgement};

/// 招标投标法 第二十四条: 自招标文件开始发出之日起至投标人提交投标文件截止之日止，最短不得少于二十日。
pub(crate) fn minimum_period(input: &MinimumPeriod) -> Result<PeriodJudgement, DeadlineError> {
    in_range(input.end_ms)?;
    let earliest_end_ms = earliest_end(input.start_ms, input.days, input.counting)?;
    let satisfied = input.end_ms >= earliest_end_ms;
    let (start, end) = (beijing_text(input.start_ms), beijing_text(input.end_ms));
    let earliest = beijing_text(earliest_end_ms);
    let days = input.days;
    let (zh_end, en_end) = if satisfied {
        ("满足", "long enough")
    } else {
        ("不足", "too short")
    };
    Ok(PeriodJudgement {
        satisfied,
        earliest_end_ms,
        reason: Bilingual {
            zh: format!("自 {start} 起不少于{days}日，最早 {earliest}；实际 {end}：{zh_end}"),
            en: format!(
                "{days} days from {start} end {earliest} at the earliest; set {end}: {en_end}"
            ),
        },
        law: [law::NOTICE_PERIOD, "；", law::PERIODS].concat(),
    })
}

/// 招标投标法实施条例 第二十一条: 澄清或者修改的内容可能影响投标文件编制的，招标人应当在投标截止时间至少15日前通知；
/// 不足15日的，招标人应当顺延提交投标文件的截止时间。
pub(crate) fn amendment(input: &Amendment) -> Result<AmendmentJudgement, DeadlineError> {
    in_range(input.deadline_ms)?;
    let required_deadline_ms = if input.affects_bids {
        earliest_end(input.notified_ms, input.days, input.counting)?
    } else {
        in_range(input.notified_ms)?
    };
    let wanted = in_range(input.new_deadline_ms.unwrap_or(input.deadline_ms))?;
    // A deadline that moves forward would take time from those who counted on it.
    let earlier = wanted < input.deadline_ms;
    let too_soon = wanted < required_deadline_ms;
    let allowed = !earlier && !too_soon;
    let deadline_ms = if allowed { wanted } else { input.deadline_ms };
    Ok(AmendmentJudgement {
        allowed,
        required_deadline_ms,
        deadline_ms,
        postponed: deadline_ms > input.deadline_ms,
        reason: amendment_reason(input, wanted, required_deadline_ms, earlier, too_soon),
        law: [law::AMENDMENT, "；", law::PERIODS].concat(),
    })
}

fn amendment_reason(
    input: &Amendment,
    wanted: u64,
    required: u64,
    earlier: bool,
    too_soon: bool,
) -> Bilingual {
    let (old, new) = (beijing_text(input.deadline_ms), beijing_text(wanted));
    let (notified, least) = (beijing_text(input.notified_ms), beijing_text(required));
    if earlier {
        return Bilingual::new(
            format!("截止时间不得由 {old} 提前至 {new}"),
            format!("the deadline {old} must not move forward to {new}"),
        );
    }
    if too_soon {
        let days = input.days;
        return Bilingual::new(
            format!(
                "于 {notified} 通知，截止时间 {new} 距通知不足{days}日，应当顺延至不早于 {least}"
            ),
            format!(
                "told at {notified}, less than {days} days before {new}: \
                 the deadline must move to {least} or later"
            ),
        );
    }
    Bilingual::new(
        format!("于 {notified} 通知，截止时间 {new} 不早于 {least}：允许"),
        format!("told at {notified}, deadline {new} is not before {least}: allowed"),
    )
}

/// The earliest end of a period of days.
///
/// 民法典 第二百零一条: 按照年、月、日计算期间的，开始的当日不计入，自下一日开始计算。
fn earliest_end(start_ms: u64, days: u32, counting: Counting) -> Result<u64, DeadlineError> {
    let days = u64::from(days);
    let start_ms = in_range(start_ms)?;
    let end = match counting {
        Counting::Duration => start_ms + days * DAY_MS,
        // Zero days would end before they began, on the morning of the first day.
        Counting::Dates => beijing_day_start(beijing_date(start_ms) + days).max(start_ms),
    };
    in_range(end)
}

#[cfg(test)]
mod tests {
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
            counting,
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
            counting: Counting::Duration,
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
}
