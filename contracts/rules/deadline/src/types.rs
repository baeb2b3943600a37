//! What the rule takes and gives.

use domain::Bilingual;
use yilian_contract::prelude::*;

/// How the deadline itself counts.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// In time means before the deadline, to the millisecond: 截止时间前.
    Before,
    /// In time means at the deadline or before it.
    NotAfter,
}

/// A validator's word on when it saw the submission.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// 验证节点 | the validator: its key or name, the same text for the same validator
    pub validator: String,
    /// 验证节点时钟 | its clock, Unix time in ms
    pub time_ms: u64,
}

/// A submission and the deadline it must keep.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Judge {
    /// 投标截止时间 | the deadline, Unix time in ms
    pub deadline_ms: u64,
    /// 边界方式 | how the deadline itself counts
    pub boundary: Boundary,
    /// 入块时间 | time of the block that holds the submission, Unix time in ms
    pub block_time_ms: u64,
    /// 回执 | acknowledgements, in any order; of several by one validator its earliest counts
    pub acknowledgements: Vec<Acknowledgement>,
    /// 容错数 f | how many validators may lie
    pub fault_bound: u32,
    /// 宽限 | how long after the deadline a submission acknowledged in time may still reach a block, in ms
    pub grace_ms: u64,
}

/// One of many submissions.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// 入块时间 | time of the block that holds it, Unix time in ms
    pub block_time_ms: u64,
    /// 回执 | its acknowledgements
    pub acknowledgements: Vec<Acknowledgement>,
}

/// Many submissions against one deadline.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct JudgeMany {
    /// 投标截止时间 | the deadline, Unix time in ms
    pub deadline_ms: u64,
    /// 边界方式 | how the deadline itself counts
    pub boundary: Boundary,
    /// 容错数 f | how many validators may lie
    pub fault_bound: u32,
    /// 宽限 | as of a single judgement, in ms
    pub grace_ms: u64,
    /// 递交 | the submissions, at most 500
    pub submissions: Vec<Submission>,
}

/// What decided the time.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The (f+1)-th smallest acknowledgement.
    Acknowledgements,
    /// The block, for want of f+1 acknowledgements.
    BlockTime,
}

/// The decision on one submission, with its reason.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// 是否按时 | whether it came in time
    pub in_time: bool,
    /// 认定时间 | the time of receipt, Unix time in ms
    pub decided_time_ms: u64,
    /// 认定依据 | what decided it
    pub basis: Basis,
    /// 迟到毫秒数 | how much later than the last moment in time, in ms; zero if in time
    pub late_by_ms: u64,
    /// 理由 | the reason
    pub reason: Bilingual,
    /// 法律依据 | the articles it rests on
    pub law: String,
}

/// The decision on one of many submissions. The reason of one that is in time is its numbers.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// 是否按时 | whether it came in time
    pub in_time: bool,
    /// 认定时间 | the time of receipt, Unix time in ms
    pub decided_time_ms: u64,
    /// 认定依据 | what decided it
    pub basis: Basis,
}

/// The decisions, in the order of the submissions.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Verdicts {
    /// 逐份结论 | one per submission
    pub verdicts: Vec<Verdict>,
    /// 法律依据 | the articles they rest on
    pub law: String,
}

/// How days are counted.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// By dates at UTC+8: the day of the first step does not count, the period may end on the last day.
    Dates,
    /// By whole days of 24 hours: the stricter reading.
    Duration,
}

/// Which days count.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 日: every day.
    Day,
    /// 工作日: working days of the statutory calendar.
    WorkingDay,
}

/// Which days of a span are working days, as the State Council's notices say; never by the day of the week.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// 首日 | the first day of the span, as 2026-02-14
    pub first_day: String,
    /// 逐日标志 | one character per day: 1 a working day, 0 none
    pub days: String,
    /// 依据 | the notices, with the version of each year on the chain
    pub source: String,
}

/// A time, and the days after it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct EndOfPeriod {
    /// 起点 | the first step, Unix time in ms
    pub start_ms: u64,
    /// 日数 | the number of days
    pub days: u32,
    /// 日的种类 | which days count
    pub unit: Unit,
    /// 计算方式 | how they are counted
    pub counting: Counting,
    /// 日历 | the calendar: needed for working days; with it, a period of days that would end on a holiday ends on the next working day
    pub calendar: Option<Calendar>,
}

/// The end of a period.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct PeriodEnd {
    /// 终点 | Unix time in ms
    pub end_ms: u64,
    /// 终点 | as people read it
    pub end: String,
    /// 法律依据 | the articles it rests on
    pub law: String,
}

/// A step that may be taken only so many working days before another one.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct NotEarlier {
    /// 办理时间 | when it is taken, Unix time in ms
    pub at_ms: u64,
    /// 事件时间 | the other step, Unix time in ms
    pub event_ms: u64,
    /// 日数 | the most days before it
    pub days: u32,
    /// 日的种类 | which days count
    pub unit: Unit,
    /// 日历 | the calendar, for working days
    pub calendar: Option<Calendar>,
}

/// The decision on it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct EarlinessJudgement {
    /// 是否满足 | whether it may be taken
    pub satisfied: bool,
    /// 相隔日数 | days between the two, the first day not counted
    pub days_before: u32,
    /// 理由 | the reason
    pub reason: Bilingual,
    /// 法律依据 | the article on counting
    pub law: String,
}

/// Two steps and the days that must lie between.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct MinimumPeriod {
    /// 起点 | the first step, Unix time in ms
    pub start_ms: u64,
    /// 终点 | the last step, Unix time in ms
    pub end_ms: u64,
    /// 最少日数 | the least number of days
    pub days: u32,
    /// 日的种类 | which days count
    pub unit: Unit,
    /// 计算方式 | how they are counted
    pub counting: Counting,
    /// 日历 | the calendar, as in `EndOfPeriod`
    pub calendar: Option<Calendar>,
    /// 法律依据 | the article that fixes the number
    pub law: String,
}

/// The decision on a period.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct PeriodJudgement {
    /// 是否满足 | whether it is long enough
    pub satisfied: bool,
    /// 最早终点 | the earliest lawful end, Unix time in ms
    pub earliest_end_ms: u64,
    /// 理由 | the reason
    pub reason: Bilingual,
    /// 法律依据 | the articles it rests on
    pub law: String,
}

/// A change of the tender documents.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    /// 通知时间 | when those who took the documents are told, Unix time in ms
    pub notified_ms: u64,
    /// 原截止时间 | the deadline in force, Unix time in ms
    pub deadline_ms: u64,
    /// 新截止时间 | the new deadline, if it moves, Unix time in ms
    pub new_deadline_ms: Option<u64>,
    /// 是否影响投标文件编制 | whether the change may affect the making of bids
    pub affects_bids: bool,
    /// 最少日数 | the least number of days to the deadline, 15 by law
    pub days: u32,
    /// 日的种类 | which days count
    pub unit: Unit,
    /// 计算方式 | how they are counted
    pub counting: Counting,
    /// 日历 | the calendar, as in `EndOfPeriod`
    pub calendar: Option<Calendar>,
    /// 法律依据 | the article that fixes the number
    pub law: String,
}

/// The decision on a change.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AmendmentJudgement {
    /// 是否允许 | whether the change may be made so
    pub allowed: bool,
    /// 应当不早于 | the earliest lawful deadline after the change, Unix time in ms
    pub required_deadline_ms: u64,
    /// 有效截止时间 | the deadline in force after it, Unix time in ms; the old one if it is not allowed
    pub deadline_ms: u64,
    /// 是否顺延 | whether the deadline moves
    pub postponed: bool,
    /// 理由 | the reason
    pub reason: Bilingual,
    /// 法律依据 | the articles it rests on
    pub law: String,
}
