//! Order a blinded list of experts by a released seed.
//!
//! The operator of the expert pool freezes a list of blinded entries, grouped by stratum (speciality, venue), with its
//! recusals and seats. A seed that nobody could foresee is released later. Then
//!
//! ```text
//! rank(index)  = HMAC-SHA-256( key = seed,
//!                "YILIAN/expert-rank/v1" ‖ 0x00 ‖ part(draw id) ‖ part(index as 8 bytes) ‖ part(entry) )
//! list digest  = SHA-256( "YILIAN/expert-list/v1" ‖ 0x00 ‖ for each group: part(stratum) ‖ part(entries)
//!                ‖ part(organisation tags with a line feed after each) )
//! entry        = SHA-256( "YILIAN/expert-entry/v1" ‖ 0x00 ‖ part(draw id) ‖ part(expert) ‖ part(nonce) )
//! part(x)      = length of x as 4 bytes, most significant first ‖ x
//! ```
//!
//! and each stratum, less those recused, is put in ascending order of rank. The first are invited; who declines is
//! followed by the next in order. There is no second draw over the same list. The index counts through all groups from
//! zero. Groups stand in ascending order of their strata and entries in ascending order within, so that a set of
//! experts has one list and nobody can try orders; and since each rank depends on its own entry alone, recusing one
//! expert moves no other.
//!
//! Names never come here: an entry is a salted digest. After the award the operator opens those contacted, and anyone
//! runs the rule again.
//!
//! Sources: 招标投标法 37; 招标投标法实施条例 46, 47, 48.

mod committee;
mod draw;
mod list;
mod types;

pub use draw::rank;
pub use list::{blinded_entry, list_digest};
pub use types::{
    Committee, CommitteeJudgement, Draw, DrawResult, Feasibility, Feasible, Group, Invited, List,
    Order, Seats, Stratum,
};

use yilian_contract::prelude::*;

/// Most entries of a list. Their JSON keeps within the arguments of one call.
pub const ENTRIES_MAX: usize = 10_000;
/// Most entries of a list with organisation tags, which take room of their own.
pub const TAGGED_ENTRIES_MAX: usize = 7_500;
/// Most strata.
pub const STRATA_MAX: usize = 64;
/// Longest name of a stratum and longest organisation tag, in bytes.
pub const NAME_BYTES_MAX: usize = 32;

/// What cannot be drawn.
#[derive(ContractError)]
pub enum DrawError {
    /// More than one call holds.
    #[error(code = 141, zh = "名单或清单过长", en = "a list is too long")]
    TooLong(String),
    /// Not in canonical form.
    #[error(
        code = 142,
        zh = "名单未按规范排列",
        en = "the list is not in its one order"
    )]
    NotOrdered(String),
    /// One expert twice.
    #[error(
        code = 143,
        zh = "同一名单项重复",
        en = "an entry stands twice",
        law = "招标投标法实施条例 第四十六条"
    )]
    DuplicateEntry(String),
    /// A recusal of nobody on the list.
    #[error(
        code = 144,
        zh = "回避对象不在名单中",
        en = "a recusal names nobody on the list",
        law = "招标投标法 第三十七条"
    )]
    UnknownRecusal(String),
    /// Seats for a stratum that the list does not have, or twice.
    #[error(
        code = 145,
        zh = "席位所属专业与名单不符",
        en = "the seats do not fit the strata of the list"
    )]
    SeatsMismatch(String),
    /// An unlawful committee.
    #[error(
        code = 146,
        zh = "评标委员会组成不合法",
        en = "the committee's shape is unlawful",
        law = "招标投标法 第三十七条"
    )]
    CommitteeShape(String),
    /// Too few experts for a draw.
    #[error(
        code = 147,
        zh = "回避后可抽取专家不足",
        en = "too few experts are left after recusals",
        law = "招标投标法 第三十七条；招标投标法实施条例 第四十六条"
    )]
    TooFewEligible(String),
    /// Another list than the one frozen.
    #[error(
        code = 148,
        zh = "名单摘要与所封存的不符",
        en = "the list is not the one that was frozen",
        law = "招标投标法 第三十七条；招标投标法实施条例 第四十六条"
    )]
    OtherList(String),
}

/// The rule.
pub struct ExpertDraw;

#[rule(
    name = "expert-draw",
    version = "1.0.0",
    zh = "评标专家随机抽取",
    en = "Random draw of experts"
)]
impl ExpertDraw {
    /// zh: 判定评标委员会组成 | en: Judge the shape of a committee
    pub fn committee(input: Committee) -> Result<CommitteeJudgement, DrawError> {
        Ok(committee::judge(&input))
    }

    /// zh: 封存名单时判定能否抽取 | en: Judge at freezing whether a list can be drawn from
    pub fn feasible(input: Feasible) -> Result<Feasibility, DrawError> {
        list::feasible(&input.list)
    }

    /// zh: 按已释放的种子抽取 | en: Draw by a released seed
    pub fn draw(input: Draw) -> Result<DrawResult, DrawError> {
        draw::draw(&input)
    }
}
