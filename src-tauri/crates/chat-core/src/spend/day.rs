//! Days and months, in UTC.

use std::fmt;

use crate::sources::Timestamp;

const MILLISECONDS: i64 = 24 * 60 * 60 * 1000;

/// A day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// The day of a moment.
    #[must_use]
    pub fn of(now: Timestamp) -> Self {
        Self(now.0.div_euclid(MILLISECONDS))
    }

    /// A day of the calendar; none where it has no such day, or in years beyond 9999.
    #[must_use]
    pub fn from_date(year: i64, month: i64, day: i64) -> Option<Self> {
        if !(0..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        // Years begin in March, so that the odd day is at the end of one.
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let found = Self(era * 146_097 + day_of_era - 719_468);
        (found.date() == (year, month, day)).then_some(found)
    }

    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 10 && text.is_ascii();
        let parts = (text.get(..4)?, text.get(5..7)?, text.get(8..)?);
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let dashes = text.get(4..5)? == "-" && text.get(7..8)? == "-";
        if !plain || !dashes || ![parts.0, parts.1, parts.2].into_iter().all(digits) {
            return None;
        }
        Self::from_date(
            parts.0.parse().ok()?,
            parts.1.parse().ok()?,
            parts.2.parse().ok()?,
        )
    }

    /// Year, month and day of the month.
    #[must_use]
    pub fn date(self) -> (i64, i64, i64) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day)
    }

    /// The first day of its month.
    #[must_use]
    pub fn month(self) -> Self {
        Self(self.0 - self.date().2 + 1)
    }

    /// The first day of the month after it.
    #[must_use]
    pub fn next_month(self) -> Self {
        // Any month is over 31 days after its first.
        Self(self.month().0 + 31).month()
    }

    /// The day after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Its first moment.
    #[must_use]
    pub fn begins(self) -> Timestamp {
        Timestamp(self.0.saturating_mul(MILLISECONDS))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_the_same_both_ways() {
        for (day, date) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (19_723, "2024-01-01"),
            (19_782, "2024-02-29"),
            (20_779, "2026-11-22"),
            (11_016, "2000-02-29"),
            (-25_508, "1900-03-01"),
            (2_932_896, "9999-12-31"),
        ] {
            assert_eq!(Day(day).to_string(), date);
            assert_eq!(Day::parse(date), Some(Day(day)), "{date}");
        }
        for day in -800_000..800_000 {
            let (year, month, of_month) = Day(day).date();
            if (0..=9999).contains(&year) {
                assert_eq!(Day::from_date(year, month, of_month), Some(Day(day)));
            }
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-01-00",
            "2024-1-01",
            "+024-01-01",
            "2024-01-32",
            "20240101",
            "2024-01-01T",
            "ééééé",
            "",
        ] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn months_end_where_the_calendar_says() {
        let day = |text: &str| Day::parse(text).expect("a day");
        for (in_it, first, next) in [
            ("2024-02-29", "2024-02-01", "2024-03-01"),
            ("2024-12-31", "2024-12-01", "2025-01-01"),
            ("2026-11-01", "2026-11-01", "2026-12-01"),
            ("2023-02-01", "2023-02-01", "2023-03-01"),
        ] {
            assert_eq!(day(in_it).month(), day(first));
            assert_eq!(day(in_it).next_month(), day(next));
        }
        let last = Timestamp(day("2024-02-29").next().begins().0 - 1);
        assert_eq!(
            Day::of(last),
            day("2024-02-29"),
            "to the very last millisecond"
        );
        assert_eq!(Day::of(Timestamp(-1)), Day(-1), "also before 1970");
    }
}
