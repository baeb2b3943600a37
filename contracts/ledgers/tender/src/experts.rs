//! Who was drawn: told to the notifier alone while it is secret, and to everybody after the award.
//!
//! 招标投标法 第三十七条: 评标委员会成员的名单在中标结果确定前应当保密。

use domain::Hex32;
use expert_draw::blinded_entry;
use yilian_contract::prelude::*;

use crate::draw::{self, Draw, DrawStatus, RANKINGS};
use crate::error::TenderError;
use crate::pool;
use crate::record::{Status, Tender};

/// Most entries opened in one call.
const OPEN_MAX: usize = 200;
/// Longest identifier of an expert, in bytes.
const EXPERT_BYTES_MAX: usize = 128;

/// Records that a notice was sealed for who may know a name. The notice itself does not come here.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Notify {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 序号 | index of the entry that was contacted
    pub index: u32,
    /// 密封通知摘要 | digest of the notice, sealed to the notifier (HPKE)
    pub sealed: Digest32,
}

/// A notice on record.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Notified {
    /// 通知时间 | block time, Unix time in ms
    pub time_ms: u64,
    /// 密封通知摘要 | digest of the sealed notice
    pub sealed: Digest32,
}

/// Opens entries after the award.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct OpenExperts {
    /// 统一交易标识码 | the tender
    pub tender: String,
    /// 名单项 | the entries, at most 200
    pub entries: Vec<OpenedExpert>,
}

/// An entry and who it is.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct OpenedExpert {
    /// 序号 | index in the list
    pub index: u32,
    /// 专家编号 | the expert's number in the pool
    pub expert: String,
    /// 随机数 | the nonce of the blinded entry
    pub nonce: Hex32,
}

/// How far the opening is.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct ExpertsOpened {
    /// 已公开数 | entries opened
    pub opened: u32,
    /// 已联系数 | entries that were contacted, all of which are to be opened
    pub contacted: u32,
}

/// By tender, number of the draw and index.
const NOTICES: Map<Notified> = Map::new("notice");
const OPENED: Map<OpenedExpert> = Map::new("expert");

pub(crate) fn notify(ctx: &mut Context, args: &Notify) -> Result<Notified, TenderError> {
    let tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&draw::DRAWING)?;
    let drawn = draw::current(ctx, &tender, DrawStatus::Drawn)?;
    must_be_contacted(ctx, &tender, &drawn, args.index)?;
    let notified = Notified {
        time_ms: ctx.env().time_ms,
        sealed: args.sealed,
    };
    let (number, index) = (tender.draws.to_string(), ordered(u64::from(args.index)));
    NOTICES.set(ctx, &[&args.tender, &number, &index], &notified);
    Ok(notified)
}

/// After the award, so that anybody can run the draw again down to the names.
pub(crate) fn open(ctx: &mut Context, args: OpenExperts) -> Result<ExpertsOpened, TenderError> {
    let mut tender = Tender::load(ctx, &args.tender)?;
    tender.must_be(&[Status::Awarded])?;
    if args.entries.is_empty() || args.entries.len() > OPEN_MAX {
        return Err(TenderError::BadPage(format!(
            "{} entries: expected 1 to {OPEN_MAX}",
            args.entries.len()
        )));
    }
    let drawn = draw::current(ctx, &tender, DrawStatus::Drawn)?;
    let publication = tender.publication(ctx)?;
    let list = pool::load(ctx, &tender, &drawn, &publication);
    let ids: Vec<Hex32> = list
        .groups
        .into_iter()
        .flat_map(|group| group.ids)
        .collect();
    let number = tender.draws.to_string();
    for one in &args.entries {
        must_be_contacted(ctx, &tender, &drawn, one.index)?;
        let fits = !one.expert.is_empty() && one.expert.len() <= EXPERT_BYTES_MAX;
        let entry = blinded_entry(&drawn.draw_id, &one.expert, &one.nonce);
        if !fits || ids.get(one.index as usize) != Some(&entry) {
            return Err(TenderError::NotAMember(format!(
                "{}: this expert and nonce do not give the entry that was frozen",
                one.index
            )));
        }
        let index = ordered(u64::from(one.index));
        OPENED.set(ctx, &[&args.tender, &number, &index], one);
    }
    let contacted = drawn.held.iter().map(|held| held.contacted).sum();
    let opened = OPENED.keys(ctx, &[&args.tender, &number], None, contacted);
    let so_far = ExpertsOpened {
        opened: opened.len() as u32,
        contacted,
    };
    let name = match so_far.opened == so_far.contacted {
        true => "experts_opened",
        false => "experts_opening",
    };
    tender.record(ctx, name, Some(drawn.list_digest), None);
    Ok(so_far)
}

/// Only who was contacted is opened: the others were never drawn, and stay nobody.
fn must_be_contacted(
    ctx: &Context,
    tender: &Tender,
    drawn: &Draw,
    index: u32,
) -> Result<(), TenderError> {
    let number = tender.draws.to_string();
    let contacted = drawn.held.iter().any(|held| {
        let ranking = RANKINGS.get(ctx, &[&tender.tender, &number, &held.stratum]);
        let order = ranking.map(|one| one.order).unwrap_or_default();
        order
            .iter()
            .take(held.contacted as usize)
            .any(|one| *one == index)
    });
    match contacted {
        true => Ok(()),
        false => Err(TenderError::NotAMember(format!(
            "{index} was not contacted"
        ))),
    }
}

/// Entries that were opened, in order of their indices.
pub(crate) fn opened(ctx: &Context, tender: &Tender, limit: u32) -> Vec<OpenedExpert> {
    let number = tender.draws.to_string();
    let found = OPENED.scan(ctx, &[&tender.tender, &number], None, limit);
    found.into_iter().map(|(_, one)| one).collect()
}
