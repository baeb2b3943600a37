//! The chain of equalities, page by page.

use domain::{Encoding, law};
use yilian_contract::Digest32;

use crate::commitment::{commitment, page_fits};
use crate::types::{Accumulator, Bid, CheckPage, CheckResult, CountCheck, Link, Mismatch, Stage};
use crate::{ConsistencyError, PAGE_MISMATCHES_MAX};

pub(crate) fn check(page: CheckPage) -> Result<CheckResult, ConsistencyError> {
    page_fits(page.bids.len())?;
    let mut accumulator = page.accumulator;
    let mut mismatches = Vec::new();
    for bid in &page.bids {
        in_order(&accumulator, bid)?;
        links(&page.tender, page.stage, bid, &mut mismatches);
        if mismatches.len() > PAGE_MISMATCHES_MAX {
            return Err(ConsistencyError::TooManyMismatches(format!(
                "more than {PAGE_MISMATCHES_MAX} up to bidder {}",
                bid.bidder
            )));
        }
        accumulator.digest = next_digest(&accumulator, &page.tender, page.stage, bid);
        accumulator.count += 1;
        accumulator.last_bidder.clone_from(&bid.bidder);
    }
    // At most 300 per page, so the sum of all pages fits.
    accumulator.mismatches += mismatches.len() as u32;
    let count = page.last.then(|| count(page.held, accumulator.count));
    let passed = count
        .as_ref()
        .map(|count| count.difference == 0 && accumulator.mismatches == 0);
    Ok(CheckResult {
        accumulator,
        mismatches,
        count,
        passed,
    })
}

/// Strict order finds a bidder that stands twice, on one page or on two.
fn in_order(accumulator: &Accumulator, bid: &Bid) -> Result<(), ConsistencyError> {
    if bid.bidder > accumulator.last_bidder {
        return Ok(());
    }
    Err(ConsistencyError::OutOfOrder(format!(
        "{:?} after {:?}",
        bid.bidder, accumulator.last_bidder
    )))
}

fn links(tender: &str, stage: Stage, bid: &Bid, found: &mut Vec<Mismatch>) {
    let mut link = |link, expected: Option<Digest32>, actual: Option<Digest32>| {
        if expected != actual {
            found.push(mismatch(bid, link, expected, actual));
        }
    };
    // 招标投标法 第三十六条: 招标人在招标文件要求提交投标文件的截止时间前收到的所有投标文件，开标时都应当当众予以拆封。
    let sealed = commitment(tender, &bid.bidder, &bid.digest, &bid.salt);
    link(Link::Sealed, Some(bid.commitment), Some(sealed));
    link(Link::Opened, Some(bid.digest), Some(bid.opened));
    link(Link::Content, bid.manifest, bid.content);
    // The experts read the content where the file was encrypted as a whole, else the file itself.
    let read = Some(bid.content.unwrap_or(bid.opened));
    // 招标投标法 第四十条: 评标委员会应当按照招标文件确定的评标标准和方法，对投标文件进行评审和比较。
    if stage >= Stage::Evaluated {
        link(Link::Evaluated, read, bid.evaluated);
    }
    // 电子签名法 第六条: 能够有效地表现所载内容……内容保持完整、未被更改。
    if stage >= Stage::Archived {
        link(Link::Archived, bid.evaluated.or(read), bid.archived);
    }
}

fn mismatch(
    bid: &Bid,
    link: Link,
    expected: Option<Digest32>,
    actual: Option<Digest32>,
) -> Mismatch {
    let (zh, en, law) = match link {
        Link::Sealed => (
            "所揭示的投标与截止时间前的密封承诺不符",
            "the bid revealed is not the one committed before the deadline",
            law::OPENING,
        ),
        Link::Opened => (
            "开标文件与密封文件不符",
            "the file opened is not the file sealed",
            law::OPENING,
        ),
        Link::Content => (
            "解密内容与文件清单所载摘要不符",
            "the content decrypted is not the one its manifest declares",
            law::KEEPING,
        ),
        Link::Evaluated => (
            "评标文件与开标文件不符",
            "the file evaluated is not the file opened",
            law::EVALUATION,
        ),
        Link::Archived => (
            "归档文件与评标文件不符",
            "the file archived is not the file evaluated",
            law::KEEPING,
        ),
    };
    let (zh_missing, en_missing) = match (expected, actual) {
        (Some(_), Some(_)) => ("", ""),
        (None, _) => ("（缺少应有摘要）", " (no digest to compare with)"),
        (_, None) => ("（缺少实际摘要）", " (no digest was given)"),
    };
    Mismatch {
        bidder: bid.bidder.clone(),
        link,
        expected,
        actual,
        zh: format!("投标人 {}：{zh}{zh_missing}", bid.bidder),
        en: format!("bidder {}: {en}{en_missing}", bid.bidder),
        law: law.to_owned(),
    }
}

/// The digest so far and everything seen of this bid. The first page's starts from 32 zero bytes.
fn next_digest(accumulator: &Accumulator, tender: &str, stage: Stage, bid: &Bid) -> Digest32 {
    let optional = |digest: &Option<Digest32>| digest.map_or(Vec::new(), |one| one.0.to_vec());
    Encoding::new("YILIAN/bid-list/v1")
        .part(&accumulator.digest.0)
        .part(tender.as_bytes())
        .part(stage.as_str().as_bytes())
        .part(bid.bidder.as_bytes())
        .part(&bid.commitment.0)
        .part(&bid.digest.0)
        .part(&bid.opened.0)
        .part(&optional(&bid.manifest))
        .part(&optional(&bid.content))
        .part(&optional(&bid.evaluated))
        .part(&optional(&bid.archived))
        .digest()
}

fn count(expected: u32, actual: u32) -> CountCheck {
    let difference = i64::from(actual) - i64::from(expected);
    let (zh, en) = match difference {
        0 => (
            format!("应有{expected}份，实有{actual}份：一致"),
            format!("{expected} held, {actual} checked: equal"),
        ),
        1.. => (
            format!("应有{expected}份，实有{actual}份：多{difference}份"),
            format!("{expected} held, {actual} checked: {difference} too many"),
        ),
        _ => (
            format!("应有{expected}份，实有{actual}份：少{}份", -difference),
            format!("{expected} held, {actual} checked: {} missing", -difference),
        ),
    };
    CountCheck {
        expected,
        actual,
        difference,
        zh,
        en,
        law: law::OPENING.to_owned(),
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
