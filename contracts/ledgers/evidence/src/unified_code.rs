//! The unified transaction code (统一交易标识码) of a section.
//!
//! `<type>-<USCC>-<yyyyMMdd>-<sequence>-<check>`, the type (as `A01`) being optional. The check character is that of
//! ISO/IEC 7064 MOD 37-2 (GB/T 17710) over all that stands before it, without dashes.

/// The characters in order of their values; `*` is a check character only.
const ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";
const MODULUS: usize = 37;
/// Lengths of the parts behind the type.
const LENGTHS: [usize; 4] = [18, 8, 6, 1];

/// The check character does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnifiedCodeFault {
    /// The computed character.
    pub computed: char,
}

/// Checks a text that has the form of a unified code. `Ok(false)` for a text of another form.
pub fn check_unified_code(text: &str) -> Result<bool, UnifiedCodeFault> {
    let Some((body, check)) = parts(text) else {
        return Ok(false);
    };
    let computed = check_character(&body);
    if check == computed {
        Ok(true)
    } else {
        Err(UnifiedCodeFault { computed })
    }
}

/// The characters under the check, and the check character; `None` for a text of another form.
fn parts(text: &str) -> Option<(String, char)> {
    let mut parts: Vec<_> = text.split('-').collect();
    let tail = parts.split_off(parts.len().checked_sub(LENGTHS.len())?);
    let form = tail.iter().map(|part| part.len()).eq(LENGTHS)
        && parts.len() <= 1
        && parts.iter().all(|kind| kind.len() == 3)
        && tail[1..3]
            .concat()
            .bytes()
            .all(|byte| byte.is_ascii_digit());
    let body = [parts.concat(), tail[..3].concat()].concat();
    let lawful = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let check = tail[3].chars().next()?;
    (form && body.bytes().all(lawful)).then_some((body, check))
}

/// ISO/IEC 7064 MOD 37-2: the recursive method.
fn check_character(body: &str) -> char {
    let sum = body.bytes().fold(0, |sum, byte| {
        let value = ALPHABET.iter().position(|&one| one == byte);
        (sum + value.unwrap_or_default()) * 2 % MODULUS
    });
    char::from(ALPHABET[(MODULUS + 1 - sum) % MODULUS])
}

/// Whether the code's type says government procurement (政府采购): its letter is D.
pub(crate) fn is_procurement(text: &str) -> bool {
    text.starts_with('D') && matches!(check_unified_code(text), Ok(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_of_iso_7064_passes() {
        assert_eq!(check_character("G123489654321"), 'Y');
    }

    #[test]
    fn a_code_is_checked_over_its_type_too() {
        for good in [
            "A01-12620000224333830C-20230101-000123-G",
            "D01-12620000224333674J-20220722-045000-L",
        ] {
            assert_eq!(check_unified_code(good), Ok(true), "{good}");
        }
        let wrong = "A02-12620000224333830C-20230101-000123-G";
        assert!(check_unified_code(wrong).is_err());
        assert!(is_procurement("D01-12620000224333674J-20220722-045000-L"));
    }

    #[test]
    fn other_identifiers_are_not_taken_for_codes() {
        for other in [
            "",
            "T-1",
            "A01-12620000224333830C-2023-000123-G",
            "a-b-c-d-e-f",
        ] {
            assert_eq!(check_unified_code(other), Ok(false), "{other}");
        }
    }
}
