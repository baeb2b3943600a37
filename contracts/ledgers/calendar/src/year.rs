//! One year's arrangement, in versions.

use deadline::Calendar as Days;
use domain::{Bilingual, date_text, parse_date};
use yilian_contract::prelude::*;

use crate::{CalendarError, SPAN_MAX};

/// Most holidays and worked weekends of a year.
const ENTRIES_MAX: usize = 60;
const TEXT_BYTES_MAX: usize = 400;
/// 1970-01-01 was a Thursday, the fourth day of the week.
const FIRST_WEEKDAY: u64 = 3;

/// A holiday, from its first day to its last.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// 节日 | its name
    pub name: Bilingual,
    /// 首日 | its first day, as 2026-02-15
    pub first_day: String,
    /// 末日 | its last day
    pub last_day: String,
}

/// Sets a year.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct SetYear {
    /// 年度 | the year
    pub year: u32,
    /// 文号 | number of the notice that says so
    pub notice: String,
    /// 放假 | the holidays, in order
    pub holidays: Vec<Holiday>,
    /// 调休上班 | weekend days that are worked, in order
    pub worked: Vec<String>,
}

/// A year as it was set.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// 版本 | its version, from one
    pub version: u32,
    /// 设定时间 | when it was set, Unix time in ms
    pub set_ms: u64,
    /// 安排 | the arrangement
    pub arrangement: SetYear,
}

/// A version.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct YearSet {
    /// 版本 | the version
    pub version: u32,
    /// 工作日数 | working days of the year
    pub working_days: u32,
}

/// Asks for a year.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskYear {
    /// 年度 | the year
    pub year: u32,
    /// 版本 | the version; the one in force if left out
    pub version: Option<u32>,
}

/// A year and the days that it makes working days.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct YearView {
    /// 年度安排 | the year
    pub year: Year,
    /// 逐日标志 | one character per day from the first of January: 1 a working day, 0 none
    pub days: String,
}

/// Asks for a span of days.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskDays {
    /// 首日 | the first day, as 2026-02-14
    pub first_day: String,
    /// 日数 | the number of days, at most 800
    pub days: u32,
}

/// What is told of a year that was set.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
struct YearEvent {
    year: u32,
    version: u32,
}

/// By year and version.
const YEARS: Map<Year> = Map::new("year");
/// The version in force, by year.
const VERSIONS: Map<u32> = Map::new("version");

pub(crate) fn set(ctx: &mut Context, args: SetYear) -> Result<YearSet, CalendarError> {
    let flags = flags(&args)?;
    let key = args.year.to_string();
    let version = VERSIONS.get(ctx, &[&key]).unwrap_or(0) + 1;
    let year = args.year;
    let kept = Year {
        version,
        set_ms: ctx.env().time_ms,
        arrangement: args,
    };
    YEARS.set(ctx, &[&key, &version.to_string()], &kept);
    VERSIONS.set(ctx, &[&key], &version);
    ctx.emit("year_set", &YearEvent { year, version });
    Ok(YearSet {
        version,
        working_days: flags.iter().filter(|flag| **flag == b'1').count() as u32,
    })
}

pub(crate) fn find(ctx: &Context, args: &AskYear) -> Result<YearView, CalendarError> {
    let year = load(ctx, args.year, args.version)?;
    let flags = flags(&year.arrangement)?;
    Ok(YearView {
        year,
        days: text(flags),
    })
}

pub(crate) fn days(ctx: &Context, args: &AskDays) -> Result<Days, CalendarError> {
    if args.days == 0 || args.days > SPAN_MAX {
        return Err(CalendarError::BadSpan(format!(
            "{} days: expected 1 to {SPAN_MAX}",
            args.days
        )));
    }
    let first = parse_date(&args.first_day)
        .ok_or_else(|| CalendarError::BadSpan(format!("{:?}", args.first_day)))?;
    let last = first + u64::from(args.days) - 1;
    let (mut span, mut sources) = (Vec::with_capacity(args.days as usize), Vec::new());
    let mut date = first;
    while date <= last {
        let year = year_of(date);
        let kept = load(ctx, year, None)?;
        let start = first_of(year);
        let flags = flags(&kept.arrangement)?;
        let until = last.min(start + flags.len() as u64 - 1);
        span.extend_from_slice(&flags[(date - start) as usize..=(until - start) as usize]);
        let notice = &kept.arrangement.notice;
        sources.push(format!("{year}/{}：{notice}", kept.version));
        date = until + 1;
    }
    Ok(Days {
        first_day: args.first_day.clone(),
        days: text(span),
        source: sources.join("；"),
    })
}

fn load(ctx: &Context, year: u32, version: Option<u32>) -> Result<Year, CalendarError> {
    let key = year.to_string();
    let version = version.or_else(|| VERSIONS.get(ctx, &[&key]));
    let found = version.and_then(|version| YEARS.get(ctx, &[&key, &version.to_string()]));
    found.ok_or(CalendarError::NotSet(key))
}

/// One flag per day of the year.
fn flags(args: &SetYear) -> Result<Vec<u8>, CalendarError> {
    let bad = |detail: String| Err(CalendarError::BadYear(detail));
    if !(1970..=9998).contains(&args.year) {
        return bad(format!("year {}: expected 1970 to 9998", args.year));
    }
    if args.notice.is_empty() || args.notice.len() > TEXT_BYTES_MAX {
        return bad(format!("notice: expected 1 to {TEXT_BYTES_MAX} bytes"));
    }
    if args.holidays.is_empty() || args.holidays.len().max(args.worked.len()) > ENTRIES_MAX {
        return bad(format!(
            "holidays and worked: expected at most {ENTRIES_MAX} each, and a holiday"
        ));
    }
    let (start, end) = (first_of(args.year), first_of(args.year + 1));
    let mut flags: Vec<u8> = (start..end)
        .map(|date| if is_weekend(date) { b'0' } else { b'1' })
        .collect();
    let place = |day: &str| {
        let date = parse_date(day).filter(|date| (start..end).contains(date));
        date.map(|date| (date - start) as usize)
            .ok_or_else(|| CalendarError::BadYear(format!("{day:?} is no day of {}", args.year)))
    };
    let mut after = None;
    for holiday in &args.holidays {
        if holiday.name.is_incomplete() {
            return bad("a holiday needs its name in Chinese and English".to_owned());
        }
        let (first, last) = (place(&holiday.first_day)?, place(&holiday.last_day)?);
        if first > last || after.is_some_and(|after| first <= after) {
            return bad(format!("{}: expected in order of time", holiday.first_day));
        }
        flags[first..=last].fill(b'0');
        after = Some(last);
    }
    let mut after = None;
    for day in &args.worked {
        let at = place(day)?;
        if !is_weekend(start + at as u64) || after.is_some_and(|after| at <= after) {
            return bad(format!("{day}: expected weekend days in order of time"));
        }
        let in_holiday = |one: &Holiday| (&one.first_day..=&one.last_day).contains(&day);
        if args.holidays.iter().any(in_holiday) {
            return bad(format!("{day} is both worked and a holiday"));
        }
        flags[at] = b'1';
        after = Some(at);
    }
    Ok(flags)
}

fn is_weekend(date: u64) -> bool {
    (date + FIRST_WEEKDAY) % 7 >= 5
}

fn first_of(year: u32) -> u64 {
    parse_date(&format!("{year:04}-01-01")).unwrap_or(0)
}

fn year_of(date: u64) -> u32 {
    date_text(date)[..4].parse().unwrap_or(0)
}

fn text(flags: Vec<u8>) -> String {
    String::from_utf8(flags).unwrap_or_default()
}
