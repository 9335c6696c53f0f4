//! From text to words.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, Token,
    TokenStream, Tokenizer,
};

/// Bytes of a word; longer ones are codes that nobody looks for.
const LONGEST: usize = 64;

/// Words as they are looked for: accents and case do not matter, nor which
/// form of an English word it is.
pub fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Runs)
        .filter(RemoveLongFilter::limit(LONGEST))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .build()
}

/// As [`analyzer`], but in the form that was typed.
pub fn typed() -> TextAnalyzer {
    TextAnalyzer::builder(Runs)
        .filter(RemoveLongFilter::limit(LONGEST))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// The words of a text, in order.
pub fn words(analyzer: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut stream = analyzer.token_stream(text);
    stream.process(&mut |token| words.push(token.text.clone()));
    words
}

/// Cuts where the kind of character changes: `IMG_2041b` is `IMG`, `2041`, `b`.
/// Of scripts that are written without spaces every character is a word.
#[derive(Debug, Clone, Copy)]
struct Runs;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    /// A word of its own.
    Sign,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            // kana, ideographs, and those beyond the first plane
            '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => {
                Kind::Sign
            }
            c if c.is_numeric() => Kind::Digit,
            // marks belong to the letter before them
            c if c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c) => Kind::Letter,
            _ => Kind::Other,
        }
    }
}

struct RunsStream<'a> {
    text: &'a str,
    at: usize,
    token: Token,
}

impl Tokenizer for Runs {
    type TokenStream<'a> = RunsStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> RunsStream<'a> {
        RunsStream {
            text,
            at: 0,
            token: Token::default(),
        }
    }
}

impl TokenStream for RunsStream<'_> {
    fn advance(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let mut signs = rest.char_indices().map(|(at, c)| (at, c, Kind::of(c)));
        let Some((from, first, kind)) = signs.find(|(_, _, kind)| *kind != Kind::Other) else {
            self.at = self.text.len();
            return false;
        };
        let until = match kind {
            Kind::Sign => from + first.len_utf8(),
            _ => signs
                .find(|(_, _, other)| *other != kind)
                .map_or(rest.len(), |(at, _, _)| at),
        };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = self.at + from;
        self.token.offset_to = self.at + until;
        self.token.text.clear();
        self.token.text.push_str(&rest[from..until]);
        self.at += until;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_whatever_form() {
        let read = |text: &str| words(&mut analyzer(), text);
        assert_eq!(read("Herons, fishing: GRÖẞE"), ["heron", "fish", "gross"]);
        assert_eq!(read("IMG_2041b.jpg"), ["img", "2041", "b", "jpg"]);
        assert_eq!(read("東京タワー 3"), ["東", "京", "タ", "ワ", "ー", "3"]);
        assert_eq!(words(&mut typed(), "Lighthou"), ["lighthou"]);
        assert!(read(" -- \"( ").is_empty());
    }
}
