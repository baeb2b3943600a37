//! Judge whether a submission came in time.
//!
//! A pure function of its input: it knows no clock. The time of receipt is that of the (f+1)-th smallest
//! acknowledgement over distinct validators, so that f liars can neither make a late bid early nor, as long as the
//! sender shows the acknowledgements of others, an early bid late. Without enough acknowledgements the time of the
//! block decides. Which validators count, and whether their signatures hold, is for the ledger that calls.
//!
//! Acknowledgements that are shown decide even where the block's own time would be in time: a proposer may set that
//! time within the chain's precision, f+1 validators' clocks leave no such room.
//!
//! Also here: the least period between two steps, and what a change of the documents does to the deadline.
//!
//! Sources: 招标投标法 23, 24, 28; 招标投标法实施条例 21, 36; 民法典 201, 203; 电子签名法 11.

mod judge;
mod period;
mod types;

pub use types::{
    Acknowledgement, Amendment, AmendmentJudgement, Basis, Boundary, Counting, Judge, JudgeMany,
    Judgement, MinimumPeriod, PeriodJudgement, Submission, Verdict, Verdicts,
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

    /// zh: 判定澄清或修改后截止时间是否应当顺延 | en: Judge whether a change of the documents moves the deadline
    pub fn amendment(input: Amendment) -> Result<AmendmentJudgement, DeadlineError> {
        period::amendment(&input)
    }
}
