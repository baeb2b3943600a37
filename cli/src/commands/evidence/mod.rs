//! `yilian evidence`

mod certificate;
mod export;
mod find;
mod media;
mod put;
mod question;

use clap::Subcommand;

use crate::answer::Answer;
use crate::context::{Context, Outcome};

pub(crate) use find::ask;

/// Name of the ledger.
const LEDGER: &str = "evidence";

/// Subcommands of `evidence`.
#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// 出具存证证明（网页与 PDF），供当事人与法院阅读 | Write a certificate for people, as HTML and PDF
    Certificate(certificate::CertificateArgs),
    /// 存证：只上链摘要，不上传文件 | Deposit evidence: the digest goes to the chain, the file stays here
    Put(Box<put::PutArgs>),
    /// 查询一条存证 | Look up a record
    Get(find::GetArgs),
    /// 列出存证 | List records
    List(find::ListArgs),
    /// 导出证据文件：可由任何人离线验证 | Export an evidence file that anybody verifies offline
    Export(Box<export::ExportArgs>),
}

impl EvidenceCommand {
    pub(crate) fn run(self, context: &Context) -> Outcome<Answer> {
        match self {
            EvidenceCommand::Put(args) => args.run(context),
            EvidenceCommand::Get(args) => args.run(context),
            EvidenceCommand::List(args) => args.run(context),
            EvidenceCommand::Certificate(args) => args.run(context),
            EvidenceCommand::Export(args) => args.run(context),
        }
    }
}
