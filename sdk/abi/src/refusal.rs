//! A contract's typed "no".

use serde::{Deserialize, Serialize};

/// First code that contracts may use for their own refusals.
pub const OWN_CODES_FROM: u32 = 100;
/// Longest name of a refusal in bytes.
pub const NAME_BYTES_MAX: usize = 64;

/// The reason why a contract, or the chain in front of it, refused a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractRefusal {
    /// Code: below 100 the chain's, from 100 the contract's own.
    pub code: u32,
    /// Stable name of the code.
    pub name: String,
    /// The reason in Chinese.
    pub zh: String,
    /// The reason in English.
    pub en: String,
    /// Article of law; empty if none.
    #[serde(default)]
    pub law: String,
    /// What exactly was wrong in this call; may be empty.
    #[serde(default)]
    pub detail: String,
}

impl ContractRefusal {
    /// A refusal by the chain itself.
    pub fn reserved(reserved: Reserved, detail: impl Into<String>) -> Self {
        let (name, zh, en) = reserved.texts();
        ContractRefusal {
            code: reserved as u32,
            name: name.to_owned(),
            zh: zh.to_owned(),
            en: en.to_owned(),
            law: String::new(),
            detail: detail.into(),
        }
    }

    /// One text for the receipt: both languages, law and detail.
    pub fn message(&self) -> String {
        let mut text = format!("{} / {}", self.zh, self.en);
        if !self.law.is_empty() {
            text.push_str(&format!("（{}）", self.law));
        }
        if !self.detail.is_empty() {
            text.push_str(&format!(": {}", self.detail));
        }
        text
    }
}

/// Codes of the chain itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Reserved {
    /// The arguments are not what the method takes.
    BadArguments = 1,
    /// No contract of that name.
    UnknownContract = 2,
    /// The contract has no such method.
    UnknownMethod = 3,
    /// The sender's key is bound to no organisation.
    UnknownSender = 4,
    /// The organisation may not call the method.
    Forbidden = 5,
    /// The sender's key was revoked.
    KeyRevoked = 6,
    /// The sender's organisation is suspended.
    OrganisationSuspended = 7,
    /// A rule was asked for and the code is a ledger.
    NotARule = 8,
    /// `valid_until_ms` had passed at the time of the block.
    ExpiredAtExecution = 9,
    /// A ledger was asked for and the code is a rule.
    NotALedger = 10,
    /// A query called a method that changes state.
    ViewOnly = 11,
}

impl Reserved {
    /// Stable name, Chinese and English text.
    pub const fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Reserved::BadArguments => ("BadArguments", "参数错误", "bad arguments"),
            Reserved::UnknownContract => ("UnknownContract", "合约不存在", "unknown contract"),
            Reserved::UnknownMethod => ("UnknownMethod", "方法不存在", "unknown method"),
            Reserved::UnknownSender => ("UnknownSender", "发送者密钥未登记", "unknown sender key"),
            Reserved::Forbidden => ("Forbidden", "无权调用此方法", "method not permitted"),
            Reserved::KeyRevoked => ("KeyRevoked", "密钥已吊销", "key revoked"),
            Reserved::OrganisationSuspended => (
                "OrganisationSuspended",
                "机构已停用",
                "organisation suspended",
            ),
            Reserved::NotARule => ("NotARule", "不是规则合约", "not a rule"),
            Reserved::ExpiredAtExecution => (
                "ExpiredAtExecution",
                "出块时交易已过有效期",
                "expired when its block was made",
            ),
            Reserved::NotALedger => ("NotALedger", "不是账本合约", "not a ledger"),
            Reserved::ViewOnly => (
                "ViewOnly",
                "查询不得修改状态",
                "a query may not change state",
            ),
        }
    }
}
