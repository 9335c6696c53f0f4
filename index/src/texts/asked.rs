//! From what was typed to words.

use super::words;

/// Letters from which a word may be one that is not finished.
const BEGUN_FROM: usize = 3;

/// What was asked for.
pub struct Asked {
    /// For each word that was typed its parts, each word once: `sci-fi` has two.
    pub words: Vec<Vec<String>>,
    /// What was typed last, if it may be a word that is not finished.
    pub begun: Option<Begun>,
}

/// A word that may go on.
pub struct Begun {
    /// Its place in [`Asked::words`], where it is taken for a whole one.
    pub place: usize,
    /// As it was typed, not brought to its stem.
    pub typed: String,
}

impl Asked {
    pub fn read(text: &str) -> Self {
        let mut analyzer = words::analyzer();
        let mut words: Vec<Vec<String>> = Vec::new();
        let mut last = None;
        for word in text.split_whitespace() {
            let parts = words::words(&mut analyzer, word);
            // the same word twice is not asked for twice as much
            let place = words.iter().position(|other| *other == parts);
            last = Some((word, place.unwrap_or(words.len())));
            if place.is_none() && !parts.is_empty() {
                words.push(parts);
            }
        }
        let begun = last.and_then(|(word, place)| {
            let typed = words::words(&mut words::typed(), word);
            let ([typed], [_]) = (&typed[..], &words.get(place)?[..]) else {
                return None;
            };
            (typed.chars().count() >= BEGUN_FROM).then(|| Begun {
                place,
                typed: typed.clone(),
            })
        });
        Self { words, begun }
    }
}
