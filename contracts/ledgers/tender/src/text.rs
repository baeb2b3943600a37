//! Texts that callers give.

use domain::Bilingual;

use crate::error::TenderError;

/// Longest text in bytes, each language.
const TEXT_BYTES_MAX: usize = 2_000;
const NAME_BYTES_MAX: usize = 64;

/// Both languages are there and short enough to be kept.
pub(crate) fn check_text(what: &str, text: &Bilingual) -> Result<(), TenderError> {
    let long = text.zh.len() > TEXT_BYTES_MAX || text.en.len() > TEXT_BYTES_MAX;
    if text.is_incomplete() || long {
        return Err(TenderError::BadText(format!(
            "{what}: expected Chinese and English, at most {TEXT_BYTES_MAX} bytes each"
        )));
    }
    Ok(())
}

/// A name that is also a key.
pub(crate) fn check_name(what: &str, name: &str) -> Result<(), TenderError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(plain) {
        return Err(TenderError::BadText(format!(
            "{what}: expected 1 to {NAME_BYTES_MAX} letters, digits and '-'"
        )));
    }
    Ok(())
}
