//! Money: 元 for people, 分 for the chain. No floats anywhere.

/// Reads yuan with at most two decimals, as `1234567.8`, into fen.
pub(crate) fn parse_yuan(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?}: 1234567.89");
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return Err(wrong());
    }
    let fen: u64 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
    let yuan: u64 = whole.parse().map_err(|_| wrong())?;
    let total = yuan.checked_mul(100).and_then(|yuan| yuan.checked_add(fen));
    total
        .filter(|fen| *fen <= yilian_primitives::limits::JSON_INTEGER_MAX)
        .ok_or_else(wrong)
}

/// Fen as people read them: `1,234,567.89`.
pub(crate) fn yuan(fen: u64) -> String {
    let whole = (fen / 100).to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{:02}", fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_to_the_fen() {
        assert_eq!(parse_yuan("1234567.8"), Ok(123_456_780));
        assert_eq!(parse_yuan("0.01"), Ok(1));
        assert_eq!(parse_yuan("5"), Ok(500));
        for wrong in [
            "",
            "1.234",
            "-1",
            "1,000",
            ".5",
            "1.",
            "90071992547410.00",
            "1e3",
        ] {
            assert!(parse_yuan(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn fen_are_shown_in_groups() {
        assert_eq!(yuan(123_456_789), "1,234,567.89");
        assert_eq!(yuan(1), "0.01");
        assert_eq!(yuan(100_000), "1,000.00");
    }
}
