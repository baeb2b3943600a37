//! What this ledger refuses.

use yilian_contract::prelude::*;

/// Refusals of the evidence ledger.
#[derive(ContractError, Debug)]
pub enum EvidenceError {
    /// The caller belongs to no organisation.
    #[error(
        code = 100,
        zh = "存证主体不明",
        en = "the depositor belongs to no organisation",
        law = "最高人民法院关于互联网法院审理案件若干问题的规定 第十一条"
    )]
    NoDepositor,
    /// A code of another form.
    #[error(code = 101, zh = "代码格式不符", en = "a code does not fit")]
    MalformedCode(String),
    /// The section's code fails its check character.
    #[error(
        code = 102,
        zh = "统一交易标识码校验码不符",
        en = "the unified transaction code fails its check character",
        law = "GB/T 17710"
    )]
    CheckCharacter(String),
    /// Neither section, nor project, nor blinded reference.
    #[error(
        code = 103,
        zh = "未指明所属标段、项目或盲化引用",
        en = "names no section, project or blinded reference"
    )]
    NoMatter,
    /// A blinded reference beside what it hides.
    #[error(
        code = 104,
        zh = "盲化引用不得与标段或项目编号同时给出",
        en = "a blinded reference beside the section or project that it hides",
        law = "招标投标法 第二十二条"
    )]
    NotBlind,
    /// The subject is no unified social credit code.
    #[error(
        code = 105,
        zh = "证据主体的统一社会信用代码格式不符",
        en = "the subject is no unified social credit code",
        law = "GB 32100-2015"
    )]
    MalformedSubject(String),
    /// A digest of another form.
    #[error(code = 106, zh = "摘要格式不符", en = "a digest does not fit")]
    MalformedDigest(String),
    /// A file of no bytes.
    #[error(code = 107, zh = "文件大小为零", en = "the file has no bytes")]
    EmptyFile,
    /// No media type.
    #[error(code = 108, zh = "媒体类型格式不符", en = "not a media type")]
    MalformedMediaType(String),
    /// Made after it came here.
    #[error(
        code = 109,
        zh = "生成时间晚于上链时间",
        en = "made later than now",
        law = "电子签名法 第八条"
    )]
    MadeInFuture(String),
    /// More entries than a record may have.
    #[error(code = 110, zh = "条目过多", en = "too many entries")]
    TooMany(String),
    /// A reference to a record that is not there.
    #[error(
        code = 111,
        zh = "引用的存证不存在",
        en = "refers to a record that is not there"
    )]
    UnknownReference(String),
    /// Shorter than the law allows.
    #[error(
        code = 112,
        zh = "政府采购文件保存期限不得少于十五年",
        en = "procurement files are kept for fifteen years at least",
        law = "政府采购法 第四十二条"
    )]
    RetentionTooShort(String),
    /// Personal data for everybody to see.
    #[error(
        code = 113,
        zh = "含个人信息的文件不得设为公开",
        en = "a file with personal data may not be public"
    )]
    PersonalDataPublic,
    /// The same organisation deposited the same before.
    #[error(code = 114, zh = "重复存证", en = "deposited before")]
    Duplicate(String),
    /// An empty batch, or too large a one.
    #[error(
        code = 115,
        zh = "批量条数不符",
        en = "the batch has no records or too many"
    )]
    BatchSize(String),
    /// Not a number that this ledger gives.
    #[error(code = 116, zh = "存证编号有误", en = "not an evidence number")]
    MalformedNumber(String),
    /// No such record.
    #[error(code = 117, zh = "存证不存在", en = "no such record")]
    UnknownRecord(String),
    /// Superseded before.
    #[error(
        code = 118,
        zh = "该存证已被更正",
        en = "the record is superseded already"
    )]
    AlreadySuperseded(String),
    /// Another organisation's record.
    #[error(
        code = 119,
        zh = "只能更正本单位的存证",
        en = "an organisation supersedes its own records only"
    )]
    NotYours(String),
    /// Another kind or matter than the record to be superseded.
    #[error(
        code = 120,
        zh = "更正前后的种类、标段、项目须一致",
        en = "a new version keeps kind, section and project"
    )]
    AnotherMatter(String),
    /// A list needs exactly one thing to go by.
    #[error(
        code = 121,
        zh = "须且只能按标段、项目、种类、摘要前缀之一查询",
        en = "list by exactly one of section, project, kind and digest prefix"
    )]
    OneFilter,
    /// What one item of a batch was refused for.
    #[error(transparent)]
    Item(Refusal),
}
