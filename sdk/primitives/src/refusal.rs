//! Why bytes from outside were not taken.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Stable code of a refusal at the border, before any block. The number stands in API errors as `YL-1nnn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u16)]
pub enum RefusalCode {
    /// The envelope is not DSSE JSON of the expected form.
    MalformedEnvelope = 1001,
    /// The payload is not a transaction of the expected form.
    MalformedPayload = 1002,
    /// The signature is not the sender's over these bytes.
    BadSignature = 1003,
    /// The transaction is larger than allowed.
    TooLarge = 1004,
    /// Made for another chain.
    WrongChain = 1005,
    /// `valid_until_ms` has passed.
    Expired = 1006,
    /// `valid_until_ms` is too far ahead.
    ValidTooLong = 1007,
    /// Executed before.
    Replayed = 1008,
    /// The sender's key is not bound to an organisation, or is revoked.
    UnknownSender = 1009,
    /// The organisation may not call this method.
    Forbidden = 1010,
    /// No such contract.
    UnknownContract = 1011,
    /// The contract has no such method.
    UnknownMethod = 1012,
    /// More fuel asked for than a transaction may use.
    FuelLimit = 1013,
    /// The pool, or this sender's share of it, is full: try again later.
    Busy = 1014,
    /// The node cannot take transactions now.
    NotReady = 1015,
}

impl RefusalCode {
    /// The HTTP status that says the same.
    pub const fn http_status(self) -> u16 {
        match self {
            RefusalCode::TooLarge => 413,
            RefusalCode::BadSignature | RefusalCode::UnknownSender => 401,
            RefusalCode::Forbidden => 403,
            RefusalCode::UnknownContract | RefusalCode::UnknownMethod => 404,
            RefusalCode::Replayed => 409,
            RefusalCode::Busy => 429,
            RefusalCode::NotReady => 503,
            RefusalCode::MalformedEnvelope
            | RefusalCode::MalformedPayload
            | RefusalCode::WrongChain
            | RefusalCode::Expired
            | RefusalCode::ValidTooLong
            | RefusalCode::FuelLimit => 400,
        }
    }

    /// The title in Chinese.
    pub const fn title_zh(self) -> &'static str {
        match self {
            RefusalCode::MalformedEnvelope => "信封格式错误",
            RefusalCode::MalformedPayload => "交易内容格式错误",
            RefusalCode::BadSignature => "签名不符",
            RefusalCode::TooLarge => "交易过大",
            RefusalCode::WrongChain => "不是本链的交易",
            RefusalCode::Expired => "交易已过有效期",
            RefusalCode::ValidTooLong => "有效期过长",
            RefusalCode::Replayed => "交易已执行，不得重放",
            RefusalCode::UnknownSender => "发送者未登记或密钥已吊销",
            RefusalCode::Forbidden => "无权调用此方法",
            RefusalCode::UnknownContract => "合约不存在",
            RefusalCode::UnknownMethod => "方法不存在",
            RefusalCode::FuelLimit => "燃料上限过高",
            RefusalCode::Busy => "节点繁忙，请稍后重试",
            RefusalCode::NotReady => "节点尚未就绪",
        }
    }

    /// The title in English.
    pub const fn title_en(self) -> &'static str {
        match self {
            RefusalCode::MalformedEnvelope => "malformed envelope",
            RefusalCode::MalformedPayload => "malformed transaction payload",
            RefusalCode::BadSignature => "signature does not verify",
            RefusalCode::TooLarge => "transaction too large",
            RefusalCode::WrongChain => "transaction of another chain",
            RefusalCode::Expired => "transaction expired",
            RefusalCode::ValidTooLong => "validity too long",
            RefusalCode::Replayed => "transaction already executed",
            RefusalCode::UnknownSender => "sender unknown or key revoked",
            RefusalCode::Forbidden => "method not permitted",
            RefusalCode::UnknownContract => "unknown contract",
            RefusalCode::UnknownMethod => "unknown method",
            RefusalCode::FuelLimit => "fuel limit too high",
            RefusalCode::Busy => "node busy, try again later",
            RefusalCode::NotReady => "node not ready",
        }
    }
}

/// A typed "no" to something from outside. Never a panic, never a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What is wrong, for programs.
    pub code: RefusalCode,
    /// What was wrong and what would be right, for people.
    pub detail: String,
}

impl Refusal {
    /// A refusal with its detail.
    pub fn new(code: RefusalCode, detail: impl Into<String>) -> Self {
        Refusal {
            code,
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code;
        write!(f, "YL-{} {}: {}", code as u16, code.title_en(), self.detail)
    }
}

impl std::error::Error for Refusal {}
