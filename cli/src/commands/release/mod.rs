//! `yilian release`: what t of n centres release together.

mod ceremony;
mod status;
mod verify;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::{Context, Outcome};

/// Subcommands of `release`.
#[derive(Debug, Subcommand)]
pub(crate) enum ReleaseCommand {
    /// 谁持有密钥份额、仪式进展、等待中的释放及尚未出份额的中心 | Who holds shares, how a ceremony stands, what waits and for whom
    Status(status::ReleaseStatusArgs),
    /// 链外密钥仪式：链开始之前，各中心以文件生成门限密钥 | Ceremony by files: centres make their key before the chain begins
    #[command(subcommand)]
    Ceremony(ceremony::CeremonyCommand),
    /// 离线核验一次释放：签名出自该群，种子由它得出 | Check a release offline: the group signed it, and the seed follows from it
    Verify(verify::ReleaseVerifyArgs),
}

impl ReleaseCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            ReleaseCommand::Status(args) => args.run(context),
            ReleaseCommand::Ceremony(command) => command.run(context),
            ReleaseCommand::Verify(args) => args.run(context),
        }
    }
}
