//! 统一社会信用代码 (GB 32100-2015): who an organisation is.

/// What a check of a code found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationCode {
    /// The check character is the standard's.
    Conforms,
    /// Another check character than the standard's. Such codes were lawfully issued, so this is a warning.
    CheckDiffers {
        /// What the standard would have.
        expected: char,
    },
    /// Not 18 characters of the standard's alphabet.
    Malformed,
}

/// The standard leaves out I, O, S, V and Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;

/// Checks form and check character of a unified social credit code.
pub fn check_organisation_code(code: &str) -> OrganisationCode {
    let bytes = code.as_bytes();
    if bytes.len() != LENGTH {
        return OrganisationCode::Malformed;
    }
    let (mut sum, mut weight) = (0, 1);
    for byte in &bytes[..LENGTH - 1] {
        let Some(value) = ALPHABET.iter().position(|one| one == byte) else {
            return OrganisationCode::Malformed;
        };
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    if !ALPHABET.contains(&bytes[LENGTH - 1]) {
        return OrganisationCode::Malformed;
    }
    let expected = ALPHABET[(31 - sum % 31) % 31];
    if bytes[LENGTH - 1] == expected {
        OrganisationCode::Conforms
    } else {
        OrganisationCode::CheckDiffers {
            expected: char::from(expected),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_public_use_conform() {
        for code in [
            "91110000710926094P",
            "12620000224333349J",
            "11620000013897179N",
        ] {
            assert_eq!(
                check_organisation_code(code),
                OrganisationCode::Conforms,
                "{code}"
            );
        }
    }

    #[test]
    fn lawful_codes_with_another_check_character_are_told_apart_from_nonsense() {
        let cases = [
            ("91350100M0001TGQXM", '1'),
            ("91350211M0000XUF46", 'R'),
            ("91350203M0001FUE2P", 'J'),
        ];
        for (code, expected) in cases {
            let found = check_organisation_code(code);
            assert_eq!(found, OrganisationCode::CheckDiffers { expected }, "{code}");
        }
        for code in [
            "",
            "91110000710926094",
            "9111000071092609IP",
            "91110000710926094p",
        ] {
            assert_eq!(
                check_organisation_code(code),
                OrganisationCode::Malformed,
                "{code}"
            );
        }
    }
}
