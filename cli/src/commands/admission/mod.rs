//! `yilian admission`: one-time keys under which bids are submitted, unlinkable to sender and section.

mod prepare;
mod publish;
mod token;

use clap::Subcommand;

pub(in crate::commands) use token::TokenFile;

use crate::answer::Answer;
use crate::context::{Context, Outcome};

/// Subcommands of `admission`.
#[derive(Debug, Subcommand)]
pub(crate) enum AdmissionCommand {
    /// 生成一批一次性密钥及其准入凭据 | Make a batch of one-time keys with their tokens
    Prepare(prepare::Prepare),
    /// 公布批次，使其密钥可用（交易系统或交易中心） | Publish a batch, so that its keys may be used (trading system or centre)
    Publish(publish::Publish),
}

impl AdmissionCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            AdmissionCommand::Prepare(args) => args.run(context),
            AdmissionCommand::Publish(args) => args.run(context),
        }
    }
}
