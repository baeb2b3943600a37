//! Judge whether a submission came in time.
//!
//! A pure function of its input: it knows no clock. The time of receipt is that of the (f+1)-th smallest
//! acknowledgement over distinct validators, so that f liars can neither make a late bid early nor, as long as the
//! sender shows the acknowledgements of others, an early bid late. Without enough acknowledgements the time of the
//! block decides. Which validators count, and whether their signatures hold, is for the ledger that calls.
//!
//! Acknowledgements only ever help: where the block's own time is the earlier one, it stands. Otherwise anybody who had
//! late acknowledgements of a bid that lies in a block could turn it late.
//!
//! Also here: the least period between two steps in days or in working days of the statutory calendar, and what a change of
//! the documents does to the deadline.
//!
//! Sources: 招标投标法 23, 24, 28; 招标投标法实施条例 21, 36; 民法典 201, 203; 电子签名法 11.

mod calendar;
mod judge;
mod period;
mod types;

pub use types::{
    Acknowledgement, Amendment, AmendmentJudgement, Basis, Boundary, Calendar, Counting,
    EarlinessJudgement, EndOfPeriod, Judge, JudgeMany, Judgement, MinimumPeriod, NotEarlier,
    PeriodEnd, PeriodJudgement, Submission, Unit, Verdict, Verdicts,
};

use yilian_contract::prelude::*;

/// Most submissions judged in one call.
pub const SUBMISSIONS_MAX: usize = 500;
/// Most acknowledgements of one submission.
pub const ACKNOWLEDGEMENTS_MAX: usize = 100;

/// What cannot be judged.
#[derive(ContractError)]
pub enum DeadlineError {
    /// A time beyond the year 9999.
    #[error(
        code = 101,
        zh = "时间超出公元9999年",
        en = "a time is beyond the year 9999"
    )]
    TimeOutOfRange(String),
    /// Too long a list.
    #[error(code = 102, zh = "清单过长", en = "a list is too long")]
    TooMany(String),
    /// An acknowledgement without a validator.
    #[error(
        code = 103,
        zh = "回执缺少验证节点标识",
        en = "an acknowledgement names no validator",
        law = "电子签名法 第十一条"
    )]
    NamelessValidator,
    /// No calendar, one that is malformed, or one that does not reach far enough.
    #[error(
        code = 104,
        zh = "日历缺失、格式不符或未覆盖所需日期",
        en = "the calendar is missing, malformed or does not reach",
        law = "民法典 第二百零三条"
    )]
    BadCalendar(String),
}

/// The rule.
pub struct Deadline;

#[rule(
    name = "deadline",
    version = "1.0.0",
    zh = "投标截止时间判断",
    en = "Deadline judgement"
)]
impl Deadline {
    /// zh: 判定一次递交是否在截止时间之前 | en: Judge whether a submission came before the deadline
    pub fn judge(input: Judge) -> Result<Judgement, DeadlineError> {
        judge::judge(&input)
    }

    /// zh: 判定多次递交 | en: Judge many submissions against one deadline
    pub fn judge_many(input: JudgeMany) -> Result<Verdicts, DeadlineError> {
        judge::judge_many(input)
    }

    /// zh: 判定期限是否不少于法定日数 | en: Judge whether a period is as long as the law asks
    pub fn minimum_period(input: MinimumPeriod) -> Result<PeriodJudgement, DeadlineError> {
        period::minimum_period(&input)
    }

    /// zh: 计算期限终点 | en: Find the end of a period
    pub fn end_of_period(input: EndOfPeriod) -> Result<PeriodEnd, DeadlineError> {
        period::end_of_period(&input)
    }

    /// zh: 判定办理是否过早 | en: Judge whether a step is taken too early before another
    pub fn not_earlier(input: NotEarlier) -> Result<EarlinessJudgement, DeadlineError> {
        period::not_earlier(&input)
    }

    /// zh: 判定澄清或修改后截止时间是否应当顺延 | en: Judge whether a change of the documents moves the deadline
    pub fn amendment(input: Amendment) -> Result<AmendmentJudgement, DeadlineError> {
        period::amendment(&input)
    }
}
