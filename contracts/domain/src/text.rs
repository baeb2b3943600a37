//! Texts for people.

use yilian_contract::prelude::*;

/// A text in Chinese and English.
#[derive(Json, Clone, Debug, Default, PartialEq, Eq)]
pub struct Bilingual {
    /// 中文 | Chinese
    pub zh: String,
    /// 英文 | English
    pub en: String,
}

impl Bilingual {
    /// Both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Bilingual {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// Whether either says nothing.
    pub fn is_incomplete(&self) -> bool {
        self.zh.trim().is_empty() || self.en.trim().is_empty()
    }
}
