//! What texts are found by words.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::asked::{Asked, Begun};
use super::index::TextIndex;
use super::look::{Found, Look};
use super::scores::Scores;
use super::words;
use crate::Bits;
use crate::error::Result;

/// Words that an unfinished one is taken for, the most frequent.
const BEGUN_MOST: usize = 24;
/// What these count.
const BEGUN: f32 = 0.5;

/// An element whose words match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextHit {
    pub at: u32,
    /// Higher is better; comparable within one answer.
    pub score: f32,
    /// Where it matched best: `title`, `description`, `alt text`, `file name`, or
    /// `text` in the picture.
    pub field: &'static str,
    /// Only a word that begins like the last one stands in it.
    pub guessed: bool,
}

/// Where a word stands, for each field by its number.
type Places = Vec<(usize, Vec<Found>)>;

impl TextIndex {
    /// The k elements within that have any of the words, best first; equals by
    /// ordinal. Where nothing has the last word, words that begin so count half.
    /// All of that depends on nothing but what is within.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn search(&self, text: &str, k: usize, within: &Bits) -> Result<Vec<TextHit>> {
        let (committed, within) = self.asked(within);
        let look = Look {
            committed: &committed,
            within: &within,
        };
        let Asked { words, mut begun } = Asked::read(text);
        let mut scores = Scores::new(&within);
        for (place, parts) in words.iter().enumerate() {
            for (at, field) in self.fields.iter().enumerate() {
                let found = look.beside(*field, parts)?;
                if !found.is_empty() {
                    scores.add(at, &found, 1.0, true);
                    // what is there is no beginning of something else
                    begun = begun.filter(|begun| begun.place != place);
                }
            }
        }
        if let Some(Begun { typed, .. }) = begun {
            for (at, found) in self.beginning(&look, &typed)? {
                scores.add(at, &found, BEGUN, false);
            }
        }
        Ok(scores.best(k))
    }

    /// Elements within in one of whose texts these words stand beside each
    /// other. None for a text without words.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn containing(&self, text: &str, within: &Bits) -> Result<Bits> {
        let (committed, within) = self.asked(within);
        let look = Look {
            committed: &committed,
            within: &within,
        };
        let words = words::words(&mut words::analyzer(), text);
        let mut members = Bits::default();
        for field in self.fields {
            members.extend(look.beside(field, &words)?.iter().map(|found| found.at));
        }
        Ok(members)
    }

    /// Where the most frequent words stand that begin so.
    fn beginning(&self, look: &Look<'_>, typed: &str) -> Result<Places> {
        let mut words: BTreeMap<String, Places> = BTreeMap::new();
        for (at, field) in self.fields.iter().enumerate() {
            for (word, found) in look.beginning(*field, typed)? {
                words.entry(word).or_default().push((at, found));
            }
        }
        let times = |of: &Places| of.iter().map(|(_, found)| found.len()).sum::<usize>();
        let mut frequent: Vec<Places> = words.into_values().collect();
        // equals stay in alphabetical order
        frequent.sort_by_cached_key(|of| Reverse(times(of)));
        frequent.truncate(BEGUN_MOST);
        Ok(frequent.into_iter().flatten().collect())
    }
}
