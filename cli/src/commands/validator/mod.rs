//! `yilian validator`: centres join the running chain, leave it, and change their keys.

mod list;
mod prepare;
mod propose;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::{Context, Outcome};

/// Subcommands of `validator`.
#[derive(Debug, Subcommand)]
pub(crate) enum ValidatorCommand {
    /// 现任、候选中心与提案 | Centres in force, candidates and proposals
    List(list::ListArgs),
    /// 为新节点生成密钥、配置与登记卡 | Make key, configuration and card of a new node
    Prepare(prepare::PrepareArgs),
    /// 提案：接纳一个中心 | Propose to take a centre in
    Admit(propose::Admit),
    /// 提案：除名一个中心或候选 | Propose to dismiss a centre or candidate
    Remove(propose::Remove),
    /// 更换本中心的验证密钥；新节点运行后生效 | Change the own centre's validator key; it counts once the new node runs
    Rotate(propose::Rotate),
    /// 变更本中心节点的地址 | Change where the own centre's node is found
    Move(propose::Move),
    /// 赞成一项提案 | Approve of a proposal
    Approve(propose::Approve),
    /// 撤回本单位的提案 | Take an own proposal back
    Withdraw(propose::Withdraw),
}

impl ValidatorCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            ValidatorCommand::List(args) => args.run(context),
            ValidatorCommand::Prepare(args) => args.run(context),
            ValidatorCommand::Admit(args) => args.run(context),
            ValidatorCommand::Remove(args) => args.run(context),
            ValidatorCommand::Rotate(args) => args.run(context),
            ValidatorCommand::Move(args) => args.run(context),
            ValidatorCommand::Approve(args) => args.run(context),
            ValidatorCommand::Withdraw(args) => args.run(context),
        }
    }
}
