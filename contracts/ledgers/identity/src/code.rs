//! The unified social credit code (统一社会信用代码) of GB 32100-2015.

/// The 31 characters, in order of their values. I, O, S, V and Z are not among them.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Length in characters, check character included.
const LENGTH: usize = 18;
/// GB 32100-2015 section 5: weights are powers of 3, modulo 31.
const MODULUS: usize = 31;

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsccFault {
    /// Not 18 characters of the alphabet: no code at all.
    Form,
    /// The last character is not the computed one. A few codes were lawfully issued like that.
    CheckCharacter {
        /// The computed character.
        computed: char,
    },
}

/// Checks form and check character of a unified social credit code.
pub fn check_uscc(code: &str) -> Result<(), UsccFault> {
    if code.len() != LENGTH {
        return Err(UsccFault::Form);
    }
    let values = code.bytes().map(value).collect::<Option<Vec<_>>>();
    let values = values.ok_or(UsccFault::Form)?;
    // Third to eighth character: the registering authority's division, digits only.
    if values[2..8].iter().any(|&value| value > 9) {
        return Err(UsccFault::Form);
    }
    let (sum, _) = values[..LENGTH - 1]
        .iter()
        .fold((0, 1), |(sum, weight), value| {
            ((sum + value * weight) % MODULUS, weight * 3 % MODULUS)
        });
    let computed = (MODULUS - sum) % MODULUS;
    if computed == values[LENGTH - 1] {
        return Ok(());
    }
    Err(UsccFault::CheckCharacter {
        computed: char::from(ALPHABET[computed]),
    })
}

fn value(character: u8) -> Option<usize> {
    ALPHABET.iter().position(|&one| one == character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_gansu_and_beijing_organisations_pass() {
        for code in [
            "91110000710926094P",
            "12620000224333349J",
            "11620000013897179N",
        ] {
            assert_eq!(check_uscc(code), Ok(()), "{code}");
        }
    }

    /// Issued by registrars of Xiamen, and in use.
    #[test]
    fn lawful_codes_that_fail_the_check_are_told_from_nonsense() {
        for (code, computed) in [
            ("91350100M0001TGQXM", '1'),
            ("91350211M0000XUF46", 'R'),
            ("91350203M0001FUE2P", 'J'),
        ] {
            let fault = UsccFault::CheckCharacter { computed };
            assert_eq!(check_uscc(code), Err(fault), "{code}");
        }
        for code in [
            "",
            "91110000710926094",
            "9111000071092609IP",
            "9111A000710926094P",
        ] {
            assert_eq!(check_uscc(code), Err(UsccFault::Form), "{code}");
        }
    }
}
