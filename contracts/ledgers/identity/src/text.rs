//! Texts that people write, and names.

use crate::IdentityError;

/// Longest title, reason or label in characters.
const TEXT_CHARS_MAX: usize = 200;
/// Longest name of a contract or method in bytes.
const NAME_BYTES_MAX: usize = 64;

/// A text that must be there.
pub(crate) fn needed(what: &str, text: &str) -> Result<(), IdentityError> {
    if text.trim().is_empty() {
        return Err(IdentityError::MalformedText(format!("{what} is empty")));
    }
    optional(what, text)
}

/// A text that may be empty.
pub(crate) fn optional(what: &str, text: &str) -> Result<(), IdentityError> {
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(IdentityError::MalformedText(format!(
            "{what}: expected at most {TEXT_CHARS_MAX} characters"
        )));
    }
    if text.chars().any(char::is_control) {
        return Err(IdentityError::MalformedText(format!(
            "{what} holds a control character"
        )));
    }
    Ok(())
}

/// A division of GB/T 2260: six digits, or empty.
pub(crate) fn division(text: &str) -> Result<(), IdentityError> {
    let six_digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.is_empty() || six_digits {
        return Ok(());
    }
    Err(IdentityError::MalformedDivision(format!(
        "{text:?}: expected six digits or nothing"
    )))
}

/// The name of a contract.
pub(crate) fn contract_name(name: &str) -> Result<(), IdentityError> {
    let lawful = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    named(name, lawful)
}

/// The name of a method, or `*` for all that have no entry of their own.
pub(crate) fn method_name(name: &str) -> Result<(), IdentityError> {
    let lawful = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name == "*" {
        return Ok(());
    }
    named(name, lawful)
}

fn named(name: &str, lawful: impl Fn(u8) -> bool) -> Result<(), IdentityError> {
    if !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.bytes().all(lawful) {
        return Ok(());
    }
    Err(IdentityError::MalformedName(format!("{name:?}")))
}
