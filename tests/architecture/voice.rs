//! Log messages: lowercase, no full stop, values as fields.

use crate::workspace::{expect_none, rust};

const MACROS: [&str; 5] = ["trace!(", "debug!(", "info!(", "warn!(", "error!("];

#[test]
fn log_messages_keep_one_voice() {
    let mut violations = Vec::new();
    for (path, text) in rust() {
        if path.starts_with("tests/") || path.starts_with("xtask/") {
            continue;
        }
        for (line, message) in messages(&text) {
            if let Some(fault) = fault(&message) {
                violations.push(format!("{path}:{line} {fault}: {message:?}"));
            }
        }
    }
    expect_none("log voice", &violations);
}

/// Line number and message of every call of a logging macro.
fn messages(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for name in MACROS {
        for (at, _) in text.match_indices(name) {
            if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let line_start = text[..at].rfind('\n').map_or(0, |n| n + 1);
            if text[line_start..at].contains("//") {
                continue;
            }
            if let Some(message) = last_literal(arguments(&text[at + name.len()..])) {
                found.push((text[..at].matches('\n').count() + 1, message));
            }
        }
    }
    found
}

/// Up to the parenthesis that closes the call.
fn arguments(text: &str) -> &str {
    let (mut depth, mut quoted, mut escaped) = (1, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// The message is the last argument, if that is a text.
fn last_literal(arguments: &str) -> Option<String> {
    let arguments = arguments.trim_end().trim_end_matches(',').trim_end();
    let end = arguments.strip_suffix('"')?;
    let start = end.rfind('"')?;
    let before = arguments[..start].trim_end();
    // `field = "value"` is a field
    (!before.ends_with('=')).then(|| end[start + 1..].to_owned())
}

fn fault(message: &str) -> Option<&'static str> {
    let first = message.split_whitespace().next()?;
    // abbreviations and names may be capitals: MQTT, SIGTERM, IDs
    let is_name = first.chars().filter(|c| c.is_uppercase()).count() > 1;
    if first.starts_with(char::is_uppercase) && !is_name {
        return Some("starts with a capital");
    }
    if message.ends_with('.') && !message.ends_with("..") {
        return Some("ends with a full stop");
    }
    None
}

#[test]
fn faults_are_found_in_calls_of_any_shape() {
    let text = "info!(id, \"Started.\");\nwarn!(\n    error = %e,\n    \"job failed.\",\n);\n\
                debug!(name = \"X.\");\nerror!(\"MQTT broker gone\");";
    let faults: Vec<_> = messages(text)
        .iter()
        .filter_map(|(line, m)| fault(m).map(|f| (*line, f)))
        .collect();
    assert_eq!(
        faults,
        [(1, "starts with a capital"), (2, "ends with a full stop")]
    );
}
