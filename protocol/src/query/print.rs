//! From a query back to text.

use std::fmt;

use super::{Filter, Query};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Query::And(parts) => list(f, parts, " ", |part| matches!(part, Query::Or(_))),
            Query::Or(parts) => list(f, parts, " OR ", |_| false),
            Query::Not(inner) => {
                let grouped = matches!(**inner, Query::And(_) | Query::Or(_));
                one(f.write_str("-").map(|()| f)?, inner, grouped)
            }
            Query::Word(word) => f.write_str(word),
            Query::Phrase(text) => write!(f, "\"{text}\""),
            Query::Filter(filter) => filter.fmt(f),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, value) = self.write();
        // a tag's name may hold what would end it
        if value.contains(['(', ')']) {
            return write!(f, "{key}:\"{value}\"");
        }
        write!(f, "{key}:{value}")
    }
}

fn list(
    f: &mut fmt::Formatter<'_>,
    parts: &[Query],
    between: &str,
    grouped: impl Fn(&Query) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        one(f, part, grouped(part))?;
    }
    Ok(())
}

fn one(f: &mut fmt::Formatter<'_>, part: &Query, grouped: bool) -> fmt::Result {
    if grouped {
        return write!(f, "({part})");
    }
    write!(f, "{part}")
}
