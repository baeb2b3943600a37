//! 统一交易标识码: which section of which tender.
//!
//! Written `<type>-<USCC of the platform's operator>-<yyyyMMdd>-<six digits>-<check>`, one per 标段 or 包. The check
//! character is ISO 7064 MOD 37-2 (GB/T 17710) over type, code, date and sequence without dashes.

use core::fmt;

use crate::uscc::{OrganisationCode, check_organisation_code};

/// A well-formed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnifiedCode {
    text: String,
    operator: OrganisationCode,
}

/// What is wrong with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Not of the form; says where.
    Form(&'static str),
    /// Another check character.
    Check {
        /// The right one.
        expected: char,
        /// The one in the code.
        got: char,
    },
}

const ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";

impl UnifiedCode {
    /// Reads and checks a code.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let parts: Vec<&str> = text.split('-').collect();
        let [kind, operator, date, sequence, check] = parts[..] else {
            return Err(CodeError::Form("five parts with dashes between"));
        };
        if kind.len() != 3 || !kind.bytes().all(is_upper_or_digit) {
            return Err(CodeError::Form(
                "a trade type of three letters or digits, as A01",
            ));
        }
        let operator_check = check_organisation_code(operator);
        if operator_check == OrganisationCode::Malformed {
            return Err(CodeError::Form(
                "the unified social credit code of the platform's operator",
            ));
        }
        if date.len() != 8 || !is_date(date) {
            return Err(CodeError::Form("a date yyyyMMdd"));
        }
        if sequence.len() != 6 || !all_digits(sequence) {
            return Err(CodeError::Form("a sequence of six digits"));
        }
        let body = [kind, operator, date, sequence].concat();
        let expected = check_character(&body);
        let mut characters = check.chars();
        match (characters.next(), characters.next()) {
            (Some(got), None) if got == expected => Ok(UnifiedCode {
                text: text.to_owned(),
                operator: operator_check,
            }),
            (Some(got), None) => Err(CodeError::Check { expected, got }),
            _ => Err(CodeError::Form("one check character")),
        }
    }

    /// Whether the operator's code within conforms to its own standard.
    pub fn operator(&self) -> OrganisationCode {
        self.operator
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodeError::Form(expected) => write!(f, "expected {expected}"),
            CodeError::Check { expected, got } => {
                write!(f, "the check character must be {expected:?}, not {got:?}")
            }
        }
    }
}

/// ISO 7064 MOD 37-2: the running remainder is doubled at each character. The body is upper-case letters and
/// digits.
fn check_character(body: &str) -> char {
    let mut remainder = 0;
    for byte in body.bytes() {
        let value = ALPHABET.iter().position(|one| *one == byte).unwrap_or(0);
        remainder = (remainder + value) * 2 % 37;
    }
    char::from(ALPHABET[(38 - remainder) % 37])
}

fn is_upper_or_digit(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Month and day within the widest bounds; calendars are not this code's business.
fn is_date(text: &str) -> bool {
    all_digits(text) && ("01"..="12").contains(&&text[4..6]) && ("01"..="31").contains(&&text[6..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standard_pass() {
        assert_eq!(check_character("G123489654321"), 'Y');
        for code in [
            "A01-12620000224333830C-20230101-000123-G",
            "D01-12620000224333674J-20220722-045000-L",
        ] {
            assert_eq!(UnifiedCode::parse(code).unwrap().as_str(), code);
        }
    }

    #[test]
    fn a_wrong_check_character_is_named_with_the_right_one() {
        let wrong = UnifiedCode::parse("A01-12620000224333830C-20230101-000123-H").unwrap_err();
        assert_eq!(
            wrong,
            CodeError::Check {
                expected: 'G',
                got: 'H'
            }
        );
        assert_eq!(
            wrong.to_string(),
            "the check character must be 'G', not 'H'"
        );
    }

    #[test]
    fn every_single_changed_character_is_found() {
        let code = "A01-12620000224333830C-20230101-000123-G";
        for at in 0..code.len() {
            for with in "0123456789ABCDEFGHJKLMNPQRTUWXY*-".chars() {
                let mut changed = code.to_owned();
                changed.replace_range(at..=at, &with.to_string());
                assert!(
                    changed == code || UnifiedCode::parse(&changed).is_err(),
                    "{changed}"
                );
            }
        }
    }

    #[test]
    fn another_form_says_what_was_expected() {
        for (code, expected) in [
            ("A01", "five parts"),
            ("a01-12620000224333830C-20230101-000123-G", "trade type"),
            ("A01-126200002243338-20230101-000123-G", "operator"),
            ("A01-12620000224333830C-20231301-000123-G", "date"),
            ("A01-12620000224333830C-20230101-0123-G", "sequence"),
            ("A01-12620000224333830C-20230101-000123-", "one check"),
        ] {
            let error = UnifiedCode::parse(code).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
