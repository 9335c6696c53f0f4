//! What came of something that was done with several pictures. Pure.

use protocol::{ElementId, Problem};

use crate::words;

/// A picture that was left as it was, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    pub id: ElementId,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    pub done: Vec<ElementId>,
    /// It was so before.
    pub before: Vec<ElementId>,
    pub failed: Vec<Failed>,
}

impl Tally {
    pub fn fail(&mut self, id: ElementId, why: String) {
        self.failed.push(Failed { id, why });
    }

    /// Takes one answer of a list in.
    pub fn take(&mut self, id: ElementId, error: Option<&Problem>) {
        match error {
            None => self.done.push(id),
            Some(problem) => {
                let why = problem.detail.as_deref().unwrap_or(&problem.title);
                self.fail(id, why.to_owned());
            }
        }
    }

    /// `Tagged 3 pictures`, with what did not go through and what was so
    /// already.
    pub fn says(&self, done: &str) -> String {
        let mut says = format!("{done} {}", pictures(self.done.len()));
        if !self.before.is_empty() {
            says += &format!(", {} there already", self.before.len());
        }
        if !self.failed.is_empty() {
            says += &format!(", {} left as before", self.failed.len());
        }
        says
    }
}

/// `1 picture`, `3 pictures`.
pub fn pictures(count: usize) -> String {
    words::count(count as i64, "picture")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::id;
    use protocol::ErrorCode;

    #[test]
    fn what_failed_is_never_counted_as_done() {
        let mut tally = Tally::default();
        tally.take(id(1), None);
        tally.take(
            id(2),
            Some(&Problem::new(ErrorCode::Forbidden, "it is not yours")),
        );
        tally.take(id(3), None);
        assert_eq!(tally.done, [id(1), id(3)]);
        assert_eq!(tally.failed[0].why, "it is not yours");
        assert_eq!(tally.says("Tagged"), "Tagged 2 pictures, 1 left as before");
        tally.before.push(id(4));
        assert!(tally.says("Saved").contains("1 there already"));
    }
}
