//! What a contract says when it says no.

use crate::json::JsonError;
use crate::{Json, host};

/// A refusal. The state stays as it was; code and texts are recorded and provable.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
pub struct Refusal {
    /// Stable number; below 100 the host's own.
    pub code: u32,
    /// Stable name, as `TooLate`.
    pub name: String,
    /// 中文说明 | the reason in Chinese
    pub zh: String,
    /// 英文说明 | the reason in English
    pub en: String,
    /// 法律依据 | the article of law it rests on, or empty
    pub law: String,
    /// 具体情况 | what exactly was wrong, or empty
    pub detail: String,
}

/// One kind of refusal, as the interface lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorInfo {
    /// Stable number, at least 100.
    pub code: u32,
    /// Stable name.
    pub name: &'static str,
    /// The reason in Chinese.
    pub zh: &'static str,
    /// The reason in English.
    pub en: &'static str,
    /// The article of law it rests on, or empty.
    pub law: &'static str,
}

/// A contract's errors. Derive it with `#[derive(ContractError)]`.
pub trait ContractError: Into<Refusal> {
    /// All kinds, for the published interface.
    const ERRORS: &'static [ErrorInfo];
}

/// Passes on what a called contract refused.
impl ContractError for Refusal {
    const ERRORS: &'static [ErrorInfo] = &[];
}

impl ErrorInfo {
    /// The refusal of this kind.
    pub fn refusal(&self, detail: String) -> Refusal {
        Refusal {
            code: self.code,
            name: self.name.to_owned(),
            zh: self.zh.to_owned(),
            en: self.en.to_owned(),
            law: self.law.to_owned(),
            detail,
        }
    }
}

impl Refusal {
    /// Arguments that do not fit the method.
    pub fn bad_arguments(detail: impl Into<String>) -> Self {
        BAD_ARGUMENTS_INFO.refusal(detail.into())
    }

    /// Ends the call here with this refusal, from any depth of the contract's code.
    pub fn refuse(self) -> ! {
        host::refuse(self)
    }
}

const BAD_ARGUMENTS_INFO: ErrorInfo = ErrorInfo {
    code: 1,
    name: "BadArguments",
    zh: "参数不符合方法的要求",
    en: "the arguments do not fit the method",
    law: "",
};

impl From<JsonError> for Refusal {
    fn from(error: JsonError) -> Self {
        Refusal::bad_arguments(error.to_string())
    }
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {}: {}", self.code, self.name, self.en)?;
        if self.detail.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", self.detail)
    }
}
