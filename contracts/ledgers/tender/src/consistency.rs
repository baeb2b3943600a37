//! Following each bid's file from opening through evaluation to the archive, by the pinned rule.

use bid_consistency::{Accumulator, CheckPage, CheckResult, Mismatch, PAGE_BIDS_MAX, Stage};
use domain::Bilingual;
use yilian_contract::prelude::*;

use crate::error::TenderError;
use crate::record::{Status, Tender};
use crate::reveal::{BIDS, Bid, BidStatus};
use crate::text::check_text;

/// Digests seen at a stage, for the next bids in order of bidders.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct CheckConsistency {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 核对阶段 | the stage; each needs the one before
    pub stage: Stage,
    /// 投标 | the next bids opened, in order of bidders, none left out; at most 500
    pub entries: Vec<Seen>,
    /// 重新核对理由 | why the stage begins anew, if it does; the earlier run stays in the timeline
    pub restart: Option<Bilingual>,
}

/// What was seen of one bid.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// 投标人 | the bidder
    pub bidder: String,
    /// 文件摘要 | digest of the file at this stage
    pub digest: Digest32,
    /// 清单所载内容摘要 | at opening: digest that the manifest within declares
    pub manifest: Option<Digest32>,
    /// 解密内容摘要 | at opening: digest of the content decrypted
    pub content: Option<Digest32>,
}

/// What a page came to.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// 已核对数 | bids checked in this run
    pub count: u32,
    /// 累积摘要 | digest over them
    pub digest: Digest32,
    /// 差异 | links of this page that do not hold
    pub mismatches: Vec<Mismatch>,
    /// 是否完成 | whether all bids were checked
    pub complete: bool,
    /// 是否全部一致 | once complete: whether all links hold
    pub passed: Option<bool>,
}

/// How far a stage is.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// 轮次 | number of the run, from one
    pub run: u32,
    /// 累积 | what its pages came to
    pub accumulator: Accumulator,
    /// 是否全部一致 | once complete: whether all links hold
    pub passed: Option<bool>,
}

const RUNS: Map<Run> = Map::new("consistency");

pub(crate) fn check(ctx: &mut Context, args: CheckConsistency) -> Result<Checked, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(allowed(args.stage))?;
    let opening = tender.opening()?;
    let (held, others) = (opening.opened, opening.revealed - opening.opened);
    must_follow(ctx, &tender, args.stage)?;
    let mut run = begin(ctx, &tender, &args)?;
    let mut bids = next_bids(ctx, &tender, &run, &args.entries, others)?;
    for (bid, seen) in bids.iter_mut().zip(&args.entries) {
        note(bid, args.stage, seen);
    }
    let count = run.accumulator.count + bids.len() as u32;
    let page = CheckPage {
        tender: tender.tender.clone(),
        stage: args.stage,
        held,
        accumulator: run.accumulator,
        bids: bids.iter().map(as_input).collect(),
        last: count == held,
    };
    let rule = tender.publication(ctx)?.rules.bid_consistency;
    let result: CheckResult = ctx.call_rule(&rule, "check", &page)?;
    for mut bid in bids {
        let own = result
            .mismatches
            .iter()
            .filter(|one| one.bidder == bid.bidder);
        bid.broken = own.map(|one| one.link).collect();
        BIDS.set(ctx, &[&tender.tender, &bid.bidder], &bid);
    }
    run.accumulator = result.accumulator.clone();
    run.passed = result.passed;
    RUNS.set(ctx, &[&tender.tender, args.stage.as_str()], &run);
    let name = match args.stage {
        Stage::Opened => "checked_opened",
        Stage::Evaluated => "checked_evaluated",
        Stage::Archived => "checked_archived",
    };
    tender.record(ctx, name, Some(result.accumulator.digest), args.restart);
    Ok(Checked {
        count: result.accumulator.count,
        digest: result.accumulator.digest,
        mismatches: result.mismatches,
        complete: result.passed.is_some(),
        passed: result.passed,
    })
}

/// Whether all bids went through a stage.
pub(crate) fn is_complete(ctx: &Context, tender: &str, stage: Stage) -> bool {
    let run = RUNS.get(ctx, &[tender, stage.as_str()]);
    run.is_some_and(|run| run.passed.is_some())
}

/// What was awarded is archived; what is opened is evaluated.
fn allowed(stage: Stage) -> &'static [Status] {
    match stage {
        Stage::Opened | Stage::Evaluated => &[Status::Opened],
        Stage::Archived => &[Status::Awarded],
    }
}

fn must_follow(ctx: &Context, tender: &Tender, stage: Stage) -> Result<(), TenderError> {
    let before = match stage {
        Stage::Opened => return Ok(()),
        Stage::Evaluated => Stage::Opened,
        Stage::Archived => Stage::Evaluated,
    };
    if is_complete(ctx, &tender.tender, before) {
        return Ok(());
    }
    Err(TenderError::NotChecked(format!(
        "the stage {:?} comes first",
        before.as_str()
    )))
}

/// The run under way, or the next one if a reason is given.
fn begin(ctx: &mut Context, tender: &Tender, args: &CheckConsistency) -> Result<Run, TenderError> {
    let kept = RUNS.get(ctx, &[&tender.tender, args.stage.as_str()]);
    if let Some(reason) = &args.restart {
        check_text("restart", reason)?;
    }
    match (kept, &args.restart) {
        (None, _) => Ok(Run {
            run: 1,
            accumulator: Accumulator::default(),
            passed: None,
        }),
        (Some(run), Some(_)) => {
            // What was compared with the digests of this stage is void with them.
            if args.stage == Stage::Opened {
                RUNS.remove(ctx, &[&tender.tender, Stage::Evaluated.as_str()]);
            }
            Ok(Run {
                run: run.run + 1,
                accumulator: Accumulator::default(),
                passed: None,
            })
        }
        (Some(run), None) if run.passed.is_none() => Ok(run),
        (Some(_), None) => Err(TenderError::WrongStep(format!(
            "the stage {:?} is complete",
            args.stage.as_str()
        ))),
    }
}

/// The next bids opened, which must be exactly those that the page brings. `others` is how many bids of the tender were
/// revealed but not opened: they may stand between.
fn next_bids(
    ctx: &Context,
    tender: &Tender,
    run: &Run,
    entries: &[Seen],
    others: u32,
) -> Result<Vec<Bid>, TenderError> {
    if entries.is_empty() || entries.len() > PAGE_BIDS_MAX {
        return Err(TenderError::BadPage(format!(
            "{} entries: expected 1 to {PAGE_BIDS_MAX}",
            entries.len()
        )));
    }
    let last = &run.accumulator.last_bidder;
    let after = (!last.is_empty()).then_some(last.as_str());
    let limit = entries.len() as u32 + others;
    let found = BIDS.scan(ctx, &[&tender.tender], after, limit);
    let opened = found.into_iter().map(|(_, bid)| bid);
    let bids: Vec<Bid> = opened
        .filter(|bid| bid.status == BidStatus::Opened)
        .take(entries.len())
        .collect();
    for (place, seen) in entries.iter().enumerate() {
        let expected = bids.get(place).map(|bid| bid.bidder.as_str());
        if expected != Some(seen.bidder.as_str()) {
            return Err(TenderError::WrongEntry(format!(
                "entry {place}: expected {}, got {}",
                expected.unwrap_or("no more"),
                seen.bidder
            )));
        }
    }
    Ok(bids)
}

fn note(bid: &mut Bid, stage: Stage, seen: &Seen) {
    match stage {
        Stage::Opened => {
            bid.opened = Some(seen.digest);
            bid.manifest = seen.manifest;
            bid.content = seen.content;
        }
        Stage::Evaluated => bid.evaluated = Some(seen.digest),
        Stage::Archived => bid.archived = Some(seen.digest),
    }
}

fn as_input(bid: &Bid) -> bid_consistency::Bid {
    bid_consistency::Bid {
        bidder: bid.bidder.clone(),
        commitment: bid.commitment,
        digest: bid.digest,
        salt: bid.salt,
        // A later stage needs the first one, which noted it.
        opened: bid.opened.unwrap_or(bid.digest),
        manifest: bid.manifest,
        content: bid.content,
        evaluated: bid.evaluated,
        archived: bid.archived,
    }
}
