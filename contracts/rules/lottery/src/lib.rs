//! Put a public list in an order that a seed gives.
//!
//! One primitive for all lots of the trade: benchmark coefficients (基准价系数), agencies (中介机构), invited suppliers, groups and
//! packages of a remote evaluation (三随机), seats. The list is frozen first; a seed that nobody could foresee is released
//! later; then
//!
//! ```text
//! rank(index)    = HMAC-SHA-256( key = seed,
//!                  "YILIAN/lottery-rank/v1" ‖ 0x00 ‖ part(lottery id) ‖ part(index as 8 bytes) ‖ part(entry) )
//! entries digest = SHA-256( "YILIAN/lottery-entries/v1" ‖ 0x00 ‖ part(entry) for each )
//! part(x)        = length of x as 4 bytes, most significant first ‖ x
//! ```
//!
//! and the entries are put in ascending order of rank. The first `take` are drawn; the i-th of them gets slot i modulo the
//! number of slots: one slot for a coefficient or an agency, as many as there are groups or seats for those. Who does not serve is
//! followed by the next in order. There is no second draw over the same list.
//!
//! Experts, whose names are secret, are drawn by rule expert-draw from a blinded list in the same way.

mod order;

pub use order::{Allotted, Draw, DrawResult, Feasibility, Lots, entries_digest, rank};

use yilian_contract::prelude::*;

/// Most entries of a list, and most slots.
pub const ENTRIES_MAX: usize = 2_000;
/// Longest entry or slot in bytes.
pub const ENTRY_BYTES_MAX: usize = 128;

/// What cannot be drawn.
#[derive(ContractError)]
pub enum LotteryError {
    /// An empty or too long list, entry or slot.
    #[error(code = 161, zh = "清单为空或过长", en = "a list is empty or too long")]
    BadList(String),
    /// Not in the one order of a list.
    #[error(
        code = 162,
        zh = "清单未按规范排列或有重复",
        en = "the list is not in strictly ascending order"
    )]
    NotOrdered(String),
    /// More to be taken than there are.
    #[error(
        code = 163,
        zh = "拟抽取数超过清单长度",
        en = "more are to be drawn than there are"
    )]
    TooFew(String),
    /// Another list than the one frozen.
    #[error(
        code = 164,
        zh = "清单摘要与所封存的不符",
        en = "the list is not the one that was frozen"
    )]
    OtherList(String),
}

/// The rule.
pub struct LotteryOrder;

#[rule(
    name = "lottery-order",
    version = "1.0.0",
    zh = "公开清单随机排序",
    en = "Random order of a public list"
)]
impl LotteryOrder {
    /// zh: 封存清单时判定能否抽取 | en: Judge at freezing whether a list can be drawn from
    pub fn feasible(input: Lots) -> Result<Feasibility, LotteryError> {
        order::feasible(&input)
    }

    /// zh: 按已释放的种子抽取 | en: Draw by a released seed
    pub fn draw(input: Draw) -> Result<DrawResult, LotteryError> {
        order::draw(&input)
    }
}
