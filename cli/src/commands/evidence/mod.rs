//! `yilian evidence`

mod find;
mod media;
mod put;
mod verify;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::{Context, Outcome};

/// Name of the ledger.
const LEDGER: &str = "evidence";

/// Subcommands of `evidence`.
#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// 存证：只上链摘要，不上传文件 | Deposit evidence: the digest goes to the chain, the file stays here
    Put(Box<put::PutArgs>),
    /// 查询一条存证 | Look up a record
    Get(find::GetArgs),
    /// 列出存证 | List records
    List(find::ListArgs),
    /// 验证证据：离线，逐项列出所证事项 | Verify evidence: offline, naming what each step proves
    Verify(verify::VerifyArgs),
}

impl EvidenceCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            EvidenceCommand::Put(args) => args.run(context),
            EvidenceCommand::Get(args) => args.run(context),
            EvidenceCommand::List(args) => args.run(context),
            EvidenceCommand::Verify(args) => args.run(context),
        }
    }
}
