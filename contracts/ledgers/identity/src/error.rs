//! What this ledger refuses.

use yilian_contract::prelude::*;

/// Refusals of the identity ledger.
#[derive(ContractError, Debug)]
pub enum IdentityError {
    /// The caller's organisation may not do this.
    #[error(
        code = 100,
        zh = "调用者无权办理此事项",
        en = "the caller may not do this"
    )]
    NotEntitled(String),
    /// Not 18 characters of the standard's alphabet.
    #[error(
        code = 101,
        zh = "统一社会信用代码格式不符",
        en = "not a unified social credit code",
        law = "GB 32100-2015"
    )]
    MalformedCode(String),
    /// The check character is wrong and nobody vouches for the code.
    #[error(
        code = 102,
        zh = "统一社会信用代码校验码不符，须由登记机构说明",
        en = "the code fails its check character: a registrar's attestation is needed",
        law = "GB 32100-2015"
    )]
    CheckCharacter(String),
    /// Registered before.
    #[error(
        code = 103,
        zh = "主体已登记",
        en = "the organisation is registered already"
    )]
    AlreadyRegistered(String),
    /// Not registered.
    #[error(
        code = 104,
        zh = "主体未登记",
        en = "the organisation is not registered"
    )]
    UnknownOrganisation(String),
    /// No such role.
    #[error(code = 105, zh = "角色不存在", en = "no such role")]
    UnknownRole(String),
    /// A role of public power, granted by someone who does not govern.
    #[error(
        code = 106,
        zh = "该角色只能由治理机构授予或撤除",
        en = "only governance grants or takes this role"
    )]
    RoleNotYoursToGrant(String),
    /// A text that is missing, too long, or holds control characters.
    #[error(code = 107, zh = "文本不符合要求", en = "a text does not fit")]
    MalformedText(String),
    /// Neither empty nor six digits.
    #[error(
        code = 108,
        zh = "行政区划代码格式不符",
        en = "not an administrative division code",
        law = "GB/T 2260"
    )]
    MalformedDivision(String),
    /// Suspended before.
    #[error(
        code = 109,
        zh = "主体已被暂停",
        en = "the organisation is suspended already"
    )]
    AlreadySuspended(String),
    /// Not suspended.
    #[error(
        code = 110,
        zh = "主体未被暂停",
        en = "the organisation is not suspended"
    )]
    NotSuspended(String),
    /// Not a key's text form.
    #[error(code = 111, zh = "公钥格式不符", en = "not a public key")]
    MalformedKey(String),
    /// Bound before, perhaps to another organisation, perhaps revoked.
    #[error(code = 112, zh = "密钥已绑定过", en = "the key was bound before")]
    KeyTaken(String),
    /// Never bound.
    #[error(code = 113, zh = "密钥未绑定", en = "the key is not bound")]
    UnknownKey(String),
    /// Revoked before.
    #[error(code = 114, zh = "密钥已吊销", en = "the key is revoked already")]
    AlreadyRevoked(String),
    /// No proof that the organisation holds the key, or a wrong one.
    #[error(
        code = 115,
        zh = "缺少持有该密钥的有效证明",
        en = "no valid proof that the organisation holds the key",
        law = "电子签名法 第十三条"
    )]
    NoProofOfPossession(String),
    /// It would leave nobody to govern the chain.
    #[error(
        code = 116,
        zh = "此操作将使链失去治理者",
        en = "this would leave nobody to govern the chain"
    )]
    LockOut(String),
    /// Not the name of a contract or method.
    #[error(
        code = 117,
        zh = "合约或方法名称不符",
        en = "not a contract's or method's name"
    )]
    MalformedName(String),
    /// A batch of one-time keys that cannot be admitted.
    #[error(
        code = 119,
        zh = "一次性公钥批次不符合要求",
        en = "a batch of one-time keys that cannot be admitted"
    )]
    BadBatch(String),
    /// No permission stands there.
    #[error(code = 118, zh = "该处未设权限", en = "no permission stands there")]
    UnknownPermission(String),
}
