//! Counts what passed and what did not.

use std::fmt;
use std::ops::AddAssign;

/// Numbers of tests; a check such as the formatter's counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Ran and held.
    pub passed: u64,
    /// Ran and did not, or could not run.
    pub failed: u64,
    /// Were not run, for a reason that was given.
    pub skipped: u64,
}

impl Tally {
    /// One check that held.
    pub fn passed() -> Self {
        Self {
            passed: 1,
            ..Self::default()
        }
    }

    /// One check that did not.
    pub fn failed() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    /// One check that was left out.
    pub fn skipped() -> Self {
        Self {
            skipped: 1,
            ..Self::default()
        }
    }

    /// The counts of a test binary, from the line with which it ends:
    /// `test result: ok. 4 passed; 0 failed; 1 ignored; …`.
    pub fn from_line(line: &str) -> Option<Self> {
        let (_, counts) = line
            .trim()
            .strip_prefix("test result: ")?
            .split_once(". ")?;
        let mut tally = Self::default();
        for part in counts.split(';') {
            let Some((number, what)) = part.trim().split_once(' ') else {
                continue;
            };
            let place = match what {
                "passed" => &mut tally.passed,
                "failed" => &mut tally.failed,
                "ignored" => &mut tally.skipped,
                _ => continue,
            };
            *place = number.parse().ok()?;
        }
        Some(tally)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_line_is_counted() {
        let line = "test result: FAILED. 4 passed; 2 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.1s";
        let tally = Tally::from_line(line).expect("a result line");
        assert_eq!(
            tally,
            Tally {
                passed: 4,
                failed: 2,
                skipped: 1
            }
        );
        assert_eq!(tally.to_string(), "4 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(Tally::from_line("test a::b ... ok"), None);
        assert_eq!(Tally::from_line("test result: "), None);
    }

    #[test]
    fn nothing_skipped_is_not_mentioned() {
        assert_eq!(Tally::passed().to_string(), "1 passed, 0 failed");
    }
}
