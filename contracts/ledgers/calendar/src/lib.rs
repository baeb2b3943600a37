//! Keep the statutory calendar: which days are working days.
//!
//! Each year the General Office of the State Council says in a notice which days are holidays and which weekends are
//! worked for them (调休). Here it stands as data, with the notice it came from. A year may be set anew, when a notice is
//! changed or was taken down wrongly; every version stays. A year that was not set is not guessed from the days of the
//! week: periods that need it are refused until it is there.
//!
//! Sources: 全国年节及纪念日放假办法; 民法典 203.

mod year;

#[cfg(test)]
mod tests;

pub use year::{AskDays, AskYear, Holiday, SetYear, Year, YearSet, YearView};

use deadline::Calendar as Days;
use yilian_contract::prelude::*;

/// Most days that one question may span: two years.
pub const SPAN_MAX: u32 = 800;

/// What is refused.
#[derive(ContractError)]
pub enum CalendarError {
    /// A year out of range or days that are not its own.
    #[error(
        code = 301,
        zh = "年度安排不正确",
        en = "the arrangement of the year is not right"
    )]
    BadYear(String),
    /// No notice for a year.
    #[error(
        code = 302,
        zh = "该年度的放假安排尚未设定",
        en = "the calendar of this year is not set",
        law = "全国年节及纪念日放假办法；民法典 第二百零三条"
    )]
    NotSet(String),
    /// A malformed or too long span.
    #[error(code = 303, zh = "日期范围不正确", en = "not a span of days")]
    BadSpan(String),
}

/// The ledger.
pub struct Calendar;

#[ledger(
    name = "calendar",
    version = "1.0.0",
    zh = "法定工作日历",
    en = "Statutory calendar"
)]
impl Calendar {
    /// zh: 设定年度放假安排 | en: Set the arrangement of a year
    pub fn set_year(ctx: &mut Context, args: SetYear) -> Result<YearSet, CalendarError> {
        year::set(ctx, args)
    }

    /// zh: 查询年度放假安排 | en: Get the arrangement of a year
    #[view]
    pub fn year(ctx: &Context, args: AskYear) -> Result<YearView, CalendarError> {
        year::find(ctx, &args)
    }

    /// zh: 查询逐日是否工作日 | en: Which days of a span are working days
    #[view]
    pub fn days(ctx: &Context, args: AskDays) -> Result<Days, CalendarError> {
        year::days(ctx, &args)
    }
}
