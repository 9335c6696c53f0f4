//! A query as alternatives, each a plain list of conditions.

use super::{Filter, Query};

/// Alternatives that are searched at most.
pub const BRANCHES: usize = 12;

/// All of these.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Branch {
    pub words: Vec<String>,
    pub phrases: Vec<String>,
    /// Words and phrases that must not be there.
    pub without: Vec<String>,
    pub filters: Vec<Filter>,
    pub not: Vec<Filter>,
}

impl Branch {
    /// The words, phrases included, as they are looked for.
    pub fn text(&self) -> String {
        let all = self.words.iter().chain(&self.phrases);
        all.map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

impl Query {
    /// The alternatives, the first [`BRANCHES`] of them; true when there are
    /// more.
    pub fn branches(&self) -> (Vec<Branch>, bool) {
        let mut all = self.spread(false);
        let more = all.len() > BRANCHES;
        all.truncate(BRANCHES);
        (all, more)
    }

    /// Disjunctive form; `negated` by De Morgan. Bounded on the way, so that
    /// nothing grows without end.
    fn spread(&self, negated: bool) -> Vec<Branch> {
        match (self, negated) {
            (Query::Not(inner), negated) => inner.spread(!negated),
            (Query::And(parts), false) | (Query::Or(parts), true) => {
                let start = vec![Branch::default()];
                parts.iter().fold(start, |before, part| {
                    let next = part.spread(negated);
                    let pairs = before
                        .iter()
                        .flat_map(|a| next.iter().map(move |b| a.with(b)));
                    pairs.take(BRANCHES + 1).collect()
                })
            }
            (Query::Or(parts), false) | (Query::And(parts), true) => {
                let all = parts.iter().flat_map(|part| part.spread(negated));
                all.take(BRANCHES + 1).collect()
            }
            (Query::Word(word), false) => vec![Branch {
                words: vec![word.clone()],
                ..Branch::default()
            }],
            (Query::Phrase(text), false) => vec![Branch {
                phrases: vec![text.clone()],
                ..Branch::default()
            }],
            (Query::Word(text) | Query::Phrase(text), true) => vec![Branch {
                without: vec![text.clone()],
                ..Branch::default()
            }],
            // an order is no condition
            (Query::Filter(Filter::Order(_)), _) => vec![Branch::default()],
            (Query::Filter(filter), false) => vec![Branch {
                filters: vec![filter.clone()],
                ..Branch::default()
            }],
            (Query::Filter(filter), true) => vec![Branch {
                not: vec![filter.clone()],
                ..Branch::default()
            }],
        }
    }
}

impl Branch {
    fn with(&self, other: &Branch) -> Branch {
        fn both<T: Clone>(a: &[T], b: &[T]) -> Vec<T> {
            a.iter().chain(b).cloned().collect()
        }
        Branch {
            words: both(&self.words, &other.words),
            phrases: both(&self.phrases, &other.phrases),
            without: both(&self.without, &other.without),
            filters: both(&self.filters, &other.filters),
            not: both(&self.not, &other.not),
        }
    }
}
