//! The search language: free words, `"phrases"`, `key:value` filters, `-not`,
//! `OR` and parentheses. Nothing that can be typed is an error: what makes no
//! sense is searched as words, with a hint that says what was meant instead.

mod branch;
mod filter;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub use branch::{BRANCHES, Branch};
pub use filter::{Filter, Has, KEYS, Order, Said, Style};
pub use parse::{Hint, parse};

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// All of these; none: everything.
    And(Vec<Query>),
    /// Any of these.
    Or(Vec<Query>),
    Not(Box<Query>),
    Word(String),
    /// Words that stand beside each other.
    Phrase(String),
    Filter(Filter),
}

impl Query {
    /// In the form in which it is read again: no group in a group of its kind,
    /// no group of one.
    pub(crate) fn flat(self) -> Self {
        let gather = |parts: Vec<Query>, and: bool| {
            let mut flat = Vec::new();
            for part in parts {
                match (part.flat(), and) {
                    (Query::And(inner), true) | (Query::Or(inner), false) => flat.extend(inner),
                    (other, _) => flat.push(other),
                }
            }
            flat
        };
        match self {
            Query::And(parts) => {
                let mut parts = gather(parts, true);
                match parts.len() {
                    1 => parts.remove(0),
                    _ => Query::And(parts),
                }
            }
            Query::Or(parts) => {
                let mut parts = gather(parts, false);
                // an empty group says nothing
                parts.retain(|part| !part.is_empty());
                match parts.len() {
                    0 => Query::And(Vec::new()),
                    1 => parts.remove(0),
                    _ => Query::Or(parts),
                }
            }
            Query::Not(inner) => match inner.flat() {
                inner if inner.is_empty() => inner,
                inner => Query::Not(Box::new(inner)),
            },
            other => other,
        }
    }

    /// Does it ask for nothing in particular?
    pub fn is_empty(&self) -> bool {
        matches!(self, Query::And(parts) if parts.is_empty())
    }

    /// The order that was asked for; the first word on it counts.
    pub fn order(&self) -> Option<Order> {
        match self {
            Query::And(parts) | Query::Or(parts) => parts.iter().find_map(Query::order),
            Query::Filter(Filter::Order(order)) => Some(*order),
            _ => None,
        }
    }
}
