//! The search as it is being typed, word by word: which one the caret is in,
//! and what it may become.

use protocol::query::KEYS;

/// A word, a `key:value`, a phrase, a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a str,
    /// In bytes.
    pub from: usize,
    pub to: usize,
    /// Parentheses around it.
    pub depth: usize,
}

impl Token<'_> {
    pub fn is_or(&self) -> bool {
        matches!(self.text, "OR" | "|")
    }
}

/// Everything that stands between spaces and parentheses.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let from = at;
        match first {
            _ if first.is_whitespace() => {
                at += first.len_utf8();
                continue;
            }
            '(' => at += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            _ => at = end(text, from),
        }
        all.push(Token {
            text: &text[from..at],
            from,
            to: at,
            depth,
        });
        if first == '(' {
            depth += 1;
        }
    }
    all
}

/// The end of the word or phrase that begins there.
fn end(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let stop = |c: char| c.is_whitespace() || "()\"".contains(c);
    let plain = rest.find(stop).unwrap_or(rest.len());
    // a phrase, by itself or behind `key:` or a dash
    let quoted = rest[plain..].starts_with('"')
        && (rest[..plain].ends_with(':') || rest[..plain].trim_matches('-').is_empty());
    if !quoted {
        return from + plain;
    }
    let inner = plain + 1;
    match rest[inner..].find('"') {
        Some(close) => from + inner + close + 1,
        None => text.len(),
    }
}

/// What the caret is in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// In bytes: what a choice takes the place of.
    pub from: usize,
    pub to: usize,
    /// A dash stands before it.
    pub not: bool,
    /// One of the known keys.
    pub key: Option<&'static str>,
    /// What stands behind the key, or the word.
    pub value: String,
    /// A plain word in front of it, with its start: tags may have two.
    pub before: Option<(usize, String)>,
}

/// The word that ends at the caret (in bytes) or goes on behind it.
pub fn typed(text: &str, caret: usize) -> Typed {
    let all = tokens(text);
    let nothing = Typed {
        from: caret,
        to: caret,
        ..Typed::default()
    };
    let Some(at) = all.iter().position(|t| t.from < caret && caret <= t.to) else {
        return nothing;
    };
    let token = all[at];
    // what is behind the caret was not asked about
    let said = &text[token.from..caret];
    let word = said.trim_start_matches('-');
    let not = word.len() < said.len();
    let (key, value) = match word.split_once(':') {
        Some((key, value)) => match known(key) {
            Some(key) => (Some(key), value.trim_start_matches('"')),
            None => (None, word),
        },
        None => (None, word),
    };
    if key.is_none() && word.starts_with(['"', '(', ')']) {
        return nothing;
    }
    let before = at.checked_sub(1).map(|at| all[at]).filter(|before| {
        let plain = before.text.chars().all(char::is_alphanumeric);
        key.is_none() && !not && plain && !before.is_or() && before.depth == token.depth
    });
    Typed {
        from: token.from,
        to: token.to,
        not,
        key,
        value: value.to_owned(),
        before: before.map(|b| (b.from, b.text.to_owned())),
    }
}

/// Browsers count in UTF-16: from there to bytes, and back.
pub fn byte_at(text: &str, units: usize) -> usize {
    let mut seen = 0;
    for (at, letter) in text.char_indices() {
        if seen >= units {
            return at;
        }
        seen += letter.len_utf16();
    }
    text.len()
}

pub fn unit_at(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or(text);
    before.chars().map(char::len_utf16).sum()
}

fn known(key: &str) -> Option<&'static str> {
    let all = KEYS.iter().map(|(known, _)| *known);
    all.into_iter()
        .find(|known| known.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|t| t.text).collect()
    }

    #[test]
    fn words_phrases_and_signs_are_told_apart() {
        assert_eq!(
            texts("blue -(tag:\"tiger cat\" OR x) \"old town\" tag:\"open"),
            [
                "blue",
                "-",
                "(",
                "tag:\"tiger cat\"",
                "OR",
                "x",
                ")",
                "\"old town\"",
                "tag:\"open"
            ]
        );
        let depths: Vec<_> = tokens("a (b (c)) d").iter().map(|t| t.depth).collect();
        assert_eq!(depths, [0, 0, 1, 1, 2, 1, 0, 0]);
        assert_eq!(texts("-\"a b\" é(x"), ["-\"a b\"", "é", "(", "x"]);
    }

    #[test]
    fn the_word_at_the_caret_is_what_is_completed() {
        let text = "blue ca -style:ph rest";
        let plain = typed(text, 7);
        assert_eq!((plain.from, plain.to, plain.key), (5, 7, None));
        assert_eq!(plain.value, "ca");
        assert_eq!(plain.before, Some((0, "blue".into())));
        let keyed = typed(text, 17);
        assert_eq!(
            (keyed.key, &*keyed.value, keyed.not),
            (Some("style"), "ph", true)
        );
        // in the middle of a word only what stands before the caret counts
        assert_eq!(typed(text, 3).value, "blu");
        assert_eq!(typed(text, 8).value, "", "after a space a new word begins");
    }

    #[test]
    fn places_are_counted_as_browsers_do() {
        let text = "a🦊é b";
        for (byte, _) in text.char_indices() {
            assert_eq!(byte_at(text, unit_at(text, byte)), byte);
        }
        assert_eq!(unit_at(text, 5), 3);
        assert_eq!(byte_at(text, 99), text.len());
    }

    #[test]
    fn phrases_are_left_alone_but_quoted_values_are_completed() {
        assert_eq!(
            typed("\"old to", 7),
            Typed {
                from: 7,
                to: 7,
                ..Typed::default()
            }
        );
        let quoted = typed("tag:\"tiger c", 12);
        assert_eq!((quoted.key, &*quoted.value), (Some("tag"), "tiger c"));
        assert_eq!((quoted.from, quoted.to), (0, 12));
        assert_eq!(typed("TAG:x", 5).key, Some("tag"));
        assert_eq!(typed("12:30", 5).value, "12:30");
    }
}
