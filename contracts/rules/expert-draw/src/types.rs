//! What the rule takes and gives.

use domain::{Bilingual, Hex32};
use yilian_contract::prelude::*;

/// The entries of one stratum.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// 专业或地区 | speciality, venue, or both; at most 32 bytes
    pub stratum: String,
    /// 盲化名单项 | blinded entries, strictly ascending
    pub ids: Vec<Hex32>,
    /// 单位标签 | for each entry a blinded tag of its employer, if employers are to be recused
    pub organisations: Option<Vec<String>>,
}

/// Seats to be filled from one stratum.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Seats {
    /// 专业或地区 | the stratum
    pub stratum: String,
    /// 席位 | experts on the committee
    pub seats: u32,
    /// 候补 | experts held ready for those who decline
    pub substitutes: u32,
}

/// A frozen list, and what is to be drawn from it.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// 名单 | the groups, in strictly ascending order of strata
    pub groups: Vec<Group>,
    /// 回避 | recused entries, strictly ascending
    pub recusals: Vec<Hex32>,
    /// 回避单位 | recused employers' tags, strictly ascending
    pub recused_organisations: Vec<String>,
    /// 席位 | seats, in strictly ascending order of strata
    pub seats: Vec<Seats>,
    /// 招标人代表 | members whom the tenderer sends
    pub owner_representatives: u32,
    /// 招标人代表上限 | most members whom the tenderer may send, where the region sets one
    pub owner_representatives_max: Option<u32>,
    /// 最少人数 | least number of members: five, or what the profile asks
    pub committee_min: u32,
}

/// A list to be judged before it is frozen.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Feasible {
    /// 名单及席位 | the list and the seats
    pub list: List,
}

/// A frozen list and the seed.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// 抽取编号 | the draw, as the release was asked for
    pub draw_id: String,
    /// 种子 | the released seed
    pub seed: Hex32,
    /// 名单摘要 | digest of the list as it was frozen
    pub list_digest: Digest32,
    /// 名单及席位 | the list and the seats
    pub list: List,
}

/// The shape of a committee.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Committee {
    /// 专家 | experts
    pub experts: u32,
    /// 招标人代表 | members whom the tenderer sends
    pub owner_representatives: u32,
    /// 招标人代表上限 | most of them, where the region sets one
    pub owner_representatives_max: Option<u32>,
    /// 最少人数 | least number of members
    pub committee_min: u32,
}

/// The decision on a shape.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct CommitteeJudgement {
    /// 是否合法 | whether it is lawful
    pub lawful: bool,
    /// 成员人数 | members in all
    pub members: u32,
    /// 理由 | the reason
    pub reason: Bilingual,
    /// 法律依据 | the article it rests on
    pub law: String,
}

/// How one stratum stands.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// 专业或地区 | the stratum
    pub stratum: String,
    /// 名单项 | entries
    pub entries: u32,
    /// 可抽取 | entries not recused
    pub eligible: u32,
    /// 需要 | seats and substitutes
    pub needed: u32,
}

/// A list that can be drawn from.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Feasibility {
    /// 名单摘要 | digest of the groups
    pub list_digest: Digest32,
    /// 名单长度 | entries in all
    pub length: u32,
    /// 委员会人数 | members in all
    pub members: u32,
    /// 逐专业情况 | one per stratum of the list
    pub strata: Vec<Stratum>,
    /// 提示 | what is lawful but deserves a look
    pub warnings: Vec<Bilingual>,
}

/// The order of one stratum.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// 专业或地区 | the stratum
    pub stratum: String,
    /// 席位 | experts on the committee
    pub seats: u32,
    /// 候补 | experts held ready
    pub substitutes: u32,
    /// 顺序 | indices of all eligible entries, first to last
    pub order: Vec<u32>,
}

/// An expert to be invited.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// 专业或地区 | the stratum
    pub stratum: String,
    /// 序号 | index in the list
    pub index: u32,
    /// 盲化名单项 | the blinded entry
    pub id: Hex32,
}

/// The result of a draw.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct DrawResult {
    /// 名单摘要 | digest of the list drawn from
    pub list_digest: Digest32,
    /// 首批邀请 | the first of each order, as many as there are seats
    pub invited: Vec<Invited>,
    /// 抽取顺序 | the whole order of each stratum with seats
    pub orders: Vec<Order>,
}
