//! When a submission was received, and whether that was in time.

use std::collections::BTreeMap;

use domain::{Bilingual, TIME_MAX_MS, beijing_text, law};

use crate::types::{
    Acknowledgement, Basis, Boundary, Judge, JudgeMany, Judgement, Submission, Verdict, Verdicts,
};
use crate::{ACKNOWLEDGEMENTS_MAX, DeadlineError, SUBMISSIONS_MAX};

/// The rule's parameters for one deadline.
struct Terms {
    deadline_ms: u64,
    boundary: Boundary,
    fault_bound: u32,
    grace_ms: u64,
}

/// Why a submission is in time or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    InTime,
    Late,
    /// Acknowledged in time, but in no block before the grace was over.
    BeyondGrace,
}

struct Decision {
    time_ms: u64,
    basis: Basis,
    ground: Ground,
}

pub(crate) fn judge(input: &Judge) -> Result<Judgement, DeadlineError> {
    let terms = Terms {
        deadline_ms: in_range(input.deadline_ms)?,
        boundary: input.boundary,
        fault_bound: input.fault_bound,
        grace_ms: in_range(input.grace_ms)?,
    };
    let decision = terms.decide(input.block_time_ms, &input.acknowledgements)?;
    let late_by_ms = match decision.ground {
        Ground::InTime => 0,
        Ground::Late => decision.time_ms.saturating_sub(terms.last_ms()),
        Ground::BeyondGrace => input.block_time_ms.saturating_sub(terms.grace_end_ms()),
    };
    Ok(Judgement {
        in_time: decision.ground == Ground::InTime,
        decided_time_ms: decision.time_ms,
        basis: decision.basis,
        late_by_ms,
        reason: terms.reason(&decision, input.block_time_ms),
        law: laws(&decision),
    })
}

pub(crate) fn judge_many(input: JudgeMany) -> Result<Verdicts, DeadlineError> {
    if input.submissions.len() > SUBMISSIONS_MAX {
        return Err(DeadlineError::TooMany(format!(
            "{} submissions: expected at most {SUBMISSIONS_MAX}",
            input.submissions.len()
        )));
    }
    let terms = Terms {
        deadline_ms: in_range(input.deadline_ms)?,
        boundary: input.boundary,
        fault_bound: input.fault_bound,
        grace_ms: in_range(input.grace_ms)?,
    };
    let verdict = |one: &Submission| {
        let decision = terms.decide(one.block_time_ms, &one.acknowledgements)?;
        Ok(Verdict {
            in_time: decision.ground == Ground::InTime,
            decided_time_ms: decision.time_ms,
            basis: decision.basis,
        })
    };
    let verdicts: Result<Vec<_>, _> = input.submissions.iter().map(verdict).collect();
    Ok(Verdicts {
        verdicts: verdicts?,
        law: [law::LATE_BID, "；", law::RECEIPT].concat(),
    })
}

impl Terms {
    fn decide(
        &self,
        block_time_ms: u64,
        acknowledgements: &[Acknowledgement],
    ) -> Result<Decision, DeadlineError> {
        in_range(block_time_ms)?;
        let acknowledged = self.acknowledged(acknowledgements)?;
        let (time_ms, basis) = match acknowledged {
            Some(time_ms) if time_ms <= block_time_ms => (time_ms, Basis::Acknowledgements),
            _ => (block_time_ms, Basis::BlockTime),
        };
        // 招标投标法 第二十八条: 在招标文件要求提交投标文件的截止时间后送达的投标文件，招标人应当拒收。
        let ground = if time_ms > self.last_ms() {
            Ground::Late
        } else if block_time_ms > self.grace_end_ms() {
            Ground::BeyondGrace
        } else {
            Ground::InTime
        };
        Ok(Decision {
            time_ms,
            basis,
            ground,
        })
    }

    /// The (f+1)-th smallest time over distinct validators: at least one honest validator had seen the submission by
    /// then. None if fewer than f+1 validators spoke.
    ///
    /// 电子签名法 第十一条: 收件人指定特定系统接收数据电文的，数据电文进入该特定系统的时间，视为该数据电文的接收时间。
    fn acknowledged(
        &self,
        acknowledgements: &[Acknowledgement],
    ) -> Result<Option<u64>, DeadlineError> {
        if acknowledgements.len() > ACKNOWLEDGEMENTS_MAX {
            return Err(DeadlineError::TooMany(format!(
                "{} acknowledgements: expected at most {ACKNOWLEDGEMENTS_MAX}",
                acknowledgements.len()
            )));
        }
        let mut earliest = BTreeMap::new();
        for one in acknowledgements {
            if one.validator.is_empty() {
                return Err(DeadlineError::NamelessValidator);
            }
            let time_ms = in_range(one.time_ms)?;
            let kept = earliest.entry(one.validator.as_str()).or_insert(time_ms);
            *kept = time_ms.min(*kept);
        }
        let mut times: Vec<u64> = earliest.into_values().collect();
        times.sort_unstable();
        Ok(times.get(self.fault_bound as usize).copied())
    }

    /// The last millisecond that is in time.
    fn last_ms(&self) -> u64 {
        match self.boundary {
            Boundary::Before => self.deadline_ms.saturating_sub(1),
            Boundary::NotAfter => self.deadline_ms,
        }
    }

    /// The last block time at which a submission acknowledged in time counts.
    fn grace_end_ms(&self) -> u64 {
        self.last_ms().saturating_add(self.grace_ms)
    }

    fn reason(&self, decision: &Decision, block_time_ms: u64) -> Bilingual {
        let time = beijing_text(decision.time_ms);
        let deadline = beijing_text(self.deadline_ms);
        let needed = u64::from(self.fault_bound) + 1;
        let (zh_source, en_source) = match decision.basis {
            Basis::Acknowledgements => (
                format!("第{needed}个最早验证节点回执"),
                format!("acknowledgement number {needed} in order of time"),
            ),
            Basis::BlockTime => (
                format!("入块时间（没有{needed}个更早的回执）"),
                format!("the block, for want of {needed} earlier acknowledgements"),
            ),
        };
        let (zh_bound, en_bound) = match self.boundary {
            Boundary::Before => ("须早于截止时间", "it must be before the deadline"),
            Boundary::NotAfter => ("不得晚于截止时间", "it must not be after the deadline"),
        };
        let (zh_end, en_end) = match decision.ground {
            Ground::InTime => ("按时送达".to_owned(), "in time".to_owned()),
            Ground::Late => (
                "逾期送达，应当拒收".to_owned(),
                "late, to be refused".to_owned(),
            ),
            Ground::BeyondGrace => {
                let block = beijing_text(block_time_ms);
                (
                    format!("回执按时，但入块时间 {block} 已超过宽限期，应当拒收"),
                    format!("acknowledged in time but in a block only at {block}, to be refused"),
                )
            }
        };
        Bilingual {
            zh: format!(
                "接收时间 {time}，依据{zh_source}；截止时间 {deadline}，{zh_bound}：{zh_end}"
            ),
            en: format!(
                "received {time} by {en_source}; deadline {deadline}, {en_bound}: {en_end}"
            ),
        }
    }
}

fn laws(decision: &Decision) -> String {
    match decision.ground {
        Ground::InTime => [law::DELIVERY, "；", law::RECEIPT].concat(),
        Ground::Late | Ground::BeyondGrace => [law::LATE_BID, "；", law::RECEIPT].concat(),
    }
}

/// A time that has a text; one beyond is a slip, as seconds times a thousand twice.
pub(crate) fn in_range(time_ms: u64) -> Result<u64, DeadlineError> {
    if time_ms <= TIME_MAX_MS {
        Ok(time_ms)
    } else {
        Err(DeadlineError::TimeOutOfRange(format!(
            "{time_ms} ms: expected at most {TIME_MAX_MS}"
        )))
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
