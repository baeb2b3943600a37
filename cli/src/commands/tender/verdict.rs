//! How a section ends: candidates, award, failure, cancellation.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Reason, both, call};
use crate::answer::Answer;
use crate::call::SendOptions;
use crate::context::{Context, Outcome};
use crate::hashing::DigestOrFile;
use crate::money;

/// Arguments of `tender nominate`.
#[derive(Debug, Args)]
pub(crate) struct Nominate {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 候选人的统一社会信用代码，按名次，至多三个 | Codes of the candidates in their order, at most three
    #[arg(long = "candidate", value_name = "USCC", required = true)]
    candidates: Vec<String>,
    /// 评标报告：文件，或其摘要 | The evaluation report: a file, or its digest
    #[arg(long, value_name = "FILE|DIGEST")]
    report: DigestOrFile,
    #[command(flatten)]
    options: SendOptions,
}

impl Nominate {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({"tender": self.tender, "candidates": self.candidates,
            "report": self.report.resolve(context)?});
        call(context, "nominate", fields, &self.options)
    }
}

/// Arguments of `tender award`.
#[derive(Debug, Args)]
pub(crate) struct Award {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 中标人的统一社会信用代码 | Code of the winner
    #[arg(long, value_name = "USCC")]
    winner: String,
    /// 中标金额（元） | Amount in yuan
    #[arg(long, value_name = "CNY", value_parser = money::parse_yuan)]
    amount: u64,
    /// 中标通知书：文件，或其摘要 | The notice of award: a file, or its digest
    #[arg(long, value_name = "FILE|DIGEST")]
    notice: DigestOrFile,
    /// 未选第一候选人的理由 | Why the first candidate was not chosen
    #[arg(long, value_name = "TEXT")]
    skip_reason: Option<String>,
    #[command(flatten)]
    options: SendOptions,
}

impl Award {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({
            "tender": self.tender, "winner": self.winner, "amount_fen": self.amount,
            "notice": self.notice.resolve(context)?,
            "skip_reason": self.skip_reason.as_deref().map(|zh| both(zh, None)),
        });
        call(context, "award", fields, &self.options)
    }
}

/// Why a section fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ground {
    /// 投标人过少 | Too few bidders
    TooFewBidders,
    /// 否决所有投标 | All bids were rejected
    AllRejected,
    /// 缺乏竞争 | No competition
    NoCompetition,
    /// 其他 | Another ground
    Other,
}

impl Ground {
    const fn name(self) -> &'static str {
        match self {
            Ground::TooFewBidders => "too_few_bidders",
            Ground::AllRejected => "all_rejected",
            Ground::NoCompetition => "no_competition",
            Ground::Other => "other",
        }
    }
}

/// Arguments of `tender fail`.
#[derive(Debug, Args)]
pub(crate) struct Fail {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 流标情形 | Ground
    #[arg(long, value_enum)]
    ground: Ground,
    #[command(flatten)]
    reason: Reason,
    #[command(flatten)]
    options: SendOptions,
}

impl Fail {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({"tender": self.tender, "ground": self.ground.name(),
            "reason": self.reason.json()});
        call(context, "fail", fields, &self.options)
    }
}

/// Arguments of `tender cancel`.
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 终止公告：文件，或其摘要 | The notice of cancellation: a file, or its digest
    #[arg(long, value_name = "FILE|DIGEST")]
    notice: DigestOrFile,
    #[command(flatten)]
    reason: Reason,
    #[command(flatten)]
    options: SendOptions,
}

impl Cancel {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({"tender": self.tender, "notice": self.notice.resolve(context)?,
            "reason": self.reason.json()});
        call(context, "cancel", fields, &self.options)
    }
}
