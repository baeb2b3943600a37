//! Whether the rules of a record give the same outputs again.

use super::{ReplayError, ReplayLimits, Rule};
use crate::finding::{Finding, failed, missing, not_asked, proved};
use crate::{Codes, RuleCallText, Trust};

/// Runs every call whose code is at hand and compares outputs.
pub(crate) fn step(calls: &[RuleCallText], trust: &Trust, codes: &Codes) -> Finding {
    let limits = ReplayLimits::of(trust);
    let mut replayed = 0usize;
    for (place, call) in calls.iter().enumerate() {
        let Some(code) = codes.get(&call.code_hash) else {
            continue;
        };
        if let Err(finding) = replay(place + 1, call, code, &limits) {
            return finding;
        }
        replayed += 1;
    }
    let total = calls.len();
    match (total, replayed) {
        (0, _) => not_asked("没有调用规则", "no rule was called"),
        (_, 0) => not_asked(
            "未提供规则代码，未重新执行",
            "the code of the rules was not given, so nothing was run again",
        ),
        _ if replayed < total => proved(
            format!("{total} 次中重新执行 {replayed} 次，输出相同；其余未提供代码"),
            format!(
                "{replayed} of {total} calls were run again with equal outputs; \
                 the code of the others was not given"
            ),
        ),
        _ => proved(
            format!("{total} 次规则调用全部重新执行，输出相同"),
            format!("all {total} rule calls were run again with equal outputs"),
        ),
    }
}

fn replay(
    number: usize,
    call: &RuleCallText,
    code: &[u8],
    limits: &ReplayLimits,
) -> Result<(), Finding> {
    let ended = Rule::load(code).and_then(|rule| {
        let name = rule.interface().name.clone();
        let end = rule.call(&call.method, call.input.as_bytes(), limits)?;
        Ok((name, end))
    });
    let (name, end) = match ended {
        Ok(ended) => ended,
        Err(error @ ReplayError::Bound { .. }) => {
            return Err(missing(
                format!("第 {number} 次规则调用未能执行完（{error}）"),
                format!("rule call {number} was not run to its end: {error}"),
            ));
        }
        Err(error) => {
            return Err(failed(
                format!("第 {number} 次规则调用不能重现（{error}）"),
                format!("rule call {number} cannot be run again: {error}"),
            ));
        }
    };
    if name != call.name {
        return Err(failed(
            format!(
                "第 {number} 次规则调用的代码名为 {name:?}，文件写作 {:?}",
                call.name
            ),
            format!(
                "the code of rule call {number} calls itself {name:?}, the file says {:?}",
                call.name
            ),
        ));
    }
    if end.output() != call.output.as_bytes() {
        return Err(failed(
            format!("第 {number} 次规则调用重新执行后输出不同"),
            format!("rule call {number} gives another output when it is run again"),
        ));
    }
    Ok(())
}
