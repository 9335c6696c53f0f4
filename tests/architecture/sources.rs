//! Reads Rust just well enough for the rules: without comments, texts and tests.

/// A source file of which only the code is left, line by line.
pub struct Source {
    lines: Vec<Line>,
}

struct Line {
    code: String,
    is_test: bool,
}

impl Source {
    /// Blanks out comments and texts and marks what is only built for tests.
    pub fn new(text: &str) -> Self {
        let code = blank(text);
        let mut lines: Vec<_> = code
            .lines()
            .map(|code| Line {
                code: code.to_owned(),
                is_test: false,
            })
            .collect();
        mark_tests(&mut lines);
        Self { lines }
    }

    /// Numbers of the lines outside tests whose code contains this.
    pub fn lines_with(&self, needle: &str) -> Vec<usize> {
        self.find(|code| code.contains(needle))
    }

    /// Numbers of the lines outside tests that name a crate: `name::` or `use name`.
    pub fn lines_with_crate(&self, name: &str) -> Vec<usize> {
        let path = format!("{name}::");
        let import = format!("use {name};");
        self.find(|code| {
            code.contains(&import)
                || code.match_indices(&path).any(|(at, _)| {
                    // not the end of a longer name, nor a module of that name
                    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
                })
        })
    }

    fn find(&self, fits: impl Fn(&str) -> bool) -> Vec<usize> {
        self.lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !line.is_test && fits(&line.code))
            .map(|(index, _)| index + 1)
            .collect()
    }
}

/// The text with comments and the insides of string and character literals
/// replaced by spaces; line breaks stay.
fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => block_end(&chars, at),
            '"' => string_end(&chars, at),
            'r' | 'b' if !word_before(&chars, at) => raw_end(&chars, at).unwrap_or(at),
            '\'' => char_end(&chars, at).unwrap_or(at),
            _ => at,
        };
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(
                chars[at..end]
                    .iter()
                    .map(|&c| if c == '\n' { c } else { ' ' }),
            );
            at = end;
        }
    }
    out
}

fn word_before(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn line_end(chars: &[char], at: usize) -> usize {
    let rest = chars[at..].iter().position(|&c| c == '\n');
    rest.map_or(chars.len(), |n| at + n)
}

fn block_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut here) = (0, at);
    while here < chars.len() {
        match (chars[here], chars.get(here + 1)) {
            ('/', Some('*')) => (depth, here) = (depth + 1, here + 2),
            ('*', Some('/')) => (depth, here) = (depth - 1, here + 2),
            _ => here += 1,
        }
        if depth == 0 {
            return here;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut here = at + 1;
    while here < chars.len() {
        match chars[here] {
            '\\' => here += 2,
            '"' => return here + 1,
            _ => here += 1,
        }
    }
    chars.len()
}

/// The end of `r"…"`, `r#"…"#`, `br"…"` and `b"…"`, if one starts here.
fn raw_end(chars: &[char], at: usize) -> Option<usize> {
    let mut here = at;
    if chars[here] == 'b' {
        here += 1;
        if chars.get(here) == Some(&'"') {
            return Some(string_end(chars, here));
        }
    }
    if chars.get(here) != Some(&'r') {
        return None;
    }
    here += 1;
    let hashes = chars[here..].iter().take_while(|&&c| c == '#').count();
    here += hashes;
    if chars.get(here) != Some(&'"') {
        return None;
    }
    here += 1;
    while here < chars.len() {
        let closes = chars[here] == '"'
            && chars[here + 1..]
                .iter()
                .take(hashes)
                .filter(|&&c| c == '#')
                .count()
                == hashes;
        here += 1;
        if closes {
            return Some(here + hashes);
        }
    }
    Some(chars.len())
}

/// The end of a character literal; nothing for a lifetime.
fn char_end(chars: &[char], at: usize) -> Option<usize> {
    if chars.get(at + 1) == Some(&'\\') {
        let close = chars[at + 3..].iter().position(|&c| c == '\'')?;
        return Some(at + 3 + close + 1);
    }
    (chars.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

/// Marks the item after each `#[cfg(test)]` or `#[test]`, to the brace that
/// closes it or, where none opens, to the semicolon.
fn mark_tests(lines: &mut [Line]) {
    let mut index = 0;
    while index < lines.len() {
        let code = lines[index].code.trim();
        let starts = code.starts_with("#[cfg(test)]")
            || code.starts_with("#[cfg(all(test")
            || code.starts_with("#[test]")
            || code.starts_with("#[tokio::test")
            || code.starts_with("#[actix_rt::test")
            || code.starts_with("proptest!");
        if !starts {
            index += 1;
            continue;
        }
        let mut depth = 0;
        let mut opened = false;
        while index < lines.len() {
            lines[index].is_test = true;
            let code = lines[index].code.clone();
            index += 1;
            for c in code.chars() {
                match c {
                    '{' => (depth, opened) = (depth + 1, true),
                    '}' => depth -= 1,
                    _ => {}
                }
            }
            if (opened && depth == 0) || (!opened && code.trim_end().ends_with(';')) {
                break;
            }
        }
    }
}

#[test]
fn comments_texts_and_tests_are_no_code() {
    let source = Source::new(
        "fn a() { let x = \"b.unwrap()\"; } // .unwrap()\n\
         /* .unwrap() */ fn c<'a>(x: &'a str) {}\n\
         #[cfg(test)]\nmod tests {\n  fn d() { x.unwrap(); }\n}\n\
         fn e() { r#\"\".unwrap()\"#; y.unwrap() }\n",
    );
    assert_eq!(source.lines_with(".unwrap()"), [7]);
}

#[test]
fn a_crate_is_found_by_path_and_not_inside_longer_names() {
    let source =
        Source::new("use db::A;\nuse crate::db::B;\nmydb::c();\nlet x = db::f();\nuse db;\n");
    assert_eq!(source.lines_with_crate("db"), [1, 4, 5]);
}
