//! Draw lots from a frozen list, by a seed that comes later.
//!
//! Whoever draws lots announces list, number and time. The list is frozen at once and public; at its time the chain itself
//! asks for the release, nobody starts or stops it; in the block of the release rule lottery-order gives the order. A
//! lottery is drawn once: its identity is its name and number. A void needs a supervisor's reason, stays visible, and only
//! then may the list be announced anew, under the next number.
//!
//! Sources: 招标投标法 5 (公开、公平、公正); 政府采购法实施条例 18; the fields of BID_OPEN_DETAIL of the national data model.

mod lot;

#[cfg(test)]
mod tests;

pub use lot::{Announce, Announced, AskLottery, Kind, Lottery as Record, Status, Void};

use yilian_contract::prelude::*;

/// What is refused.
#[derive(ContractError)]
pub enum LotteryError {
    /// The rule could not judge its input.
    #[error(transparent)]
    Rule(Refusal),
    /// No lottery of that name.
    #[error(code = 401, zh = "没有这次抽签", en = "there is no such lottery")]
    NoSuchLottery(String),
    /// One is in force.
    #[error(
        code = 402,
        zh = "已有有效抽签，不得重抽",
        en = "a lottery of this name is in force: there is no second draw"
    )]
    InForce(String),
    /// A malformed name, text or time.
    #[error(
        code = 403,
        zh = "名称、文本或时间不符合要求",
        en = "a name, text or time that cannot be"
    )]
    Malformed(String),
    /// Only the chain calls this.
    #[error(
        code = 404,
        zh = "只有链自身可以办理",
        en = "only the chain itself may do this"
    )]
    NotTheChain,
    /// A step out of order.
    #[error(
        code = 405,
        zh = "当前阶段不能办理",
        en = "this step does not follow the lottery's state"
    )]
    WrongStep(String),
    /// The rule is not deployed.
    #[error(
        code = 406,
        zh = "链上缺少所需规则合约",
        en = "a rule that is needed is not on the chain"
    )]
    RuleMissing,
}

/// The ledger.
pub struct Lottery;

#[ledger(name = "lottery", version = "1.0.0", zh = "公开抽签", en = "Lotteries")]
impl Lottery {
    /// zh: 公布抽签清单与时间 | en: Announce a lottery: its list is frozen
    pub fn announce(ctx: &mut Context, args: Announce) -> Result<Announced, LotteryError> {
        lot::announce(ctx, args)
    }

    /// zh: 到时抽签（仅链自身） | en: Draw when the time has come (the chain alone)
    pub fn on_time(ctx: &mut Context, due: Due) -> Result<(), LotteryError> {
        lot::on_time(ctx, &due)
    }

    /// zh: 送达随机数（仅链自身） | en: Deliver the randomness (the chain alone)
    pub fn on_release(ctx: &mut Context, release: Release) -> Result<(), LotteryError> {
        lot::on_release(ctx, &release)
    }

    /// zh: 作废（监督部门） | en: Void a lottery (supervising department)
    pub fn void(ctx: &mut Context, args: Void) -> Result<Record, LotteryError> {
        lot::void(ctx, args)
    }

    /// zh: 查询抽签 | en: Get a lottery
    #[view]
    pub fn get(ctx: &Context, args: AskLottery) -> Result<Record, LotteryError> {
        lot::get(ctx, &args)
    }
}
