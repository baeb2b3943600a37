//! Asking the pinned rule about periods, with the calendar as the chain has it.

use deadline::{
    Calendar, EarlinessJudgement, EndOfPeriod, MinimumPeriod, NotEarlier, PeriodEnd,
    PeriodJudgement, Unit,
};
use domain::{beijing_date, date_text};
use yilian_contract::prelude::*;

use crate::error::TenderError;
use crate::profile::{Period, Profile};

/// Ledger that has the statutory calendar.
const CALENDAR: &str = "calendar";
/// Days of the calendar that are asked for beyond the period itself: the longest holiday with the weekends at its ends, several times.
const SLACK_DAYS: u64 = 30;

/// What ledger `calendar` is asked.
#[derive(Json)]
struct AskDays {
    first_day: String,
    days: u32,
}

/// Whether at least a period lies between two steps.
pub(crate) fn minimum(
    ctx: &Context,
    rule: &str,
    profile: &Profile,
    period: &Period,
    (start_ms, end_ms): (u64, u64),
) -> Result<PeriodJudgement, TenderError> {
    let input = MinimumPeriod {
        start_ms,
        end_ms,
        days: period.days,
        unit: period.unit,
        counting: profile.counting,
        calendar: of_period(ctx, profile, period, start_ms)?,
        law: period.law.clone(),
    };
    Ok(ctx.call_rule(rule, "minimum_period", &input)?)
}

/// When a period that begins now ends.
pub(crate) fn end(
    ctx: &Context,
    rule: &str,
    profile: &Profile,
    period: &Period,
    start_ms: u64,
) -> Result<u64, TenderError> {
    let input = EndOfPeriod {
        start_ms,
        days: period.days,
        unit: period.unit,
        counting: profile.counting,
        calendar: of_period(ctx, profile, period, start_ms)?,
    };
    let end: PeriodEnd = ctx.call_rule(rule, "end_of_period", &input)?;
    Ok(end.end_ms)
}

/// Whether a step is taken at most a period before an event.
pub(crate) fn not_earlier(
    ctx: &Context,
    rule: &str,
    period: &Period,
    (at_ms, event_ms): (u64, u64),
) -> Result<EarlinessJudgement, TenderError> {
    let span = beijing_date(event_ms).saturating_sub(beijing_date(at_ms));
    let calendar = match period.unit {
        Unit::WorkingDay if span <= u64::from(period.days) + SLACK_DAYS => {
            Some(calendar(ctx, at_ms, span + 1)?)
        }
        // So far ahead that it is too early by any calendar.
        _ => None,
    };
    let input = NotEarlier {
        at_ms,
        event_ms,
        days: period.days,
        unit: match calendar {
            Some(_) => Unit::WorkingDay,
            None => Unit::Day,
        },
        calendar,
    };
    Ok(ctx.call_rule(rule, "not_earlier", &input)?)
}

/// The calendar that a period needs, if it needs one.
pub(crate) fn of_period(
    ctx: &Context,
    profile: &Profile,
    period: &Period,
    start_ms: u64,
) -> Result<Option<Calendar>, TenderError> {
    if period.unit == Unit::Day && !profile.roll_over {
        return Ok(None);
    }
    let most = match period.unit {
        Unit::Day => u64::from(period.days),
        // Five working days take seven days, and holidays are within the slack.
        Unit::WorkingDay => u64::from(period.days) * 7 / 5,
    };
    calendar(ctx, start_ms, most + SLACK_DAYS).map(Some)
}

/// The span is cut at the end of the last year that is set: whether it reaches is the rule's to say.
fn calendar(ctx: &Context, start_ms: u64, days: u64) -> Result<Calendar, TenderError> {
    let first = beijing_date(start_ms);
    let ask = |days: u64| AskDays {
        first_day: date_text(first),
        days: days.min(800) as u32,
    };
    let whole: Result<Calendar, Refusal> = ctx.call_ledger(CALENDAR, "days", &ask(days));
    match whole {
        Ok(calendar) => Ok(calendar),
        Err(refusal) => {
            let year_end = domain::parse_date(&format!("{}-12-31", &date_text(first)[..4]));
            let left = year_end.unwrap_or(first) - first + 1;
            if left >= days {
                return Err(TenderError::Rule(refusal));
            }
            Ok(ctx.call_ledger(CALENDAR, "days", &ask(left))?)
        }
    }
}
