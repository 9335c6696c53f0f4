//! A number for each ordinal.

use std::cmp::Reverse;
use std::ops::RangeInclusive;

use crate::Bits;

/// Stands for no number.
const NONE: i64 = i64::MIN;

/// Numbers by ordinal. What has none is in no range and last in every order.
#[derive(Debug, Default)]
pub struct Column(Vec<i64>);

impl Column {
    /// `i64::MIN` is no number.
    pub fn put(&mut self, at: u32, number: Option<i64>) {
        let place = at as usize;
        if place >= self.0.len() {
            self.0.resize(place + 1, NONE);
        }
        self.0[place] = number.unwrap_or(NONE);
    }

    pub fn get(&self, at: u32) -> Option<i64> {
        let number = self.0.get(at as usize).copied();
        number.filter(|number| *number != NONE)
    }

    /// Those within whose number is in the range.
    pub fn within(&self, range: RangeInclusive<i64>, within: &Bits) -> Bits {
        let holds = |at: &u32| self.get(*at).is_some_and(|number| range.contains(&number));
        within.iter().filter(holds).collect()
    }

    /// The first k of those within by their numbers, the highest first or the
    /// lowest; of equals the higher ordinal.
    pub fn first(&self, k: usize, within: &Bits, highest: bool) -> Vec<u32> {
        let key = |at: u32| {
            let number = self.0.get(at as usize).copied().unwrap_or(NONE);
            let order = if highest {
                number
            } else {
                number.saturating_neg()
            };
            let order = if number == NONE { NONE } else { order };
            (order, at)
        };
        let mut keyed: Vec<Reverse<(i64, u32)>> =
            within.iter().map(|at| Reverse(key(at))).collect();
        if k < keyed.len() {
            keyed.select_nth_unstable(k);
            keyed.truncate(k);
        }
        keyed.sort_unstable();
        keyed.into_iter().map(|Reverse((_, at))| at).collect()
    }
}
