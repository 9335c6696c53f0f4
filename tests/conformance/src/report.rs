//! What came out, rule by rule.

use std::fmt;

use crate::Stop;

/// How one rule ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

impl From<Result<(), Stop>> for Outcome {
    fn from(check: Result<(), Stop>) -> Self {
        match check {
            Ok(()) => Outcome::Passed,
            Err(Stop::Failed(why)) => Outcome::Failed(why),
            Err(Stop::Skipped(why)) => Outcome::Skipped(why),
        }
    }
}

/// One rule's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: &'static str,
    pub what: &'static str,
    pub outcome: Outcome,
}

/// All lines, in the order of the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub lines: Vec<Line>,
}

impl Report {
    /// Did every rule that could be told hold?
    pub fn holds(&self) -> bool {
        self.failures().next().is_none() && !self.lines.is_empty()
    }

    /// The rules that do not hold.
    pub fn failures(&self) -> impl Iterator<Item = &Line> {
        let failed = |line: &&Line| matches!(line.outcome, Outcome::Failed(_));
        self.lines.iter().filter(failed)
    }

    /// The rules that could not be told.
    pub fn skipped(&self) -> impl Iterator<Item = &Line> {
        let skipped = |line: &&Line| matches!(line.outcome, Outcome::Skipped(_));
        self.lines.iter().filter(skipped)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Outcome::Passed => write!(f, "{:<4} pass  {}", self.id, self.what),
            Outcome::Failed(why) => write!(f, "{:<4} FAIL  {}: {why}", self.id, self.what),
            Outcome::Skipped(why) => write!(f, "{:<4} skip  {}: {why}", self.id, self.what),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        let (failed, skipped) = (self.failures().count(), self.skipped().count());
        let passed = self.lines.len() - failed - skipped;
        writeln!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_is_enough_and_a_skip_is_none() {
        let line = |outcome| Line {
            id: "1.1",
            what: "it opens",
            outcome,
        };
        let mut report = Report::default();
        assert!(!report.holds(), "nothing was checked");
        report.lines.push(line(Outcome::Passed));
        report.lines.push(line(Outcome::Skipped("no".to_owned())));
        assert!(report.holds());
        report.lines.push(line(Outcome::Failed("404".to_owned())));
        assert!(!report.holds());
        let text = report.to_string();
        assert!(text.contains("1.1  FAIL  it opens: 404"), "{text}");
        assert!(text.ends_with("1 passed, 1 failed, 1 skipped\n"), "{text}");
    }
}
