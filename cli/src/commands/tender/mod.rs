//! `yilian tender`: one section from its registration to its award.
//!
//! Each subcommand is one method of the ledger `tender`. What is checked here is the form; what is lawful is decided by
//! the ledger and its rules.

mod bid;
mod draw;
mod manage;
mod opening;
mod sealed_bid;
mod suspension;
mod verdict;
mod views;

pub(super) use sealed_bid::{SealedBid, encode};

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::call::{self, SendOptions};
use crate::context::{Context, Outcome};

/// Name of the ledger.
pub(crate) const LEDGER: &str = "tender";

/// Subcommands of `tender`.
#[derive(Debug, Subcommand)]
pub(crate) enum TenderCommand {
    /// 设置规则配置（治理单位） | Set a profile of rules (governance)
    SetProfile(manage::SetProfile),
    /// 登记标段 | Register a section
    Register(manage::Register),
    /// 发布招标公告，锁定文件、评标办法与规则代码 | Publish: fixes documents, criteria and rule code
    Publish(manage::Publish),
    /// 澄清或修改招标文件 | Clarify or amend the documents
    Amend(manage::Amend),
    /// 递交投标：只上链承诺，不透露标段与投标人 | Submit a bid: only a commitment, naming neither section nor bidder
    Commit(bid::Commit),
    /// 撤回投标 | Withdraw a bid
    Withdraw(bid::Withdraw),
    /// 提交回执：证明投标何时递交 | Bring acknowledgements: they prove when a bid was submitted
    Acknowledge(bid::Acknowledge),
    /// 列明截止时持有的全部投标 | Name all bids that are held at the deadline
    Hold(opening::Hold),
    /// 揭示投标承诺 | Reveal commitments
    Reveal(opening::Reveal),
    /// 开标 | Open the bids
    Open(opening::Open),
    /// 核对投标文件一致性 | Check that bid files are those that were committed
    Consistency(opening::Consistency),
    /// 提交评标专家名单（盲） | Commit the list of experts, blinded
    Pool(draw::Pool),
    /// 抽取评标专家，并等待结果 | Draw the experts, and wait for the outcome
    Draw(draw::Draw),
    /// 抽中专家不能到场，依次递补 | An expert cannot come: the next one follows
    Decline(draw::Decline),
    /// 宣布抽取无效（须多方同意） | Declare a draw void (several must agree)
    VoidDraw(draw::VoidDraw),
    /// 公示中标候选人 | Name the candidates
    Nominate(verdict::Nominate),
    /// 定标 | Award
    Award(verdict::Award),
    /// 流标 | Declare the section failed
    Fail(verdict::Fail),
    /// 终止招标 | Cancel the section
    Cancel(verdict::Cancel),
    /// 责令暂停，各期限停止计算（监督部门） | Suspend: the clocks stop (supervising department)
    Suspend(suspension::Suspend),
    /// 恢复，各期限继续计算 | Resume: the clocks go on
    Resume(suspension::Resume),
    /// 显示标段 | Show a section
    Show(views::Section),
    /// 列出标段 | List the sections
    List(views::List),
    /// 列出已开启的投标 | List the opened bids
    Bids(views::Bids),
    /// 标段的全过程 | Everything that happened to a section
    Timeline(views::Timeline),
    /// 抽取记录 | The record of a draw
    DrawRecord(views::DrawRecord),
    /// 查询一份投标承诺 | Look a commitment up
    Sealed(views::Sealed),
    /// 显示规则配置 | Show a profile of rules
    Profile(views::Profile),
}

impl TenderCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            TenderCommand::SetProfile(args) => args.run(context),
            TenderCommand::Register(args) => args.run(context),
            TenderCommand::Publish(args) => args.run(context),
            TenderCommand::Amend(args) => args.run(context),
            TenderCommand::Commit(args) => args.run(context),
            TenderCommand::Withdraw(args) => args.run(context),
            TenderCommand::Acknowledge(args) => args.run(context),
            TenderCommand::Hold(args) => args.run(context),
            TenderCommand::Reveal(args) => args.run(context),
            TenderCommand::Open(args) => args.run(context),
            TenderCommand::Consistency(args) => args.run(context),
            TenderCommand::Pool(args) => args.run(context),
            TenderCommand::Draw(args) => args.run(context),
            TenderCommand::Decline(args) => args.run(context),
            TenderCommand::VoidDraw(args) => args.run(context),
            TenderCommand::Nominate(args) => args.run(context),
            TenderCommand::Award(args) => args.run(context),
            TenderCommand::Fail(args) => args.run(context),
            TenderCommand::Cancel(args) => args.run(context),
            TenderCommand::Suspend(args) => args.run(context),
            TenderCommand::Resume(args) => args.run(context),
            TenderCommand::Show(args) => args.run(context),
            TenderCommand::List(args) => args.run(context),
            TenderCommand::Bids(args) => args.run(context),
            TenderCommand::Timeline(args) => args.run(context),
            TenderCommand::DrawRecord(args) => args.run(context),
            TenderCommand::Sealed(args) => args.run(context),
            TenderCommand::Profile(args) => args.run(context),
        }
    }
}

/// A reason, in Chinese and perhaps in English.
#[derive(Debug, Args)]
pub(super) struct Reason {
    /// 理由 | Reason
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// 理由的英文 | The reason in English
    #[arg(long, value_name = "TEXT")]
    reason_en: Option<String>,
}

impl Reason {
    fn json(&self) -> Value {
        both(&self.reason, self.reason_en.as_deref())
    }
}

/// A text in two languages; without an English one the Chinese stands for both.
pub(super) fn both(zh: &str, en: Option<&str>) -> Value {
    json!({"zh": zh, "en": en.unwrap_or(zh)})
}

/// Arguments of a method; what is null is left out.
pub(crate) fn object(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
        _ => Map::new(),
    }
}

/// Calls a method of the ledger.
pub(super) fn call(
    context: &Context,
    method: &str,
    fields: Value,
    options: &SendOptions,
) -> Outcome<Answer> {
    call::call(context, (LEDGER, method), object(fields), options)
}

/// Reads a time of the command line.
pub(crate) fn time(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?}: 2026-12-01T09:30 | 2026-12-01T09:30+08:00 | ms");
    crate::show::parse_time(text).ok_or_else(wrong)
}
