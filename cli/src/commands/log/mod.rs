//! `yilian log`

mod follow;
mod receipt;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::{Context, Outcome};

/// Subcommands of `log`.
#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// 持续核对日志只增不改；发现分叉或回退时保存凭据并以退出码 4 结束 | Check that the log only grows; on a fork or rollback keep the proof and end with exit code 4
    Follow(follow::FollowArgs),
    /// 导出一条记录的 COSE 凭据（RFC 9942），供 SCITT 通用工具验证 | Export a COSE receipt (RFC 9942) of a leaf, for tools of SCITT
    Receipt(receipt::ReceiptArgs),
}

impl LogCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            LogCommand::Follow(args) => args.run(context),
            LogCommand::Receipt(args) => args.run(context),
        }
    }
}
