//! What is kept of a tender, and where.

use domain::{Bilingual, Fen};
use yilian_contract::prelude::*;

use crate::clock;
use crate::error::TenderError;
use crate::profile::Profile;

/// How far a tender is.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// 已登记: known, not published.
    Registered,
    /// 已公告: published, bids are taken until the deadline.
    Published,
    /// 已截止: no bid is taken any more, those held are being revealed.
    Closed,
    /// 已开标: opened, under evaluation.
    Opened,
    /// 已公示: candidates are published.
    Nominated,
    /// 已定标: awarded.
    Awarded,
    /// 招标失败: to be tendered again.
    Failed,
    /// 已终止: ended by the tenderer.
    Cancelled,
}

/// A tender. What was pinned at publication stands apart, in [`Publication`].
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Tender {
    /// 统一交易标识码 | the unified transaction code
    pub tender: String,
    /// 项目名称 | title
    pub title: Bilingual,
    /// 招标人 | the tenderer
    pub tenderer: String,
    /// 招标代理机构 | its agency, if it has one
    pub agency: Option<String>,
    /// 状态 | how far it is
    pub status: Status,
    /// 是否演练 | whether it is an exercise
    pub exercise: bool,
    /// 投标截止时间 | the deadline in force, Unix time in ms
    pub deadline_ms: Option<u64>,
    /// 修改次数 | number of amendments
    pub amendments: u32,
    /// 招标文件链首 | head of the hash chain over documents and amendments
    pub head: Option<Digest32>,
    /// 开标情况 | from the close on
    pub opening: Option<Opening>,
    /// 抽取次数 | number of draws, void ones included
    pub draws: u32,
    /// 中标候选人 | once published
    pub nomination: Option<Nomination>,
    /// 中标结果 | once awarded
    pub award: Option<Award>,
    /// 终结 | once failed or cancelled
    pub end: Option<End>,
    /// 暂停 | while it is suspended
    pub suspension: Option<Suspension>,
    /// 步骤数 | entries of the timeline
    pub steps: u32,
}

/// An order that stops the clocks.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// 暂停时间 | since when, Unix time in ms
    pub since_ms: u64,
    /// 责令机关 | who ordered it
    pub by: String,
    /// 文书摘要 | digest of the order
    pub order: Digest32,
}

/// The time in which bidders give the keys of sealed bids.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// 开始 | from when, Unix time in ms
    pub from_ms: u64,
    /// 结束 | until when, Unix time in ms
    pub until_ms: u64,
    /// 外层门限签名 | what the centres released: it opens the outer layers
    pub opening_signature: String,
    /// 群公钥 | the key it verifies with
    pub group_key: String,
    /// 密钥公开时间 | when the inner keys could be read, Unix time in ms
    pub keys_from: Option<u64>,
    /// 内层门限签名 | what the centres released: it opens the keys that were given
    pub keys_signature: Option<String>,
}

/// What was pinned at publication.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// 公告时间 | when, Unix time in ms
    pub at_ms: u64,
    /// 公告摘要 | digest of the notice
    pub notice: Digest32,
    /// 招标文件摘要 | digest of the documents
    pub documents: Digest32,
    /// 招标文件发售截止 | until when the documents are given out, Unix time in ms
    pub offer_until_ms: u64,
    /// 评标办法摘要 | digest of the evaluation criteria
    pub criteria: Digest32,
    /// 最高投标限价 | price ceiling in fen, if there is one
    pub price_ceiling_fen: Option<Fen>,
    /// 投标文件保管单位 | organisation that holds the bid files and alone names them
    pub custodian: Option<String>,
    /// 参数集标识 | the profile's name
    pub profile_name: String,
    /// 参数 | the profile as it was then
    pub profile: Profile,
    /// 参数摘要 | digest of the profile
    pub profile_digest: Digest32,
    /// 规则 | code hashes of the rules as they were then
    pub rules: Rules,
}

/// The rules that judge a tender, by code hash.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// 投标截止时间判断 | deadline
    pub deadline: String,
    /// 投标文件一致性判断 | bid-consistency
    pub bid_consistency: String,
    /// 评标专家随机抽取 | expert-draw
    pub expert_draw: String,
}

/// How the opening stands.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// 截止登记时间 | when it was closed, Unix time in ms
    pub closed_ms: u64,
    /// 应有份数 | bids held, as the trading system declared; none until it did
    pub held: Option<u32>,
    /// 列明份数 | bids held that are named by their commitments
    pub listed: u32,
    /// 清单外份数 | bids revealed that were not on the list
    pub unlisted: u32,
    /// 揭示份数 | bids revealed
    pub revealed: u32,
    /// 揭示清单 | roots of the complete subtrees over the revealed commitments, in the order of revealing (RFC 9162)
    pub list: Vec<Digest32>,
    /// 有效份数 | bids opened
    pub opened: u32,
    /// 开标时间 | when it was opened, Unix time in ms
    pub opened_ms: Option<u64>,
    /// 差额说明 | why bids are missing or too many
    pub difference: Option<Bilingual>,
    /// 解密窗口 | of sealed bids, once their outer layers are open
    pub window: Option<Window>,
    /// 是否只能终结 | whether too few bid, so that it can only fail
    pub must_fail: bool,
}

/// The candidates.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Nomination {
    /// 公示开始 | when they were published, Unix time in ms
    pub at_ms: u64,
    /// 候选人 | bidders in order
    pub candidates: Vec<String>,
    /// 评标报告摘要 | digest of the committee's report
    pub report: Digest32,
    /// 最早定标时间 | earliest award, Unix time in ms
    pub award_from_ms: u64,
}

/// The award.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// 定标时间 | when, Unix time in ms
    pub at_ms: u64,
    /// 中标人 | the winner
    pub winner: String,
    /// 中标价 | price in fen
    pub amount_fen: Fen,
    /// 中标通知书摘要 | digest of the notice of award
    pub notice: Digest32,
    /// 未选第一名的理由 | why not the first candidate
    pub skip_reason: Option<Bilingual>,
}

/// Why a tender failed.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// 投标人少于法定人数.
    TooFewBidders,
    /// 所有投标被否决.
    AllRejected,
    /// 缺乏竞争.
    NoCompetition,
    /// 其他.
    Other,
}

/// An end without an award.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// 时间 | when, Unix time in ms
    pub at_ms: u64,
    /// 失败类别 | ground of a failure; none if the tenderer cancelled
    pub ground: Option<Ground>,
    /// 理由 | the reason
    pub reason: Bilingual,
    /// 公告摘要 | digest of the notice, if the tenderer cancelled
    pub notice: Option<Digest32>,
}

const TENDERS: Map<Tender> = Map::new("tender");
const PUBLICATIONS: Map<Publication> = Map::new("publication");

impl Tender {
    /// The tender of a code.
    pub(crate) fn load(ctx: &Context, code: &str) -> Result<Self, TenderError> {
        TENDERS
            .get(ctx, &[code])
            .ok_or_else(|| TenderError::NoSuchTender(format!("{code:?}")))
    }

    pub(crate) fn exists(ctx: &Context, code: &str) -> bool {
        TENDERS.contains(ctx, &[code])
    }

    pub(crate) fn save(&self, ctx: &mut Context) {
        TENDERS.set(ctx, &[&self.tender], self);
    }

    pub(crate) fn page(ctx: &Context, after: Option<&str>, limit: u32) -> Vec<Tender> {
        let found = TENDERS.scan(ctx, &[], after, limit);
        found.into_iter().map(|(_, tender)| tender).collect()
    }

    /// What was pinned. A tender past its registration has it.
    pub(crate) fn publication(&self, ctx: &Context) -> Result<Publication, TenderError> {
        PUBLICATIONS
            .get(ctx, &[&self.tender])
            .ok_or_else(|| TenderError::WrongStep("it is not published".to_owned()))
    }

    pub(crate) fn pin(&self, ctx: &mut Context, publication: &Publication) {
        PUBLICATIONS.set(ctx, &[&self.tender], publication);
    }

    /// The step is one of those that may be taken now.
    pub(crate) fn must_be(&self, allowed: &[Status]) -> Result<(), TenderError> {
        clock::must_run(self)?;
        if allowed.contains(&self.status) {
            return Ok(());
        }
        Err(TenderError::WrongStep(format!(
            "it is {:?}, the step needs {allowed:?}",
            self.status
        )))
    }

    /// The caller is the tenderer or its agency. Roles are the chain's to check; whose tender it is, the ledger's.
    pub(crate) fn must_be_own(&self, ctx: &Context) -> Result<(), TenderError> {
        let caller = &ctx.env().organisation;
        if *caller == self.tenderer || Some(caller) == self.agency.as_ref() {
            return Ok(());
        }
        Err(TenderError::NotTheTenderer(format!("{caller:?}")))
    }

    /// The deadline. A published tender has one.
    pub(crate) fn deadline(&self) -> Result<u64, TenderError> {
        self.deadline_ms
            .ok_or_else(|| TenderError::WrongStep("it has no deadline yet".to_owned()))
    }

    /// The opening, of a tender that was closed with enough bidders.
    pub(crate) fn opening(&mut self) -> Result<&mut Opening, TenderError> {
        let Some(opening) = &mut self.opening else {
            return Err(TenderError::WrongStep("it is not closed".to_owned()));
        };
        // 招标投标法实施条例 第四十四条: 投标人少于3个的，不得开标；招标人应当重新招标。
        if opening.must_fail {
            return Err(TenderError::TooFewBidders(format!(
                "held {}, revealed {}, opened {}",
                opening.held.unwrap_or(0),
                opening.revealed,
                opening.opened
            )));
        }
        Ok(opening)
    }
}
