//! Periods between two steps, and what a change of the documents does to the deadline.
//!
//! 民法典 第二百零一条: 按照年、月、日计算期间的，开始的当日不计入，自下一日开始计算。
//! 民法典 第二百零三条: 期间的最后一日是法定休假日的，以法定休假日结束的次日为期间的最后一日。

use domain::{Bilingual, DAY_MS, beijing_date, beijing_day_start, beijing_text, law};

use crate::DeadlineError;
use crate::calendar::Days;
use crate::judge::in_range;
use crate::types::{
    Amendment, AmendmentJudgement, Calendar, Counting, EarlinessJudgement, EndOfPeriod,
    MinimumPeriod, NotEarlier, PeriodEnd, PeriodJudgement, Unit,
};

/// Days beyond which a number is a slip: periods of the law are weeks.
const DAYS_MAX: u32 = 366;

pub(crate) fn minimum_period(input: &MinimumPeriod) -> Result<PeriodJudgement, DeadlineError> {
    in_range(input.end_ms)?;
    let period = Period {
        days: input.days,
        unit: input.unit,
        counting: input.counting,
        calendar: input.calendar.as_ref(),
    };
    let earliest_end_ms = period.end(input.start_ms)?;
    let satisfied = input.end_ms >= earliest_end_ms;
    let (start, end) = (beijing_text(input.start_ms), beijing_text(input.end_ms));
    let earliest = beijing_text(earliest_end_ms);
    let (zh, en) = period.text();
    let (zh_end, en_end) = if satisfied {
        ("满足", "long enough")
    } else {
        ("不足", "too short")
    };
    Ok(PeriodJudgement {
        satisfied,
        earliest_end_ms,
        reason: Bilingual {
            zh: format!("自 {start} 起不少于{zh}，最早 {earliest}；实际 {end}：{zh_end}"),
            en: format!("{en} from {start} end {earliest} at the earliest; set {end}: {en_end}"),
        },
        law: with_counting(&input.law),
    })
}

pub(crate) fn end_of_period(input: &EndOfPeriod) -> Result<PeriodEnd, DeadlineError> {
    let period = Period {
        days: input.days,
        unit: input.unit,
        counting: input.counting,
        calendar: input.calendar.as_ref(),
    };
    let end_ms = period.end(input.start_ms)?;
    Ok(PeriodEnd {
        end_ms,
        end: beijing_text(end_ms),
        law: law::PERIODS.to_owned(),
    })
}

/// 政府采购评审专家管理办法 第十五条: 评审专家抽取开始时间原则上不得早于评审活动开始前2个工作日。
pub(crate) fn not_earlier(input: &NotEarlier) -> Result<EarlinessJudgement, DeadlineError> {
    let (at, event) = (in_range(input.at_ms)?, in_range(input.event_ms)?);
    let (from, to) = (beijing_date(at), beijing_date(event));
    let days_before = match (input.unit, &input.calendar) {
        _ if to.saturating_sub(from) > u64::from(DAYS_MAX) => DAYS_MAX,
        (Unit::Day, _) => to.saturating_sub(from) as u32,
        (Unit::WorkingDay, Some(calendar)) => Days::of(calendar)?.between(from, to)?,
        (Unit::WorkingDay, None) => return Err(no_calendar()),
    };
    let satisfied = days_before <= input.days;
    let (at, event, most) = (beijing_text(at), beijing_text(event), input.days);
    let (zh_end, en_end) = if satisfied {
        ("允许", "allowed")
    } else {
        ("过早", "too early")
    };
    let (zh_unit, en_unit) = unit_text(input.unit);
    Ok(EarlinessJudgement {
        satisfied,
        days_before,
        reason: Bilingual {
            zh: format!("{at} 距 {event} {days_before}个{zh_unit}，不得早于{most}个：{zh_end}"),
            en: format!("{at} is {days_before} {en_unit} before {event}, at most {most}: {en_end}"),
        },
        law: law::PERIODS.to_owned(),
    })
}

/// A number of days, and how they count.
struct Period<'p> {
    days: u32,
    unit: Unit,
    counting: Counting,
    calendar: Option<&'p Calendar>,
}

impl Period<'_> {
    /// The earliest end. By dates the period may end on the last day; by duration at the same time of that day.
    fn end(&self, start_ms: u64) -> Result<u64, DeadlineError> {
        let (start_ms, days) = (in_range(start_ms)?, self.days);
        if days > DAYS_MAX {
            return Err(DeadlineError::TooMany(format!(
                "{days} days: expected at most {DAYS_MAX}"
            )));
        }
        let first = beijing_date(start_ms);
        let last = match (self.unit, self.calendar) {
            (Unit::Day, None) => first + u64::from(days),
            // A period of no days ends when it begins, holiday or not.
            (Unit::Day, Some(_)) if days == 0 => first,
            (Unit::Day, Some(calendar)) => {
                Days::of(calendar)?.working_from(first + u64::from(days))?
            }
            (Unit::WorkingDay, Some(calendar)) => Days::of(calendar)?.working_after(first, days)?,
            (Unit::WorkingDay, None) => return Err(no_calendar()),
        };
        let end = match self.counting {
            Counting::Duration => start_ms + (last - first) * DAY_MS,
            // Zero days would end before they began, on the morning of the first day.
            Counting::Dates => beijing_day_start(last).max(start_ms),
        };
        in_range(end)
    }

    fn text(&self) -> (String, String) {
        let (zh, en) = unit_text(self.unit);
        (format!("{}{zh}", self.days), format!("{} {en}", self.days))
    }
}

fn unit_text(unit: Unit) -> (&'static str, &'static str) {
    match unit {
        Unit::Day => ("日", "days"),
        Unit::WorkingDay => ("工作日", "working days"),
    }
}

fn no_calendar() -> DeadlineError {
    DeadlineError::BadCalendar("working days need a calendar".to_owned())
}

fn with_counting(article: &str) -> String {
    [article, "；", law::PERIODS].concat()
}

/// 招标投标法实施条例 第二十一条: 澄清或者修改的内容可能影响投标文件编制的，招标人应当在投标截止时间至少15日前通知；
/// 不足15日的，招标人应当顺延提交投标文件的截止时间。
pub(crate) fn amendment(input: &Amendment) -> Result<AmendmentJudgement, DeadlineError> {
    in_range(input.deadline_ms)?;
    let period = Period {
        days: input.days,
        unit: input.unit,
        counting: input.counting,
        calendar: input.calendar.as_ref(),
    };
    let required_deadline_ms = if input.affects_bids {
        period.end(input.notified_ms)?
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
        law: with_counting(&input.law),
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
        let (zh, en) = unit_text(input.unit);
        return Bilingual::new(
            format!(
                "于 {notified} 通知，截止时间 {new} 距通知不足{days}{zh}，应当顺延至不早于 {least}"
            ),
            format!(
                "told at {notified}, less than {days} {en} before {new}: \
                 the deadline must move to {least} or later"
            ),
        );
    }
    Bilingual::new(
        format!("于 {notified} 通知，截止时间 {new} 不早于 {least}：允许"),
        format!("told at {notified}, deadline {new} is not before {least}: allowed"),
    )
}

#[cfg(test)]
#[path = "period_tests.rs"]
mod tests;
