//! What follows for each claim, once every piece is proven.

use yilian_crypto::Digest;
use yilian_primitives::{Height, Outcome};

use crate::bundle::{Bundle, Claim};
use crate::finding::{Finding, failed, missing, proved};
use crate::report::{ProvenClaim, Text};
use crate::tender::{self, Publication, TenderRecord};

/// Answers every claim.
pub(super) fn answer(bundle: &Bundle, found: &mut Vec<ProvenClaim>) -> Finding {
    for claim in &bundle.claims {
        let finding = match claim {
            Claim::Record { log_index } => record(bundle, *log_index),
            Claim::State {
                height,
                contract,
                key,
            } => state(bundle, *height, contract, key),
            Claim::NotSubmitted {
                height,
                tender,
                commitment,
            } => not_submitted(bundle, *height, tender, commitment),
            Claim::AllRevealed {
                height,
                tender,
                commitments,
            } => all_revealed(bundle, *height, tender, commitments),
        };
        match finding {
            Ok(finding) => found.push(ProvenClaim {
                claim: claim.clone(),
                finding,
            }),
            Err(finding) => return finding,
        }
    }
    let count = found.len();
    proved(
        format!("{count} 项主张全部成立"),
        format!("all {count} claims hold"),
    )
}

fn record(bundle: &Bundle, log_index: u64) -> Result<Text, Finding> {
    let place = bundle
        .records
        .binary_search_by_key(&log_index, |one| one.log_index);
    let Ok(place) = place else {
        return Err(missing(
            format!("日志第 {log_index} 条记录"),
            format!("record {log_index} of the log"),
        ));
    };
    let receipt = &bundle.records[place].receipt;
    let (zh, en) = match &receipt.outcome {
        Outcome::Ok => ("执行成功".to_owned(), "done".to_owned()),
        Outcome::Refused { code, name, .. } => (
            format!("规则拒绝（{code} {name}）"),
            format!("refused ({code} {name})"),
        ),
        Outcome::Trapped { .. } => ("执行失败".to_owned(), "failed".to_owned()),
    };
    let call = format!("{}.{}", receipt.contract, receipt.method);
    Ok(Text::new(
        format!("日志第 {log_index} 条：{call}，{zh}"),
        format!("record {log_index}: {call}, {en}"),
    ))
}

fn state(bundle: &Bundle, height: Height, contract: &str, key: &str) -> Result<Text, Finding> {
    let value = value(bundle, height, contract, key)?;
    let name = format!("{contract}/{key}");
    Ok(match value {
        Some(_) => Text::new(
            format!("高度 {height} 的状态中有 {name}"),
            format!("{name} is in the state of height {height}"),
        ),
        None => Text::new(
            format!("高度 {height} 的状态中没有 {name}"),
            format!("{name} is not in the state of height {height}"),
        ),
    })
}

fn value<'b>(
    bundle: &'b Bundle,
    height: Height,
    contract: &str,
    key: &str,
) -> Result<Option<&'b [u8]>, Finding> {
    match bundle.state(height, contract, key) {
        Some(entry) => Ok(entry.value.as_deref()),
        None => {
            let name = format!("{contract}/{key}");
            Err(missing(
                format!("高度 {height} 的状态 {name}"),
                format!("the state {name} of height {height}"),
            ))
        }
    }
}

/// A value of ledger `tender`, which must be there and be of its form.
fn read<T: serde::de::DeserializeOwned>(
    bundle: &Bundle,
    height: Height,
    key: &str,
) -> Result<T, Finding> {
    let bytes = value(bundle, height, tender::LEDGER, key)?;
    let read = bytes.and_then(|bytes| serde_json::from_slice(bytes).ok());
    read.ok_or_else(|| {
        failed(
            format!("高度 {height} 的状态中没有可用的 {key}"),
            format!("the state of height {height} has no {key} from which this follows"),
        )
    })
}

fn not_submitted(
    bundle: &Bundle,
    height: Height,
    tender: &str,
    commitment: &Digest,
) -> Result<Text, Finding> {
    let record: TenderRecord = read(bundle, height, &tender::record_key(tender))?;
    let publication: Publication = read(bundle, height, &tender::publication_key(tender))?;
    let time_ms = bundle.header_at(height).map(|header| header.time_ms);
    let end = record
        .deadline_ms
        .map(|deadline| deadline.saturating_add(publication.profile.grace_ms));
    if end.is_none() || time_ms < end {
        return Err(failed(
            format!("高度 {height} 时投标截止（含宽限）尚未到，不能证明未递交"),
            format!(
                "at height {height} the deadline and its grace were not over, so absence proves nothing"
            ),
        ));
    }
    let sealed = tender::sealed_key(commitment);
    if value(bundle, height, tender::LEDGER, &sealed)?.is_some() {
        return Err(failed(
            format!("承诺 {commitment} 在链上"),
            format!("the commitment {commitment} is on the chain"),
        ));
    }
    Ok(Text::new(
        format!("标段 {tender} 截止（含宽限）后，高度 {height} 的链上没有密封承诺 {commitment}"),
        format!(
            "when the deadline of {tender} and its grace were over, at height {height}, no bid was sealed under {commitment}"
        ),
    ))
}

fn all_revealed(
    bundle: &Bundle,
    height: Height,
    tender: &str,
    commitments: &[Digest],
) -> Result<Text, Finding> {
    let record: TenderRecord = read(bundle, height, &tender::record_key(tender))?;
    let count = commitments.len();
    if record.is_open_for_reveals() {
        return Err(failed(
            format!("高度 {height} 时标段 {tender} 仍可揭示投标，不能证明完整"),
            format!(
                "at height {height} bids of {tender} could still be revealed, so nothing is complete"
            ),
        ));
    }
    let Some(opening) = record.opening else {
        return Err(failed(
            format!("标段 {tender} 没有开标"),
            format!("{tender} had no opening"),
        ));
    };
    if !opening.is_over(commitments) {
        return Err(failed(
            format!(
                "标段 {tender} 揭示了 {} 份投标，与所列 {count} 份承诺不同",
                opening.revealed
            ),
            format!(
                "{} bids were revealed for {tender}, and these {count} commitments are not they",
                opening.revealed
            ),
        ));
    }
    let held = opening.held.unwrap_or(0);
    Ok(Text::new(
        format!("标段 {tender} 揭示的投标恰为所列 {count} 份承诺（登记应有 {held} 份），没有其他"),
        format!(
            "exactly these {count} commitments were revealed for {tender} (held: {held}), and no others"
        ),
    ))
}
