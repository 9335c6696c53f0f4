//! From bytes to text, and whether they are a page.

use encoding_rs::{Encoding, UTF_8};

/// Bytes in which a page says how it is written.
const SAID_WITHIN: usize = 1_024;
const BEGINNINGS: [&[u8]; 10] = [
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<body",
    b"<title",
    b"<meta",
    b"<link",
    b"<script",
    b"<!--",
    b"<div",
];

/// Whether something that is no picture is a page, by how it begins; what its
/// server says counts only for what is text.
pub fn is_page(first: &[u8], kind: Option<&str>) -> bool {
    if Encoding::for_bom(first).is_some_and(|(encoding, _)| encoding != UTF_8) {
        return says_page(kind);
    }
    let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let first = first.trim_ascii_start();
    let begins = |with: &&[u8]| {
        let beginning = first.get(..with.len());
        beginning.is_some_and(|b| b.eq_ignore_ascii_case(with))
    };
    BEGINNINGS.iter().any(begins)
        || (says_page(kind) && first.contains(&b'<') && !first.contains(&0))
}

fn says_page(kind: Option<&str>) -> bool {
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    kind.starts_with("text/html") || kind.starts_with("application/xhtml+xml")
}

/// The page's text; what cannot be read becomes a replacement character.
pub fn decoded(bytes: &[u8], kind: Option<&str>) -> String {
    let said = kind.and_then(|kind| after(kind.as_bytes()));
    let begins = &bytes[..bytes.len().min(SAID_WITHIN)];
    let said = said.or_else(|| after(begins)).unwrap_or(UTF_8);
    // a byte order mark wins over what is said
    said.decode(bytes).0.into_owned()
}

/// The encoding named after `charset=`.
fn after(text: &[u8]) -> Option<&'static Encoding> {
    const KEY: &[u8] = b"charset=";
    let at = text
        .windows(KEY.len())
        .position(|w| w.eq_ignore_ascii_case(KEY))?;
    let label = &text[at + KEY.len()..];
    let label = label
        .strip_prefix(b"\"")
        .or(label.strip_prefix(b"'"))
        .unwrap_or(label);
    let end = label
        .iter()
        .position(|c| !(c.is_ascii_alphanumeric() || b"-_:.".contains(c)));
    Encoding::for_label(&label[..end.unwrap_or(label.len())])
}

/// Without line breaks and doubled spaces, shortened; none if nothing is left.
pub fn tidy(text: &str, most: usize) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text: String = words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect();
    let text = text.trim_end().to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_its_beginning() {
        for (first, kind, page) in [
            (&b"  <!DOCTYPE HTML>"[..], None, true),
            (b"\xef\xbb\xbf<html lang=en>", Some("image/png"), true),
            (b"<p>hello", Some("text/html; charset=utf-8"), true),
            (b"<p>hello", Some("text/plain"), false),
            (b"\0\0<p>", Some("text/html"), false),
            (b"%PDF-1.7", Some("text/html"), false),
            (b"{\"a\": 1}", Some("application/json"), false),
            (b"\xff\xfe<\0h\0", Some("text/html"), true),
        ] {
            assert_eq!(is_page(first, kind), page, "{first:?} {kind:?}");
        }
    }

    #[test]
    fn letters_are_read_as_they_are_written() {
        let latin = b"<meta charset='iso-8859-1'>K\xfcche";
        assert!(decoded(latin, None).ends_with("Küche"));
        assert_eq!(
            decoded(b"K\xfcche", Some("text/html; charset=windows-1252")),
            "Küche"
        );
        assert_eq!(decoded("Küche".as_bytes(), None), "Küche");
        assert_eq!(
            decoded("\u{feff}Küche".as_bytes(), Some("text/html;charset=latin1")),
            "Küche"
        );
        assert_eq!(tidy(" a\n  b\t", 10).as_deref(), Some("a b"));
        assert_eq!(tidy(" \n ", 10), None);
    }
}
