//! China Standard Time: UTC+8, without daylight saving.

/// Milliseconds of a day.
pub const DAY_MS: u64 = 86_400_000;
/// Last time that has a text: the end of year 9999. Times beyond it are mistakes.
pub const TIME_MAX_MS: u64 = 253_402_271_999_999;

const OFFSET_MS: u64 = 8 * 3_600_000;

/// Number of the day at UTC+8 on which a time falls, counted from 1970-01-01.
pub const fn beijing_date(time_ms: u64) -> u64 {
    (time_ms + OFFSET_MS) / DAY_MS
}

/// First millisecond of a day at UTC+8, given its number.
pub const fn beijing_day_start(date: u64) -> u64 {
    (date * DAY_MS).saturating_sub(OFFSET_MS)
}

/// A day as people write it, `2026-02-14`, given its number.
pub fn date_text(date: u64) -> String {
    let (year, month, day) = civil(date);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Number of the day that a text of the form `2026-02-14` names; `None` if there is no such day.
pub fn parse_date(text: &str) -> Option<u64> {
    let mut fields = text.split('-');
    let mut next = |digits: usize| {
        let field = fields.next()?;
        let plain = field.len() == digits && field.bytes().all(|byte| byte.is_ascii_digit());
        if plain {
            field.parse::<u64>().ok()
        } else {
            None
        }
    };
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let known = (1970..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1;
    if !known || fields.next().is_some() {
        return None;
    }
    let date = day_number(year, month, day);
    // The thirtieth of February would come out as a day of March.
    (civil(date) == (year, month, day)).then_some(date)
}

/// The inverse of [`civil`].
fn day_number(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let in_year = (153 * shifted + 2) / 5 + day - 1;
    let in_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + in_year;
    era * 146_097 + in_era - 719_468
}

/// A time as people read it: `2026-11-24 09:00:00.000 (UTC+8)`.
pub fn beijing_text(time_ms: u64) -> String {
    if time_ms > TIME_MAX_MS {
        return format!("{time_ms} ms");
    }
    let (year, month, day) = civil(beijing_date(time_ms));
    let in_day = (time_ms + OFFSET_MS) % DAY_MS;
    let (seconds, ms) = (in_day / 1000, in_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{ms:03} (UTC+8)")
}

/// Year, month and day of the proleptic Gregorian calendar. The year is taken to begin in March, so that the leap day
/// is its last; months then follow a line, `(5 m + 2) / 153`, and eras of 400 years have 146,097 days each.
fn civil(date: u64) -> (u64, u64, u64) {
    let days = date + 719_468;
    let era = days / 146_097;
    let in_era = days % 146_097;
    let year_of_era = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * in_year + 2) / 153;
    let day = in_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_at_utc_plus_eight() {
        assert_eq!(beijing_text(0), "1970-01-01 08:00:00.000 (UTC+8)");
        // 2024-02-29 16:00 UTC is the first of March at Beijing.
        assert_eq!(
            beijing_text(1_709_222_400_001),
            "2024-03-01 00:00:00.001 (UTC+8)"
        );
        assert_eq!(
            beijing_text(1_709_222_399_999),
            "2024-02-29 23:59:59.999 (UTC+8)"
        );
        assert_eq!(beijing_text(TIME_MAX_MS), "9999-12-31 23:59:59.999 (UTC+8)");
        assert_eq!(beijing_text(TIME_MAX_MS + 1), "253402272000000 ms");
    }

    #[test]
    fn days_are_read_as_they_are_written() {
        for date in (0..40_000).chain([146_097, 2_932_896]) {
            assert_eq!(parse_date(&date_text(date)), Some(date));
        }
        assert_eq!(parse_date("2026-02-17"), Some(20_501));
        for wrong in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-1-01",
            "2026-01-01-",
            "1969-12-31",
            "+026-01-01",
            "",
        ] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_begins_at_its_first_millisecond() {
        let start = beijing_day_start(beijing_date(1_709_222_400_001));
        assert_eq!(start, 1_709_222_400_000);
        assert_eq!(beijing_date(start - 1) + 1, beijing_date(start));
    }
}
