//! Working days, as the State Council's notices set them.

use domain::{date_text, parse_date};

use crate::DeadlineError;
use crate::types::Calendar;

/// Longest span of a calendar, in days.
const DAYS_MAX: usize = 800;

/// A calendar that is well formed.
pub(crate) struct Days<'c> {
    first: u64,
    flags: &'c [u8],
}

impl<'c> Days<'c> {
    pub(crate) fn of(calendar: &'c Calendar) -> Result<Self, DeadlineError> {
        let flags = calendar.days.as_bytes();
        let plain = flags.iter().all(|flag| matches!(flag, b'0' | b'1'));
        if flags.is_empty() || flags.len() > DAYS_MAX || !plain {
            return Err(DeadlineError::BadCalendar(format!(
                "days: expected 1 to {DAYS_MAX} characters 0 or 1"
            )));
        }
        let first = parse_date(&calendar.first_day).ok_or_else(|| {
            let got = &calendar.first_day;
            DeadlineError::BadCalendar(format!("first_day {got:?}: expected as 2026-02-14"))
        })?;
        Ok(Days { first, flags })
    }

    fn works(&self, date: u64) -> Result<bool, DeadlineError> {
        let place = date.checked_sub(self.first).map(|place| place as usize);
        let flag = place.and_then(|place| self.flags.get(place));
        flag.map(|flag| *flag == b'1').ok_or_else(|| {
            let last = self.first + self.flags.len() as u64 - 1;
            DeadlineError::BadCalendar(format!(
                "{} is needed: the calendar given has {} to {}",
                date_text(date),
                date_text(self.first),
                date_text(last)
            ))
        })
    }

    /// The day itself if it is a working day, or the next one.
    ///
    /// 民法典 第二百零三条: 期间的最后一日是法定休假日的，以法定休假日结束的次日为期间的最后一日。
    pub(crate) fn working_from(&self, mut date: u64) -> Result<u64, DeadlineError> {
        while !self.works(date)? {
            date += 1;
        }
        Ok(date)
    }

    /// The working day that many after a day, which does not count itself.
    pub(crate) fn working_after(&self, date: u64, count: u32) -> Result<u64, DeadlineError> {
        let mut found = date;
        for _ in 0..count {
            found = self.working_from(found + 1)?;
        }
        Ok(found)
    }

    /// Working days after one day up to another one, which counts.
    pub(crate) fn between(&self, from: u64, to: u64) -> Result<u32, DeadlineError> {
        let mut count = 0;
        for date in from + 1..=to {
            count += u32::from(self.works(date)?);
        }
        Ok(count)
    }
}
