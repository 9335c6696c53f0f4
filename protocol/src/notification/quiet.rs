//! Hours in which nothing pops up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Timestamp;
use crate::limits::UTC_OFFSET_MINUTES;

const DAY_MINUTES: i64 = 24 * 60;

/// When nothing pops up, day by day; the list goes on. Over midnight where
/// `to` is before `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct QuietHours {
    pub on: bool,
    pub from: TimeOfDay,
    /// The first minute that is not quiet any more.
    pub to: TimeOfDay,
    /// The account's clock: minutes that it is ahead of UTC, −720…840.
    pub offset_minutes: i16,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self {
            on: false,
            from: TimeOfDay(22 * 60),
            to: TimeOfDay(7 * 60),
            offset_minutes: 0,
        }
    }
}

impl QuietHours {
    /// Why these are none, and the field to blame.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        if !UTC_OFFSET_MINUTES.contains(&self.offset_minutes) {
            return Some((
                "quiet.offset_minutes",
                "a clock is at most 12 hours behind and 14 ahead of UTC",
            ));
        }
        let empty = self.on && self.from == self.to;
        empty.then_some((
            "quiet.to",
            "quiet hours end at another time than they begin",
        ))
    }

    /// Is that moment one of them?
    pub fn cover(&self, at: Timestamp) -> bool {
        let local = at.millis().div_euclid(60_000) + i64::from(self.offset_minutes);
        let now = local.rem_euclid(DAY_MINUTES);
        let (from, to) = (i64::from(self.from.0), i64::from(self.to.0));
        let within = match from <= to {
            true => (from..to).contains(&now),
            false => now >= from || now < to,
        };
        self.on && within
    }
}

/// Minutes since midnight, written `22:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, example = "22:00"))]
pub struct TimeOfDay(u16);

/// The text is no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is written like 22:00")]
pub struct BadTimeOfDay;

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = BadTimeOfDay;

    fn from_str(text: &str) -> Result<Self, BadTimeOfDay> {
        let two = |part: &str, below: u16| {
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            let value: u16 = part.parse().map_err(|_| BadTimeOfDay)?;
            if digits && value < below {
                Ok(value)
            } else {
                Err(BadTimeOfDay)
            }
        };
        let (hours, minutes) = text.split_once(':').ok_or(BadTimeOfDay)?;
        Ok(Self(two(hours, 24)? * 60 + two(minutes, 60)?))
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn hours_go_over_midnight_on_the_accounts_clock() {
        let night = QuietHours {
            on: true,
            offset_minutes: 120,
            ..QuietHours::default()
        };
        // 22:00 there is 20:00 UTC
        assert!(!night.cover(at("2026-01-31T19:59:59Z")));
        assert!(night.cover(at("2026-01-31T20:00:00Z")));
        assert!(night.cover(at("2026-02-01T04:59:59Z")));
        assert!(!night.cover(at("2026-02-01T05:00:00Z")));
        let off = QuietHours { on: false, ..night };
        assert!(!off.cover(at("2026-01-31T23:00:00Z")));
    }

    #[test]
    fn hours_within_a_day() {
        let noon = QuietHours {
            on: true,
            from: "12:00".parse().unwrap(),
            to: "13:30".parse().unwrap(),
            offset_minutes: 0,
        };
        assert!(noon.cover(at("2026-01-31T12:00:00Z")) && noon.cover(at("2026-01-31T13:29:00Z")));
        assert!(!noon.cover(at("2026-01-31T13:30:00Z")) && !noon.cover(at("2026-01-31T23:00:00Z")));
    }

    #[test]
    fn hours_that_are_none_are_refused() {
        let same = QuietHours {
            on: true,
            to: "22:00".parse().unwrap(),
            ..QuietHours::default()
        };
        assert_eq!(same.fault().unwrap().0, "quiet.to");
        let nowhere = QuietHours {
            offset_minutes: 900,
            ..QuietHours::default()
        };
        assert_eq!(nowhere.fault().unwrap().0, "quiet.offset_minutes");
        assert_eq!(QuietHours::default().fault(), None);
    }

    proptest! {
        #[test]
        fn times_print_and_parse(minutes in 0u16..1_440) {
            let time = TimeOfDay(minutes);
            prop_assert_eq!(time.to_string().parse::<TimeOfDay>().unwrap(), time);
        }

        #[test]
        fn any_text_is_a_time_or_refused(text in "\\PC{0,8}") {
            if let Ok(time) = text.parse::<TimeOfDay>() {
                prop_assert_eq!(time.to_string(), text);
            }
        }
    }
}
