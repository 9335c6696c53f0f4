//! From text to a query, and hints on the way.

use super::Query;
use super::filter::{Filter, KEYS};

/// Groups in groups that are read; deeper ones are read as if they stood
/// outside.
const DEPTH: usize = 12;
/// A key that differs in so many letters may have been meant.
const MISSPELT: usize = 2;

/// Something that could be better said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Where, in bytes of the text.
    pub from: usize,
    pub to: usize,
    /// For people.
    pub text: String,
}

/// Reads a search. Never fails: what is not understood is searched as words.
pub fn parse(text: &str) -> (Query, Vec<Hint>) {
    let mut parser = Parser {
        tokens: tokens(text),
        at: 0,
        hints: Vec::new(),
    };
    let mut parts = Vec::new();
    loop {
        parts.push(parser.any_of(0));
        match parser.next() {
            None => break,
            // a parenthesis that closes nothing
            Some(token) => parser.hint(&token, "this closes nothing"),
        }
    }
    (Query::And(parts).flat(), parser.hints)
}

#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    from: usize,
    to: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Open,
    Close,
    Not,
    Or,
    Quoted(String),
    Word(String),
    /// `key:` with a value that was quoted or not.
    Pair(String, String),
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    hints: Vec<Hint>,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn hint(&mut self, token: &Token, text: impl Into<String>) {
        self.hints.push(Hint {
            from: token.from,
            to: token.to,
            text: text.into(),
        });
    }

    fn any_of(&mut self, depth: usize) -> Query {
        let mut parts = vec![self.all_of(depth)];
        while self.peek() == Some(&Kind::Or) {
            self.at += 1;
            parts.push(self.all_of(depth));
        }
        Query::Or(parts)
    }

    fn all_of(&mut self, depth: usize) -> Query {
        let mut parts = Vec::new();
        while !matches!(self.peek(), None | Some(Kind::Or | Kind::Close)) {
            parts.push(self.one(depth));
        }
        Query::And(parts)
    }

    fn one(&mut self, depth: usize) -> Query {
        let nothing = Query::And(Vec::new());
        let Some(token) = self.next() else {
            return nothing;
        };
        match token.kind.clone() {
            Kind::Not => match self.peek() {
                None | Some(Kind::Or | Kind::Close) => nothing,
                _ if depth >= DEPTH => self.one(depth),
                _ => Query::Not(Box::new(self.one(depth + 1))),
            },
            Kind::Open if depth >= DEPTH => {
                self.hint(&token, "this is nested too deep and was read as one list");
                nothing
            }
            Kind::Open => {
                let inner = self.any_of(depth + 1);
                match self.peek() {
                    Some(Kind::Close) => self.at += 1,
                    _ => self.hint(&token, "this is not closed: add )"),
                }
                inner
            }
            Kind::Quoted(text) => Query::Phrase(text),
            Kind::Word(word) => Query::Word(word),
            Kind::Pair(key, value) => self.pair(&token, &key, &value),
            Kind::Or | Kind::Close => nothing,
        }
    }

    fn pair(&mut self, token: &Token, key: &str, value: &str) -> Query {
        match Filter::read(key, value) {
            Ok(filter) => Query::Filter(filter),
            Err(usage) => {
                self.hint(token, usage);
                // what was typed is still looked for
                words(value)
            }
        }
    }
}

fn words(text: &str) -> Query {
    let plain = |c: char| !(c.is_whitespace() || "()\":".contains(c));
    let split = text.split(|c| !plain(c)).map(|w| w.trim_start_matches('-'));
    let words = split.filter(|w| !w.is_empty() && !is_or(w));
    Query::And(words.map(|w| Query::Word(w.to_owned())).collect())
}

fn is_or(word: &str) -> bool {
    word == "OR" || word == "|"
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let from = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return tokens;
        };
        let (kind, length) = match first {
            '(' => (Some(Kind::Open), 1),
            ')' => (Some(Kind::Close), 1),
            '-' => (Some(Kind::Not), 1),
            '"' => quoted(rest),
            _ => word(rest),
        };
        if let Some(kind) = kind {
            let to = from + length;
            tokens.push(Token { kind, from, to });
        }
        rest = &rest[length..];
    }
}

/// A phrase up to its closing sign, or to the end.
fn quoted(rest: &str) -> (Option<Kind>, usize) {
    let inner = &rest[1..];
    let (text, length) = match inner.find('"') {
        Some(end) => (&inner[..end], end + 2),
        None => (inner, rest.len()),
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    ((!text.is_empty()).then_some(Kind::Quoted(text)), length)
}

fn word(rest: &str) -> (Option<Kind>, usize) {
    let end = |c: char| c.is_whitespace() || "()\"".contains(c);
    let length = rest.find(end).unwrap_or(rest.len());
    let word = &rest[..length];
    if let Some((key, value)) = word.split_once(':')
        && let Some(key) = known(key)
    {
        // key:"several words"
        if value.is_empty() && rest[length..].starts_with('"') {
            let (kind, more) = quoted(&rest[length..]);
            if let Some(Kind::Quoted(value)) = kind {
                return (Some(Kind::Pair(key, value)), length + more);
            }
            return (None, length + more);
        }
        return (Some(Kind::Pair(key, value.to_owned())), length);
    }
    if is_or(word) {
        return (Some(Kind::Or), length);
    }
    (Some(Kind::Word(word.to_owned())), length)
}

/// The key in lower case, if it is one or nearly one.
fn known(key: &str) -> Option<String> {
    let key = key.to_ascii_lowercase();
    let fits = |known: &&str| {
        let far = distance(&key, known);
        far == 0 || (far <= MISSPELT && far * 2 < known.len())
    };
    let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphabetic());
    let is_key = plain && KEYS.iter().any(|(known, _)| fits(known));
    is_key.then_some(key)
}

/// Letters to change, add or drop (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

impl Filter {
    /// The key that was probably meant.
    pub(super) fn meant(key: &str) -> Option<&'static str> {
        let near = KEYS.iter().map(|(known, _)| (distance(key, known), *known));
        near.min().map(|(_, known)| known)
    }
}
