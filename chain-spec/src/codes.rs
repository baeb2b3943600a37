//! National codes: GB 32100 (unified social credit code) and GB/T 2260 (administrative divisions).

use thiserror::Error;

/// A code is malformed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Not 18 characters of the alphabet.
    #[error("18 of 0-9 and A-Z without I O S V Z (GB 32100)")]
    OrganisationForm,
    /// The last character does not follow from the others.
    #[error("check character {expected:?} at the end (GB 32100)")]
    OrganisationCheck {
        /// The character that would be right.
        expected: char,
    },
    /// Not a division of a province, prefecture or county.
    #[error("six digits of a province, prefecture or county (GB/T 2260)")]
    Division,
}

/// Characters of a unified social credit code in the order of their values (GB 32100-2015, table 2).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Length of a code in characters.
const LENGTH: usize = 18;
/// First two digits of the provinces, regions and municipalities (GB/T 2260-2007).
const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82",
];

/// Checks form and check character of a unified social credit code.
pub fn check_organisation_code(code: &str) -> Result<(), CodeError> {
    let bytes: &[u8; LENGTH] = code
        .as_bytes()
        .try_into()
        .map_err(|_| CodeError::OrganisationForm)?;
    let mut values = [0u32; LENGTH];
    for (value, byte) in values.iter_mut().zip(bytes) {
        let place = ALPHABET.iter().position(|known| known == byte);
        *value = place.ok_or(CodeError::OrganisationForm)? as u32;
    }
    // GB 32100-2015, 5.2: weight 3^(i-1) mod 31; C18 = 31 - sum mod 31, and 31 counts as 0.
    let (check, body) = values.split_last().ok_or(CodeError::OrganisationForm)?;
    let mut weight = 1;
    let mut sum = 0;
    for value in body {
        sum = (sum + value * weight) % 31;
        weight = weight * 3 % 31;
    }
    let right = (31 - sum) % 31;
    if *check == right {
        Ok(())
    } else {
        Err(CodeError::OrganisationCheck {
            expected: char::from(ALPHABET[right as usize]),
        })
    }
}

/// Checks the form of an administrative division code: six digits, a known province, and no county without a
/// prefecture.
pub fn check_division(code: &str) -> Result<(), CodeError> {
    let digits = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !PROVINCES.contains(&&code[..2]) {
        return Err(CodeError::Division);
    }
    if &code[2..4] == "00" && &code[4..] != "00" {
        return Err(CodeError::Division);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_code_is_accepted() {
        // The worked example that implementations of GB 32100 share.
        assert_eq!(check_organisation_code("91350100M000100Y43"), Ok(()));
    }

    #[test]
    fn a_wrong_check_character_names_the_right_one() {
        let error = check_organisation_code("91350100M000100Y44").expect_err("wrong");
        assert_eq!(error, CodeError::OrganisationCheck { expected: '3' });
    }

    #[test]
    fn letters_that_look_like_digits_are_refused() {
        for code in [
            "91350100M00O100Y43",
            "91350100m000100Y43",
            "9135",
            "",
            "９1350100M000100Y4",
        ] {
            assert_eq!(
                check_organisation_code(code),
                Err(CodeError::OrganisationForm),
                "{code}"
            );
        }
    }

    #[test]
    fn divisions_follow_gb_t_2260() {
        for code in ["620000", "620100", "622900", "620171", "110101"] {
            assert_eq!(check_division(code), Ok(()), "{code}");
        }
        for code in ["", "62010", "6201000", "990000", "620001", "62o100", "兰州"] {
            assert_eq!(check_division(code), Err(CodeError::Division), "{code}");
        }
    }
}
