//! What anybody may ask. Before the deadline nothing here tells how many bids there are, or whose.

use domain::Bilingual;
use yilian_contract::prelude::*;

use crate::draw::{self, Draw, RANKINGS, Ranking};
use crate::error::TenderError;
use crate::experts::{self, OpenedExpert};
use crate::record::{Publication, Status, Tender};
use crate::reveal::{BIDS, Bid};
use crate::timeline::Step;

/// Most entries of one page.
pub const PAGE_MAX: u32 = 100;

/// Asks for a tender.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskTender {
    /// 统一交易标识码 | the tender
    pub tender: String,
}

/// A tender and what was pinned for it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct TenderView {
    /// 招标项目 | the tender
    pub record: Tender,
    /// 公告时固定的内容 | what was pinned at publication
    pub publication: Option<Publication>,
}

/// Asks for tenders in order of their codes.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskList {
    /// 起点 | the last tender of the page before
    pub after: Option<String>,
    /// 条数 | most entries, at most 100
    pub limit: u32,
}

/// A tender in brief.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 项目名称 | title
    pub title: Bilingual,
    /// 状态 | how far it is
    pub status: Status,
    /// 是否演练 | whether it is an exercise
    pub exercise: bool,
    /// 投标截止时间 | the deadline in force, Unix time in ms
    pub deadline_ms: Option<u64>,
}

/// Asks for steps.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskTimeline {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 起点 | number of the last step of the page before
    pub after: Option<u32>,
    /// 条数 | most entries, at most 100
    pub limit: u32,
}

/// Asks for a sealed bid.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskSealed {
    /// 密封承诺 | its commitment
    pub commitment: Digest32,
}

/// Asks for bids.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskBids {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 起点 | the last bidder of the page before
    pub after: Option<String>,
    /// 条数 | most entries, at most 100
    pub limit: u32,
}

/// Asks for a draw.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskDraw {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 次数 | number of the draw; the last one if left out
    pub number: Option<u32>,
}

/// Asks for the order of a stratum.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskRanking {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 次数 | number of the draw; the last one if left out
    pub number: Option<u32>,
    /// 专业或地区 | the stratum
    pub stratum: String,
}

pub(crate) fn get(ctx: &Context, args: &AskTender) -> Result<TenderView, TenderError> {
    let record = Tender::load(ctx, &args.tender)?;
    let publication = record.publication(ctx).ok();
    Ok(TenderView {
        record,
        publication,
    })
}

pub(crate) fn list(ctx: &Context, args: &AskList) -> Result<Vec<Brief>, TenderError> {
    let page = Tender::page(ctx, args.after.as_deref(), limit(args.limit)?);
    let brief = |one: Tender| Brief {
        tender: one.tender,
        title: one.title,
        status: one.status,
        exercise: one.exercise,
        deadline_ms: one.deadline_ms,
    };
    Ok(page.into_iter().map(brief).collect())
}

pub(crate) fn timeline(ctx: &Context, args: &AskTimeline) -> Result<Vec<Step>, TenderError> {
    let tender = Tender::load(ctx, &args.tender)?;
    Ok(tender.timeline(ctx, args.after, limit(args.limit)?))
}

/// 招标投标法 第三十六条: bids are read out at the opening, not before.
pub(crate) fn bids(ctx: &Context, args: &AskBids) -> Result<Vec<Bid>, TenderError> {
    let tender = Tender::load(ctx, &args.tender)?;
    let opened = tender.opening.as_ref().and_then(|one| one.opened_ms);
    if opened.is_none() {
        return Err(TenderError::NotOpened);
    }
    let (after, limit) = (args.after.as_deref(), limit(args.limit)?);
    let found = BIDS.scan(ctx, &[&tender.tender], after, limit);
    Ok(found.into_iter().map(|(_, bid)| bid).collect())
}

pub(crate) fn draw_record(ctx: &Context, args: &AskDraw) -> Result<Draw, TenderError> {
    let tender = Tender::load(ctx, &args.tender)?;
    let number = args.number.unwrap_or(tender.draws);
    draw::numbered(ctx, &tender.tender, number)
        .ok_or_else(|| TenderError::NoDraw(format!("number {number}")))
}

pub(crate) fn experts(ctx: &Context, args: &AskTender) -> Result<Vec<OpenedExpert>, TenderError> {
    let tender = Tender::load(ctx, &args.tender)?;
    Ok(experts::opened(ctx, &tender, PAGE_MAX))
}

pub(crate) fn ranking(ctx: &Context, args: &AskRanking) -> Result<Ranking, TenderError> {
    let tender = Tender::load(ctx, &args.tender)?;
    let number = args.number.unwrap_or(tender.draws).to_string();
    RANKINGS
        .get(ctx, &[&tender.tender, &number, &args.stratum])
        .ok_or_else(|| TenderError::NoDraw(format!("number {number}, {:?}", args.stratum)))
}

fn limit(asked: u32) -> Result<u32, TenderError> {
    if (1..=PAGE_MAX).contains(&asked) {
        return Ok(asked);
    }
    Err(TenderError::BadPage(format!(
        "limit {asked}: expected 1 to {PAGE_MAX}"
    )))
}
