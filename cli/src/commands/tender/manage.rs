//! Before the deadline: register, publish, amend.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Reason, both, call, time};
use crate::answer::Answer;
use crate::call::SendOptions;
use crate::context::{Context, Outcome};
use crate::hashing::DigestOrFile;
use crate::money;

/// Arguments of `tender set-profile`.
#[derive(Debug, Args)]
pub(crate) struct SetProfile {
    /// 配置名 | Name of the profile
    name: String,
    /// 配置的 JSON 文件 | JSON file of the profile
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    options: SendOptions,
}

impl SetProfile {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let profile = context.read_json(&self.file)?;
        let fields = json!({"name": self.name, "profile": profile});
        call(context, "set_profile", fields, &self.options)
    }
}

/// Arguments of `tender register`.
#[derive(Debug, Args)]
pub(crate) struct Register {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 标段名称 | Title of the section
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// 标段名称的英文 | The title in English
    #[arg(long, value_name = "TEXT")]
    title_en: Option<String>,
    /// 招标人的统一社会信用代码 | Code of the tenderer
    #[arg(long, value_name = "USCC")]
    tenderer: String,
    /// 招标代理机构的统一社会信用代码 | Code of the agency
    #[arg(long, value_name = "USCC")]
    agency: Option<String>,
    /// 标识码校验位有误但确属合法编制时，出具证明的单位代码 | Who attests an identifier that was lawfully issued with a wrong check character
    #[arg(long, value_name = "USCC")]
    attested_by: Option<String>,
    #[command(flatten)]
    options: SendOptions,
}

impl Register {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({
            "tender": self.tender, "title": both(&self.title, self.title_en.as_deref()),
            "tenderer": self.tenderer, "agency": self.agency,
            "attested_by": self.attested_by,
        });
        call(context, "register", fields, &self.options)
    }
}

/// Arguments of `tender publish`.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 规则配置：statutory 为法定 | Profile of rules: statutory is the law's
    #[arg(long, default_value = "statutory")]
    profile: String,
    /// 招标公告：文件，或其摘要 sha256:… | The notice: a file, or its digest sha256:…
    #[arg(long, value_name = "FILE|DIGEST")]
    notice: DigestOrFile,
    /// 招标文件：文件，或其摘要 | The documents: a file, or its digest
    #[arg(long, value_name = "FILE|DIGEST")]
    documents: DigestOrFile,
    /// 评标办法：文件，或其摘要 | The criteria: a file, or its digest
    #[arg(long, value_name = "FILE|DIGEST")]
    criteria: DigestOrFile,
    /// 投标截止时间，北京时间，如 2026-12-01T09:30 | Deadline for bids, Beijing time, as 2026-12-01T09:30
    #[arg(long, value_name = "TIME", value_parser = time)]
    deadline: u64,
    /// 招标文件发售截止；不给出即至投标截止 | Until when documents are given out; until the deadline if left out
    #[arg(long, value_name = "TIME", value_parser = time)]
    offer_until: Option<u64>,
    /// 资格预审申请截止（如有） | Until when applications to prequalify are taken, if there are any
    #[arg(long, value_name = "TIME", value_parser = time)]
    prequalification_until: Option<u64>,
    /// 投标文件保管单位：只有它可以列明持有的投标；不给出即任一交易系统或中心 | Who holds the bid files and alone names them; any trading system or centre if left out
    #[arg(long, value_name = "USCC")]
    custodian: Option<String>,
    /// 最高投标限价（元） | Price ceiling in yuan
    #[arg(long, value_name = "CNY", value_parser = money::parse_yuan)]
    ceiling: Option<u64>,
    #[command(flatten)]
    options: SendOptions,
}

impl Publish {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({
            "tender": self.tender, "profile": self.profile,
            "notice": self.notice.resolve(context)?,
            "documents": self.documents.resolve(context)?,
            "criteria": self.criteria.resolve(context)?,
            "deadline_ms": self.deadline, "price_ceiling_fen": self.ceiling,
            "custodian": self.custodian,
            "offer_until_ms": self.offer_until,
            "prequalification_until_ms": self.prequalification_until,
        });
        call(context, "publish", fields, &self.options)
    }
}

/// Arguments of `tender amend`.
#[derive(Debug, Args)]
pub(crate) struct Amend {
    /// 统一交易标识码 | Unified identifier of the section
    tender: String,
    /// 澄清或修改的文件，或其摘要 | The amendment: a file, or its digest
    #[arg(long, value_name = "FILE|DIGEST")]
    document: DigestOrFile,
    /// 内容可能影响投标文件编制 | It may affect how bids are made
    #[arg(long)]
    affects_bids: bool,
    /// 新的投标截止时间 | New deadline for bids
    #[arg(long, value_name = "TIME", value_parser = time)]
    deadline: Option<u64>,
    #[command(flatten)]
    reason: Reason,
    #[command(flatten)]
    options: SendOptions,
}

impl Amend {
    pub(super) fn run(self, context: &Context) -> Outcome<Answer> {
        let fields = json!({
            "tender": self.tender, "document": self.document.resolve(context)?,
            "affects_bids": self.affects_bids, "deadline_ms": self.deadline,
            "reason": self.reason.json(),
        });
        call(context, "amend", fields, &self.options)
    }
}
