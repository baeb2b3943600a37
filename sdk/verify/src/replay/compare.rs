//! Whether the rules of records give the same outputs again.

use std::collections::BTreeMap;

use yilian_crypto::Digest;
use yilian_primitives::RuleCall;

use super::{ReplayError, ReplayLimits, Rule};
use crate::bundle::Bundle;
use crate::finding::{Finding, failed, missing, not_asked, proved};
use crate::{Codes, Trust};

/// Runs every call whose program and texts are at hand and compares outputs.
pub(crate) fn step(bundle: &Bundle, trust: &Trust, codes: &Codes) -> Finding {
    let mut limits = ReplayLimits::of(trust);
    let (carried, texts) = (bundle.codes_and(codes), bundle.texts());
    let mut rules = BTreeMap::new();
    let (mut total, mut replayed) = (0usize, 0usize);
    for record in &bundle.records {
        for (number, call) in (1..).zip(&record.receipt.rule_calls) {
            total += 1;
            let (Some(code), Some(input)) = (carried.get(&call.code_hash), texts.get(&call.input))
            else {
                continue;
            };
            let rule = rules
                .entry(call.code_hash)
                .or_insert_with(|| Rule::load(code));
            let name = format!("{}/{number}", record.log_index);
            if let Err(finding) = replay(&name, call, rule, input, &mut limits) {
                return finding;
            }
            replayed += 1;
        }
    }
    conclude(total, replayed)
}

fn conclude(total: usize, replayed: usize) -> Finding {
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
    name: &str,
    call: &RuleCall,
    rule: &Result<Rule, ReplayError>,
    input: &[u8],
    limits: &mut ReplayLimits,
) -> Result<(), Finding> {
    let ended = match rule {
        Ok(rule) => rule.call(&call.method, input, limits),
        Err(error) => Err(error.clone()),
    };
    match ended {
        Ok(end) if Digest::sha256(&end.output()) == call.output => Ok(()),
        Ok(_) => Err(failed(
            format!("规则调用 {name} 重新执行后输出不同"),
            format!("rule call {name} gives another output when it is run again"),
        )),
        Err(error @ ReplayError::Bound { .. }) => Err(missing(
            format!("规则调用 {name} 的完整执行（{error}）"),
            format!("a complete run of rule call {name}: {error}"),
        )),
        Err(error) => Err(failed(
            format!("规则调用 {name} 不能重现（{error}）"),
            format!("rule call {name} cannot be run again: {error}"),
        )),
    }
}
