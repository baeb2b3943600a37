//! Evidence numbers.
//!
//! `E`, a running number of twelve digits, and two check digits of ISO/IEC 7064 MOD 97-10: numbers are read aloud and
//! typed from paper, and a mistyped one must not find another record.

const HEAD: &str = "E";
const DIGITS: usize = 12;

/// The number of the n-th record; the first is 1.
pub fn evidence_number(n: u64) -> String {
    // ISO/IEC 7064 MOD 97-10: the whole, read as one number, leaves 1 when divided by 97.
    let check = 98 - n % 97 * 100 % 97;
    format!("{HEAD}{n:0DIGITS$}{check:02}")
}

/// Whether a text has the form of a number and its check digits fit.
pub(crate) fn is_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix(HEAD) else {
        return false;
    };
    if digits.len() != DIGITS + 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let remainder = digits
        .bytes()
        .fold(0, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_pass_their_own_check_and_no_slip_of_the_pen_does() {
        for n in [1, 2, 96, 97, 98, 123_456_789_012] {
            let number = evidence_number(n);
            assert_eq!(number.len(), 15);
            assert!(is_number(&number), "{number}");
            for place in 1..number.len() {
                for digit in '0'..='9' {
                    let mut wrong: Vec<char> = number.chars().collect();
                    wrong[place] = digit;
                    let wrong: String = wrong.into_iter().collect();
                    assert!(wrong == number || !is_number(&wrong), "{wrong}");
                }
            }
        }
        assert!(!is_number("E1"));
        assert!(!is_number("X00000000000197"));
    }
}
