//! How well texts fit words.
//!
//! BM25 (Robertson and Zaragoza, *The Probabilistic Relevance Framework*, 2009)
//! over what is allowed, as if there were nothing else: how rare a word is, is
//! counted within. The statistics of the whole index would let ranks tell what
//! stands in texts that nobody may see.

use super::fields::FIELDS;
use super::look::Found;
use super::search::TextHit;
use crate::Bits;
use crate::vectors::Best;

/// How soon more of the same word adds little, and how much the length counts.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// Scores of several words in several fields, put together.
pub struct Scores {
    /// Elements that are allowed.
    all: f32,
    /// By ordinal: in all, in the field where it is the most, and that field.
    sums: Vec<f32>,
    tops: Vec<f32>,
    fields: Vec<u8>,
    /// Those that have a whole word.
    whole: Bits,
    touched: Vec<u32>,
}

impl Scores {
    pub fn new(within: &Bits) -> Self {
        let length = within.end();
        Self {
            all: within.len() as f32,
            sums: vec![0.0; length],
            tops: vec![0.0; length],
            fields: vec![0; length],
            whole: Bits::default(),
            touched: Vec::new(),
        }
    }

    /// Adds where a word was found in a field, by its number in [`FIELDS`];
    /// `part` is what it counts.
    pub fn add(&mut self, field: usize, found: &[Found], part: f32, whole: bool) {
        let rare = found.len() as f32;
        let rare = (1.0 + (self.all - rare + 0.5) / (rare + 0.5)).ln();
        let weight = part * FIELDS[field].weight * rare * (K1 + 1.0);
        for Found { at, times, length } in found {
            let times = *times as f32;
            let length = *length as f32 / FIELDS[field].length;
            let score = weight * times / (times + K1 * (1.0 - B + B * length));
            let place = *at as usize;
            if self.sums[place] == 0.0 {
                self.touched.push(*at);
            }
            self.sums[place] += score;
            if score > self.tops[place] {
                self.tops[place] = score;
                self.fields[place] = field as u8;
            }
            if whole {
                self.whole.insert(*at);
            }
        }
    }

    /// The k best, best first; equals by ordinal.
    pub fn best(self, k: usize) -> Vec<TextHit> {
        let mut best = Best::new(k);
        for at in &self.touched {
            best.offer(*at, self.sums[*at as usize]);
        }
        let hit = |(at, score): (u32, f32)| TextHit {
            field: FIELDS[usize::from(self.fields[at as usize])].name,
            guessed: !self.whole.contains(at),
            at,
            score,
        };
        best.into_sorted().into_iter().map(hit).collect()
    }
}
