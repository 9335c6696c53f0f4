//! How the engine finds the rows that a query asks for, told to the log on
//! demand: `RUST_LOG=asterism_db::plans=debug`. A plan that scans a table grows
//! with it.
//!
//! Explaining costs about as much as planning once more, so it is off unless
//! somebody listens.

/// What listens to [`TARGET`] is told of every plan.
pub(crate) const TARGET: &str = "asterism_db::plans";

pub(crate) fn wanted() -> bool {
    tracing::enabled!(target: TARGET, tracing::Level::DEBUG)
}

pub(crate) fn tell(statement: &str, plan: &str) {
    tracing::debug!(target: TARGET, statement, plan);
}

/// A statement that looks for rows, and a query that explains it.
#[derive(Debug, PartialEq)]
pub(crate) struct Explained {
    pub statement: String,
    pub query: String,
    /// Which answer of the query is the plan.
    pub at: usize,
}

/// Those statements of a query that look for rows: what is read, also into
/// variables, and what is changed where a condition holds.
pub(crate) fn explained(query: &str) -> Vec<Explained> {
    let mut variables: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for statement in statements(query) {
        let (name, asked) = variable(statement);
        if let Some(looked) = looks(asked) {
            let mut query = variables.join("; ");
            if !variables.is_empty() {
                query.push_str("; ");
            }
            query.push_str("EXPLAIN ");
            query.push_str(&looked);
            found.push(Explained {
                statement: statement.to_owned(),
                query,
                at: variables.len(),
            });
        }
        // what is written is not written twice
        if name && asked.starts_with("SELECT") {
            variables.push(statement);
        } else if name {
            break;
        }
    }
    found
}

/// Does the statement fill a variable, and with what?
fn variable(statement: &str) -> (bool, &str) {
    let Some((_, value)) = statement
        .strip_prefix("LET ")
        .and_then(|rest| rest.split_once('='))
    else {
        return (false, statement);
    };
    let value = value.trim();
    let inner = value.strip_prefix('(').and_then(|v| v.strip_suffix(')'));
    (true, inner.unwrap_or(value).trim())
}

/// The search for rows in a statement, as one that reads.
fn looks(statement: &str) -> Option<String> {
    if statement.starts_with("SELECT ") {
        return Some(statement.to_owned());
    }
    let rest = ["UPDATE ", "DELETE "]
        .iter()
        .find_map(|verb| statement.strip_prefix(verb))?;
    let (table, _) = rest.split_once(' ')?;
    let (_, condition) = rest.split_once(" WHERE ")?;
    let condition = condition.split(" RETURN ").next().unwrap_or(condition);
    Some(format!("SELECT id FROM {table} WHERE {condition}"))
}

/// The statements of a query: parted by semicolons outside of brackets and
/// quotes.
fn statements(query: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut start) = (0_usize, None, 0);
    let mut found = Vec::new();
    for (at, character) in query.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ';') if depth == 0 => {
                found.push(query[start..at].trim());
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    found.push(query[start..].trim());
    found.retain(|statement| !statement.is_empty());
    found
}

#[cfg(test)]
mod tests;
