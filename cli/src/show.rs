//! Values as people read them.

use serde_json::Value;
use yilian_primitives::TimestampMs;

/// Beijing is eight hours ahead of UTC all year.
const BEIJING_MS: u64 = 8 * 3_600_000;
const DAY_MS: u64 = 86_400_000;

/// A time as people in Beijing read it: `2026-11-24 10:07:23.512 +08:00`.
pub(crate) fn time(ms: TimestampMs) -> String {
    let local = ms.saturating_add(BEIJING_MS);
    let (year, month, day) = date(local / DAY_MS);
    let rest = local % DAY_MS;
    let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
    let (seconds, millis) = (rest / 1_000 % 60, rest % 1_000);
    format!("{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02}.{millis:03} +08:00")
}

/// Days since 1970 as a date of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days.saturating_add(719_468);
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

/// Reads a time: ms since 1970, or `2026-11-24T10:07[:23[.512]][Z|+08:00]`; without a zone it is Beijing's.
pub(crate) fn parse_time(text: &str) -> Option<TimestampMs> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let (day, rest) = text.split_once(['T', ' '])?;
    let (clock, offset_ms) = split_zone(rest.trim())?;
    let days = parse_date(day)?;
    let local = days.checked_mul(DAY_MS)?.checked_add(parse_clock(clock)?)?;
    local.checked_sub(offset_ms)
}

fn split_zone(text: &str) -> Option<(&str, u64)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, 0));
    }
    match text.strip_suffix("+08:00") {
        Some(clock) => Some((clock.trim_end(), BEIJING_MS)),
        None if text.contains(['+', '-']) => None,
        None => Some((text, BEIJING_MS)),
    }
}

fn parse_date(text: &str) -> Option<u64> {
    let mut parts = text.split('-');
    let mut next = || parts.next()?.parse::<u64>().ok();
    let (year, month, day) = (next()?, next()?, next()?);
    if parts.next().is_some() || !(1970..=9999).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let shifted_year = if month > 2 { year } else { year - 1 };
    let of_year = (153 * from_march + 2) / 5 + day.checked_sub(1)?;
    let of_era = shifted_year % 400;
    let in_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    let days = (shifted_year / 400 * 146_097 + in_era).checked_sub(719_468)?;
    // A day that the month does not have would come back as another date.
    (date(days) == (year, month, day)).then_some(days)
}

fn parse_clock(text: &str) -> Option<u64> {
    let (clock, millis) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.split(':');
    let mut next = || parts.next().map(|part| part.parse::<u64>().ok());
    let (hours, minutes, seconds) = (next()??, next()??, next().unwrap_or(Some(0))?);
    let digits = millis.len() <= 3 && millis.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || hours > 23 || minutes > 59 || seconds > 59 || !digits {
        return None;
    }
    let millis: u64 = format!("{millis:0<3}").parse().ok()?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis)
}

/// A value with line breaks; a text without its quotes.
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => format!("{other:#}"),
    }
}

/// A long text, shortened in its middle for tables.
pub(crate) fn short(text: &str) -> String {
    let (head, digits) = text.split_once(':').unwrap_or(("", text));
    if digits.len() <= 20 || !digits.is_ascii() {
        return text.to_owned();
    }
    let end = &digits[digits.len() - 4..];
    let colon = if head.is_empty() { "" } else { ":" };
    format!("{head}{colon}{}…{end}", &digits[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_beijings() {
        assert_eq!(time(0), "1970-01-01 08:00:00.000 +08:00");
        assert_eq!(time(1_767_225_600_000), "2026-01-01 08:00:00.000 +08:00");
        assert_eq!(time(951_753_600_000), "2000-02-29 00:00:00.000 +08:00");
    }

    #[test]
    fn a_time_is_read_as_it_is_written() {
        for ms in [0, 1_767_225_600_000, 951_753_600_123, 4_102_444_799_999] {
            assert_eq!(parse_time(&time(ms)), Some(ms), "{}", time(ms));
        }
        assert_eq!(parse_time("1767225600000"), Some(1_767_225_600_000));
        assert_eq!(parse_time("2026-01-01T08:00"), Some(1_767_225_600_000));
        assert_eq!(parse_time("2026-01-01T00:00:00Z"), Some(1_767_225_600_000));
        for wrong in [
            "2026-02-30T00:00",
            "2026-01-01",
            "24:00",
            "2026-01-01T24:00",
            "x",
            "-1",
        ] {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn hashes_are_shortened_and_names_are_not() {
        assert_eq!(
            short(&format!("sha256:{}", "ab".repeat(32))),
            "sha256:abababababab…abab"
        );
        assert_eq!(
            short("兰州市公共资源交易中心兰州市公共资源交易中心"),
            "兰州市公共资源交易中心兰州市公共资源交易中心"
        );
        assert_eq!(short("tender"), "tender");
    }
}
