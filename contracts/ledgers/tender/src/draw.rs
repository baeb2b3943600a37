//! Freezing the blinded list of experts, and drawing from it.

use domain::{Bilingual, Hex32, release_seed};
use expert_draw::{
    Draw as DrawInput, DrawResult, Feasibility, Feasible, Group, List, Order, Seats,
};
use yilian_contract::from_hex;
use yilian_contract::prelude::*;

use crate::clock::Clock;
use crate::contribution::{self, Contribution};
use crate::error::TenderError;
use crate::prepare::both;
use crate::record::{Publication, Status, Tender};
use crate::{period, pool};

/// Most recusals, so that they fit one value.
const RECUSALS_MAX: usize = 800;

/// Freezes a list.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct CommitPool {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 名单摘要 | digest of the list, as rule expert-draw computes it
    pub list_digest: Digest32,
    /// 名单长度 | entries in all
    pub length: u32,
    /// 名单 | blinded entries by stratum; strata and entries strictly ascending
    pub groups: Vec<Group>,
    /// 回避 | recused entries, strictly ascending; at most 800
    pub recusals: Vec<Hex32>,
    /// 回避单位 | recused employers' tags, strictly ascending; at most 800
    pub recused_organisations: Vec<String>,
    /// 席位 | seats by stratum, strictly ascending
    pub seats: Vec<Seats>,
    /// 招标人代表 | members whom the tenderer sends
    pub owner_representatives: u32,
    /// 评标时间 | planned time of the evaluation, Unix time in ms
    pub evaluation_ms: u64,
}

/// A list frozen.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct PoolCommitted {
    /// 抽取编号 | the draw, `draw:<tender>:<number>`
    pub draw_id: String,
    /// 名单摘要 | digest of the list
    pub list_digest: Digest32,
    /// 委员会人数 | members in all
    pub members: u32,
    /// 提示 | what is lawful but deserves a look
    pub warnings: Vec<Bilingual>,
}

/// Starts the draw.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct StartDraw {
    /// 统一交易标识码 | the tender
    pub tender: String,
}

/// A draw started. The chain delivers the seed in a later block.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct DrawStarted {
    /// 抽取编号 | the draw
    pub draw_id: String,
}

/// How far a draw is.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawStatus {
    /// 已封存: the list is frozen.
    Frozen,
    /// 待随机数: the seed is asked for.
    Requested,
    /// 已抽取: drawn.
    Drawn,
    /// 已作废: void; it stays visible.
    Void,
}

/// The seats of one stratum and who holds them.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct SeatsHeld {
    /// 专业或地区 | the stratum
    pub stratum: String,
    /// 候补 | experts held ready
    pub substitutes: u32,
    /// 成员序号 | indices of those who hold the seats now
    pub members: Vec<u32>,
    /// 已联系人数 | how far the order was followed
    pub contacted: u32,
}

/// A draw.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// 抽取编号 | the draw
    pub draw_id: String,
    /// 状态 | how far it is
    pub status: DrawStatus,
    /// 名单摘要 | digest of the list
    pub list_digest: Digest32,
    /// 名单长度 | entries in all
    pub length: u32,
    /// 席位 | seats by stratum, as asked for
    pub seats: Vec<Seats>,
    /// 招标人代表 | members whom the tenderer sends
    pub owner_representatives: u32,
    /// 封存时间 | when the list was frozen, Unix time in ms
    pub frozen_at_ms: u64,
    /// 监督部门贡献 | the supervising department's part in the seed, if it has one
    pub contribution: Option<Contribution>,
    /// 贡献值时限 | until when its value is awaited, Unix time in ms
    pub contribution_until_ms: Option<u64>,
    /// 提示 | what is lawful but deserves a look, as of the freezing
    pub warnings: Vec<Bilingual>,
    /// 评标时间 | planned time of the evaluation, Unix time in ms
    pub evaluation_ms: u64,
    /// 种子 | the seed: it follows from the signature and the contribution
    pub seed: Option<Hex32>,
    /// 门限签名 | what the centres released; the seed is a hash of it
    pub signature: Option<String>,
    /// 请求高度 | height at which it was asked for
    pub requested_at: Option<u64>,
    /// 席位情况 | who holds the seats
    pub held: Vec<SeatsHeld>,
    /// 作废同意 | organisations that approve voiding it
    pub void_approvals: Vec<String>,
}

/// The whole order of one stratum.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// 抽取顺序 | indices, first to last
    pub order: Vec<u32>,
}

const DRAWS: Map<Draw> = Map::new("draw");
pub(crate) const RANKINGS: Map<Ranking> = Map::new("ranking");

/// When a draw may be prepared or made: any time between publication and nomination.
pub(crate) const DRAWING: [Status; 3] = [Status::Published, Status::Closed, Status::Opened];

pub(crate) fn commit_pool(
    ctx: &mut Context,
    args: CommitPool,
) -> Result<PoolCommitted, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&DRAWING)?;
    // 招标投标法实施条例 第四十六条: 任何单位和个人不得以明示、暗示等任何方式指定或者变相指定评标委员会的专家成员。
    if let Some(draw) = last(ctx, &tender)
        && draw.status != DrawStatus::Void
    {
        return Err(TenderError::DrawInForce(draw.draw_id));
    }
    if args.recusals.len() > RECUSALS_MAX || args.recused_organisations.len() > RECUSALS_MAX {
        return Err(TenderError::BadPage(format!(
            "recusals: expected at most {RECUSALS_MAX}"
        )));
    }
    let publication = tender.publication(ctx)?;
    must_not_be_early(ctx, &publication, args.evaluation_ms)?;
    let evaluation_ms = args.evaluation_ms;
    let (digest, length, seats) = (args.list_digest, args.length, args.seats.clone());
    let owner_representatives = args.owner_representatives;
    let input = Feasible {
        list: as_list(args, &publication),
    };
    let rule = &publication.rules.expert_draw;
    let judged: Feasibility = ctx.call_rule(rule, "feasible", &input)?;
    if (judged.list_digest, judged.length) != (digest, length) {
        return Err(TenderError::ListDiffers(format!(
            "declared {digest} of {length}, given {} of {}",
            judged.list_digest, judged.length
        )));
    }
    tender.draws += 1;
    let contribution = contribution::of_draw(ctx, &tender);
    let wait_ms = publication.profile.contribution_wait_ms;
    let now = ctx.env().time_ms;
    let contribution_until_ms = contribution.is_some().then(|| now.saturating_add(wait_ms));
    if let Some(until_ms) = contribution_until_ms {
        Clock::Contribution.set(ctx, &tender.tender, until_ms);
    }
    let draw = Draw {
        draw_id: draw_id(&tender.tender, tender.draws),
        status: DrawStatus::Frozen,
        list_digest: digest,
        length,
        seats,
        owner_representatives,
        frozen_at_ms: now,
        contribution,
        contribution_until_ms,
        warnings: judged.warnings.clone(),
        evaluation_ms,
        seed: None,
        signature: None,
        requested_at: None,
        held: Vec::new(),
        void_approvals: Vec::new(),
    };
    pool::store(ctx, &tender, input.list);
    save(ctx, &tender, &draw);
    tender.record(ctx, "pool_committed", Some(digest), None);
    Ok(PoolCommitted {
        draw_id: draw.draw_id,
        list_digest: digest,
        members: judged.members,
        warnings: judged.warnings,
    })
}

/// 政府采购评审专家管理办法 第十五条: 评审专家抽取开始时间原则上不得早于评审活动开始前2个工作日。
fn must_not_be_early(
    ctx: &Context,
    publication: &Publication,
    evaluation_ms: u64,
) -> Result<(), TenderError> {
    let now = ctx.env().time_ms;
    if evaluation_ms < now {
        return Err(TenderError::TooEarly("the evaluation is over".to_owned()));
    }
    let Some(period) = &publication.profile.periods.draw else {
        return Ok(());
    };
    let rule = &publication.rules.deadline;
    let judged = period::not_earlier(ctx, rule, period, (now, evaluation_ms))?;
    match judged.satisfied {
        true => Ok(()),
        false => Err(TenderError::TooEarly(both(&judged.reason))),
    }
}

pub(crate) fn start(ctx: &mut Context, args: &StartDraw) -> Result<DrawStarted, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&DRAWING)?;
    let mut draw = current(ctx, &tender, DrawStatus::Frozen)?;
    contribution::must_not_wait(ctx, &draw)?;
    draw.status = DrawStatus::Requested;
    draw.requested_at = Some(ctx.env().height);
    save(ctx, &tender, &draw);
    ctx.request_release(&draw.draw_id, "on_release");
    tender.record(ctx, "draw_requested", Some(draw.list_digest), None);
    Ok(DrawStarted {
        draw_id: draw.draw_id,
    })
}

/// The seed has come: the pinned rule orders the frozen list.
pub(crate) fn on_release(ctx: &mut Context, release: &Release) -> Result<(), TenderError> {
    if !ctx.env().is_system() {
        return Err(TenderError::NotTheChain);
    }
    let no_draw = || TenderError::NoDraw(release.identity.clone());
    let code = release.identity.split(':').nth(1).ok_or_else(no_draw)?;
    let mut tender = Tender::load(ctx, code)?;
    let mut draw = current(ctx, &tender, DrawStatus::Requested)?;
    if draw.draw_id != release.identity {
        return Err(no_draw());
    }
    let seed = seed_of(ctx, &draw, release).ok_or_else(no_draw)?;
    let publication = tender.publication(ctx)?;
    let input = DrawInput {
        draw_id: draw.draw_id.clone(),
        seed,
        list_digest: draw.list_digest,
        list: pool::load(ctx, &tender, &draw, &publication),
    };
    let rule = &publication.rules.expert_draw;
    let result: DrawResult = ctx.call_rule(rule, "draw", &input)?;
    draw.held = result.orders.iter().map(first_held).collect();
    let number = tender.draws.to_string();
    for one in result.orders {
        let ranking = Ranking { order: one.order };
        RANKINGS.set(ctx, &[&tender.tender, &number, &one.stratum], &ranking);
    }
    draw.status = DrawStatus::Drawn;
    draw.seed = Some(seed);
    draw.signature = Some(release.signature.clone());
    save(ctx, &tender, &draw);
    tender.record(ctx, "drawn", Some(draw.list_digest), None);
    Ok(())
}

/// The released seed, or with a contribution the one that follows from both.
fn seed_of(ctx: &Context, draw: &Draw, release: &Release) -> Option<Hex32> {
    let contribution = draw.contribution.as_ref();
    let Some(value) = contribution.and_then(|one| one.value) else {
        return Hex32::parse(&release.seed);
    };
    let signature = from_hex(&release.signature)?;
    let chain_id = &ctx.env().chain_id;
    let seed = release_seed(chain_id, &release.identity, &signature, &value.0);
    Some(Hex32(seed))
}

fn first_held(one: &Order) -> SeatsHeld {
    SeatsHeld {
        stratum: one.stratum.clone(),
        substitutes: one.substitutes,
        members: one.order.iter().take(one.seats as usize).copied().collect(),
        contacted: one.seats,
    }
}

/// Named by tender and number, never by what is asked for: a request cannot be varied to try for another seed.
fn draw_id(tender: &str, number: u32) -> String {
    format!("draw:{tender}:{number}")
}

fn as_list(args: CommitPool, publication: &Publication) -> List {
    List {
        groups: args.groups,
        recusals: args.recusals,
        recused_organisations: args.recused_organisations,
        seats: args.seats,
        owner_representatives: args.owner_representatives,
        owner_representatives_max: publication.profile.owner_representatives_max,
        committee_min: publication.profile.committee_min,
    }
}

/// The last draw of a tender, whatever became of it.
pub(crate) fn last(ctx: &Context, tender: &Tender) -> Option<Draw> {
    numbered(ctx, &tender.tender, tender.draws)
}

pub(crate) fn numbered(ctx: &Context, tender: &str, number: u32) -> Option<Draw> {
    DRAWS.get(ctx, &[tender, &number.to_string()])
}

/// The last draw, if it stands where it must.
pub(crate) fn current(
    ctx: &Context,
    tender: &Tender,
    status: DrawStatus,
) -> Result<Draw, TenderError> {
    match last(ctx, tender) {
        Some(draw) if draw.status == status => Ok(draw),
        Some(draw) => Err(TenderError::NoDraw(format!(
            "{} is {:?}, the step needs {status:?}",
            draw.draw_id, draw.status
        ))),
        None => Err(TenderError::NoDraw("no list is frozen".to_owned())),
    }
}

/// Moves the time until which a frozen draw awaits the supervising department's value, if it still awaits it.
pub(crate) fn move_wait(ctx: &mut Context, tender: &Tender, moved: impl Fn(u64) -> u64) {
    let Ok(mut draw) = current(ctx, tender, DrawStatus::Frozen) else {
        return;
    };
    let awaited = draw.contribution.as_ref().filter(|one| one.value.is_none());
    let Some((_, until)) = awaited.zip(draw.contribution_until_ms) else {
        return;
    };
    let later = moved(until);
    if later > until {
        draw.contribution_until_ms = Some(later);
        Clock::Contribution.set(ctx, &tender.tender, later);
        save(ctx, tender, &draw);
    }
}

pub(crate) fn save(ctx: &mut Context, tender: &Tender, draw: &Draw) {
    DRAWS.set(ctx, &[&tender.tender, &tender.draws.to_string()], draw);
}
