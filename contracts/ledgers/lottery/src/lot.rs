//! One lottery, from its announcement to its result.

use domain::{Bilingual, Hex32, TIME_MAX_MS, beijing_text};
use lottery_order::{Allotted, Draw, DrawResult, Feasibility, Lots};
use yilian_contract::prelude::*;

use crate::LotteryError;

/// Name of the rule.
const RULE: &str = "lottery-order";
const NAME_BYTES_MAX: usize = 64;
const TEXT_BYTES_MAX: usize = 2_000;
/// Entries of one page of a list: their texts keep below the limit of a value.
const PAGE_ENTRIES: usize = 400;

/// What is drawn.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 系数.
    Coefficient,
    /// 中介机构.
    Agency,
    /// 供应商.
    Supplier,
    /// 分组.
    Group,
    /// 标包.
    Package,
    /// 工位.
    Seat,
}

/// Announces a lottery.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Announce {
    /// 名称 | its name: letters, digits, '-', '.'
    pub name: String,
    /// 类别 | what is drawn
    pub kind: Kind,
    /// 事由 | what for
    pub purpose: Bilingual,
    /// 清单 | the list and what is drawn from it
    pub lots: Lots,
    /// 抽签时间 | when, Unix time in ms
    pub at_ms: u64,
}

/// A lottery announced.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// 抽签编号 | the lottery, `lottery:<name>:<number>`
    pub lottery_id: String,
    /// 清单摘要 | digest of the list
    pub entries_digest: Digest32,
    /// 抽签时间 | when, as people read it
    pub at: String,
    /// 提示 | what is allowed but deserves a look
    pub warnings: Vec<Bilingual>,
}

/// Voids a lottery.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Void {
    /// 名称 | its name
    pub name: String,
    /// 理由 | the reason
    pub reason: Bilingual,
}

/// Asks for a lottery.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct AskLottery {
    /// 名称 | its name
    pub name: String,
    /// 次数 | its number; the last one if left out
    pub number: Option<u32>,
}

/// How far a lottery is.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 已封存: the list is frozen.
    Frozen,
    /// 待随机数: the seed is asked for.
    Requested,
    /// 已抽取: drawn.
    Drawn,
    /// 已作废: void; it stays visible.
    Void,
}

/// A lottery.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Lottery {
    /// 抽签编号 | the lottery
    pub lottery_id: String,
    /// 类别 | what is drawn
    pub kind: Kind,
    /// 事由 | what for
    pub purpose: Bilingual,
    /// 组织单位 | who announced it
    pub organisation: String,
    /// 状态 | how far it is
    pub status: Status,
    /// 规则 | code hash of the rule, pinned at the announcement
    pub rule: String,
    /// 清单摘要 | digest of the list
    pub entries_digest: Digest32,
    /// 清单长度 | entries in all
    pub length: u32,
    /// 抽取数 | how many are drawn
    pub take: u32,
    /// 分配 | what they are drawn for, in turn
    pub slots: Vec<String>,
    /// 封存时间 | when the list was frozen, Unix time in ms
    pub frozen_ms: u64,
    /// 抽签时间 | when it is drawn, Unix time in ms
    pub at_ms: u64,
    /// 种子 | the released seed
    pub seed: Option<Hex32>,
    /// 门限签名 | what the centres released; the seed is a hash of it
    pub signature: Option<String>,
    /// 抽中 | those drawn, in order
    pub drawn: Vec<Allotted>,
    /// 作废理由 | why it is void
    pub void_reason: Option<Bilingual>,
}

/// By name and number.
const LOTTERIES: Map<Lottery> = Map::new("lottery");
/// The last number of a name.
const NUMBERS: Map<u32> = Map::new("number");
/// The frozen list, in pages.
const ENTRIES: Map<Vec<String>> = Map::new("entries");
/// The whole order, in pages.
const ORDERS: Map<Vec<u32>> = Map::new("order");

pub(crate) fn announce(ctx: &mut Context, args: Announce) -> Result<Announced, LotteryError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let fits = !args.name.is_empty() && args.name.len() <= NAME_BYTES_MAX;
    if !fits || !args.name.bytes().all(plain) {
        return Err(LotteryError::Malformed(format!(
            "name {:?}: expected 1 to {NAME_BYTES_MAX} letters, digits, '-' and '.'",
            args.name
        )));
    }
    if let Some(last) = last(ctx, &args.name)
        && last.status != Status::Void
    {
        return Err(LotteryError::InForce(last.lottery_id));
    }
    check_text(&args.purpose)?;
    let now = ctx.env().time_ms;
    // Known before it is drawn: a list that is frozen and drawn at once nobody could have looked at.
    if args.at_ms <= now || args.at_ms > TIME_MAX_MS {
        return Err(LotteryError::Malformed(format!(
            "at_ms: expected after now, {}",
            beijing_text(now)
        )));
    }
    let rule = ctx.code_hash(RULE).ok_or(LotteryError::RuleMissing)?;
    let judged: Feasibility = ctx.call_rule(&rule, "feasible", &args.lots)?;
    let number = NUMBERS.get(ctx, &[&args.name]).unwrap_or(0) + 1;
    let lottery = Lottery {
        lottery_id: format!("lottery:{}:{number}", args.name),
        kind: args.kind,
        purpose: args.purpose,
        organisation: ctx.env().organisation.clone(),
        status: Status::Frozen,
        rule,
        entries_digest: judged.entries_digest,
        length: judged.length,
        take: args.lots.take,
        slots: args.lots.slots,
        frozen_ms: now,
        at_ms: args.at_ms,
        seed: None,
        signature: None,
        drawn: Vec::new(),
        void_reason: None,
    };
    NUMBERS.set(ctx, &[&args.name], &number);
    for (page, entries) in (0..).zip(args.lots.entries.chunks(PAGE_ENTRIES)) {
        let key = [args.name.as_str(), &number.to_string(), &ordered(page)];
        ENTRIES.set(ctx, &key, &entries.to_vec());
    }
    ctx.schedule(&lottery.lottery_id, "on_time", lottery.at_ms);
    save(ctx, &args.name, number, &lottery);
    ctx.emit("announced", &lottery);
    Ok(Announced {
        lottery_id: lottery.lottery_id,
        entries_digest: judged.entries_digest,
        at: beijing_text(args.at_ms),
        warnings: judged.warnings,
    })
}

/// The time has come: the chain asks for the seed.
pub(crate) fn on_time(ctx: &mut Context, due: &Due) -> Result<(), LotteryError> {
    let (name, number, mut lottery) = called(ctx, &due.name, Status::Frozen)?;
    lottery.status = Status::Requested;
    save(ctx, &name, number, &lottery);
    ctx.request_release(&lottery.lottery_id, "on_release");
    Ok(())
}

pub(crate) fn on_release(ctx: &mut Context, release: &Release) -> Result<(), LotteryError> {
    let (name, number, mut lottery) = called(ctx, &release.identity, Status::Requested)?;
    let unknown = || LotteryError::NoSuchLottery(release.identity.clone());
    let seed = Hex32::parse(&release.seed).ok_or_else(unknown)?;
    let pages = ENTRIES.scan(ctx, &[&name, &number.to_string()], None, lottery.length);
    let input = Draw {
        lottery_id: lottery.lottery_id.clone(),
        seed,
        entries_digest: lottery.entries_digest,
        lots: Lots {
            entries: pages.into_iter().flat_map(|(_, page)| page).collect(),
            take: lottery.take,
            slots: lottery.slots.clone(),
        },
    };
    let result: DrawResult = ctx.call_rule(&lottery.rule, "draw", &input)?;
    for (page, order) in (0..).zip(result.order.chunks(PAGE_ENTRIES)) {
        let key = [name.as_str(), &number.to_string(), &ordered(page)];
        ORDERS.set(ctx, &key, &order.to_vec());
    }
    lottery.status = Status::Drawn;
    lottery.seed = Some(seed);
    lottery.signature = Some(release.signature.clone());
    lottery.drawn = result.drawn;
    save(ctx, &name, number, &lottery);
    ctx.emit("drawn", &lottery.lottery_id);
    Ok(())
}

pub(crate) fn void(ctx: &mut Context, args: Void) -> Result<Lottery, LotteryError> {
    check_text(&args.reason)?;
    let number = NUMBERS.get(ctx, &[&args.name]).unwrap_or(0);
    let mut lottery = load(ctx, &args.name, number)?;
    // While the seed is under way a lottery can neither be used nor be void.
    if matches!(lottery.status, Status::Requested | Status::Void) {
        return Err(LotteryError::WrongStep(format!(
            "it is {:?}",
            lottery.status
        )));
    }
    ctx.unschedule(&lottery.lottery_id);
    lottery.status = Status::Void;
    lottery.void_reason = Some(args.reason);
    save(ctx, &args.name, number, &lottery);
    ctx.emit("void", &lottery.lottery_id);
    Ok(lottery)
}

pub(crate) fn get(ctx: &Context, args: &AskLottery) -> Result<Lottery, LotteryError> {
    let number = args.number.or_else(|| NUMBERS.get(ctx, &[&args.name]));
    load(ctx, &args.name, number.unwrap_or(0))
}

/// The lottery that the chain calls about, if it stands where it must.
fn called(
    ctx: &Context,
    identity: &str,
    status: Status,
) -> Result<(String, u32, Lottery), LotteryError> {
    if !ctx.env().is_system() {
        return Err(LotteryError::NotTheChain);
    }
    let unknown = || LotteryError::NoSuchLottery(identity.to_owned());
    let mut parts = identity.split(':').skip(1);
    let name = parts.next().ok_or_else(unknown)?.to_owned();
    let number = parts
        .next()
        .and_then(|text| text.parse().ok())
        .ok_or_else(unknown)?;
    let lottery = load(ctx, &name, number)?;
    if lottery.status != status {
        return Err(LotteryError::WrongStep(format!(
            "it is {:?}",
            lottery.status
        )));
    }
    Ok((name, number, lottery))
}

fn last(ctx: &Context, name: &str) -> Option<Lottery> {
    let number = NUMBERS.get(ctx, &[name])?;
    LOTTERIES.get(ctx, &[name, &number.to_string()])
}

fn load(ctx: &Context, name: &str, number: u32) -> Result<Lottery, LotteryError> {
    LOTTERIES
        .get(ctx, &[name, &number.to_string()])
        .ok_or_else(|| LotteryError::NoSuchLottery(format!("{name:?}, number {number}")))
}

fn save(ctx: &mut Context, name: &str, number: u32, lottery: &Lottery) {
    LOTTERIES.set(ctx, &[name, &number.to_string()], lottery);
}

fn check_text(text: &Bilingual) -> Result<(), LotteryError> {
    if text.is_incomplete() || text.zh.len().max(text.en.len()) > TEXT_BYTES_MAX {
        return Err(LotteryError::Malformed(format!(
            "a text: expected Chinese and English, at most {TEXT_BYTES_MAX} bytes each"
        )));
    }
    Ok(())
}
