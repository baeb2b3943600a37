//! `yilian ack`: validators' signed words on when they saw a submission (回执).

mod centres;
mod collect;
mod collecting;
mod missing;
mod verify;

pub(super) use collecting::{AskOptions, read};

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::{Context, Outcome};

/// Subcommands of `ack`.
#[derive(Debug, Subcommand)]
pub(crate) enum AckCommand {
    /// 再次取回执：同一递交已得的回执仍然有效 | Ask for more acknowledgements; those there are stay good
    Collect(collect::AckCollect),
    /// 离线核验回执：何时收到、哪些中心签收、有无中心自相矛盾 | Check acknowledgements offline: when it was received, by whom, and who contradicts himself
    Verify(verify::AckVerifyArgs),
    /// 离线证明：已出具回执的递交没有上链 | Prove offline that what was acknowledged never reached the chain
    Missing(missing::AckMissing),
}

impl AckCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            AckCommand::Collect(args) => args.run(context),
            AckCommand::Verify(args) => args.run(context),
            AckCommand::Missing(args) => args.run(context),
        }
    }
}
