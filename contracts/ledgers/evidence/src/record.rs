//! The fields of an evidence record.

use yilian_contract::prelude::*;

/// What is deposited. Codes are 1 to 64 of `A-Z a-z 0-9 . _ : / + -`.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// 证据种类 | kind, with the list that its code is from
    pub kind: CodedValue,
    /// 标段（包）统一交易标识码 | code of the section
    pub tender: Option<String>,
    /// 招标项目编号 | code of the project
    pub project: Option<String>,
    /// 盲化引用 | in place of section and project while these must not be known
    pub blind_ref: Option<Digest32>,
    /// 交易阶段 | stage of the transaction
    pub stage: Stage,
    /// 证据主体 | unified social credit code of the organisation whose act is evidenced
    pub subject: String,
    /// 摘要 | digests of the file
    pub digests: Digests,
    /// 文件大小 | size in bytes
    pub size: u64,
    /// 媒体类型 | media type, as `application/pdf`
    pub media_type: String,
    /// 规范化方法 | code of how the content was brought into the form that was hashed
    pub canonicalisation: Option<String>,
    /// 来源 | where it comes from
    pub source: Source,
    /// 生成时间 | when it was made
    pub generated: Generated,
    /// 签名人 | certificates that signed the file
    pub signers: Vec<Signer>,
    /// 判定规则 | the rule it was decided by
    pub rule: Option<RuleUsed>,
    /// 引用的存证 | numbers of earlier records
    pub references: Vec<String>,
    /// 保存期限 | how long the file is kept
    pub retention: Retention,
    /// 可见范围 | who may see the file
    pub visibility: Visibility,
    /// 是否含个人信息 | whether the file holds personal data
    pub personal_data: bool,
}

/// A code and the list it is from: the same code means different things in different lists.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct CodedValue {
    /// 代码表 | list
    pub list: String,
    /// 代码 | code
    pub code: String,
}

/// Where in a transaction's life the evidence belongs.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Project and section are registered.
    Registration,
    /// Notice and documents are published.
    Publication,
    /// Bids are handed in.
    Submission,
    /// Bids are opened.
    Opening,
    /// Bids are evaluated.
    Evaluation,
    /// The award is made.
    Award,
    /// The agreement is concluded.
    Agreement,
    /// The agreement is performed.
    Performance,
    /// Objection, challenge or complaint.
    Dispute,
    /// Archiving.
    Archive,
}

/// Digests of one file.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    /// SHA-256 摘要 | by SHA-256
    pub sha256: Digest32,
    /// SM3 摘要 | by SM3 (GB/T 32905-2016), `sm3:<64 hex>`
    pub sm3: Option<String>,
}

/// Where evidence comes from, for the time before it was on the chain.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// 系统标识码 | code of the system
    pub system: String,
    /// 模块 | module that made it
    pub module: String,
    /// 版本 | the module's version
    pub version: String,
    /// 程序摘要 | digest of the module's build
    pub build: Option<Digest32>,
    /// 环境证明摘要 | digest of an attestation of host and environment
    pub environment: Option<Digest32>,
    /// 采集方式 | how it was collected
    pub collection: Collection,
    /// 操作岗位 | code of the operator's function; never a person
    pub operator_role: String,
}

/// How evidence was collected.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collection {
    /// By the system itself, in the ordinary course of business.
    Automatic,
    /// Taken over from another system.
    Exchange,
    /// Uploaded by a person.
    Upload,
    /// Scanned from paper.
    Scan,
    /// Recorded by a device.
    Recording,
}

/// When evidence was made, by the source's clock.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// 时间 | Unix time in ms
    pub time_ms: u64,
    /// 时钟质量 | quality of that clock
    pub clock: Clock,
}

/// How far a clock can be trusted.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// A time stamp of a licensed authority.
    Timestamp,
    /// Synchronised to the national standard time.
    Synchronised,
    /// Not synchronised.
    Free,
}

/// A certificate that signed the file.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// 证书摘要 | digest of the certificate
    pub certificate: Digest32,
    /// 电子认证机构 | code of the authority that issued it
    pub authority: String,
    /// 状态证明摘要 | digest of the CRL or OCSP answer of that time
    pub status: Option<Digest32>,
}

/// The rule that a decision followed.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct RuleUsed {
    /// 规则代码摘要 | code hash
    pub code_hash: Digest32,
    /// 参数方案 | code of the parameter profile
    pub profile: Option<String>,
}

/// How long the file is kept.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// For ever.
    Permanent,
    /// For a number of years.
    Years(u16),
}

/// Who may see the file itself. The record is public to the chain.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// The parties of the transaction.
    Parties,
    /// Supervision and courts.
    Supervision,
    /// Nobody before it is opened.
    Sealed,
}

/// A record as it is kept.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// 存证编号 | evidence number
    pub number: String,
    /// 存证内容 | what was deposited
    pub evidence: Deposit,
    /// 存证单位 | code of the organisation that deposited it
    pub depositor: String,
    /// 存证密钥 | key that signed the transaction
    pub key: String,
    /// 上链时间 | block time, Unix time in ms
    pub chain_time_ms: u64,
    /// 区块高度 | height
    pub height: u64,
    /// 交易标识 | id of the transaction
    pub tx_id: String,
    /// 日志序号 | index of the receipt in the log
    pub log_index: u64,
    /// 版本 | 1 for a first record
    pub version: u32,
    /// 首个版本 | number of the first version
    pub first: String,
    /// 更正自 | the record that this one supersedes
    pub supersedes: Option<Supersession>,
    /// 更正为 | number of the record that supersedes this one
    pub superseded_by: Option<String>,
}

/// Which record was superseded and why.
#[derive(Json, Clone, Debug, PartialEq, Eq)]
pub struct Supersession {
    /// 原存证编号 | number of the earlier record
    pub number: String,
    /// 原因 | reason
    pub reason: SupersedeReason,
    /// 说明文件摘要 | digest of a document that explains it
    pub explanation: Option<Digest32>,
}

/// Why a record is superseded.
#[derive(Json, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupersedeReason {
    /// The earlier one was wrong.
    Correction,
    /// The earlier one was incomplete.
    Completion,
    /// The document was lawfully changed.
    Amendment,
    /// A supervisor ordered it.
    SupervisorOrder,
    /// A court ordered it.
    CourtOrder,
}
