//! What a text tower of the pictures' own space finds.
//!
//! Rows are unit vectors u less the mean m, brought to length one: with
//! |m + s·row| = 1 the length s, and so every cosine with u, is known from the
//! row. Relevance sets the cosine with a query against those with neutral
//! texts, which are the same for every query: what they come to is kept for
//! each row, so that a search reads it once, like any other.

use index::{Bits, Part, VectorIndex};
use ml::clip_text::LOGIT_SCALE;

use super::Seen;

/// For each row its length, and what neutral texts come to.
#[derive(Default)]
pub struct Tower {
    /// Unit vectors of the neutral texts.
    neutral: Vec<Vec<f32>>,
    given: Vec<Vec<f32>>,
    mean: Vec<f32>,
    square: f32,
    /// By ordinal: what a product is multiplied by, and what is added, so that
    /// rows are in order of relevance.
    rows: Vec<(f32, f32)>,
}

impl Tower {
    /// Looks at every row once.
    pub fn new(neutral: &[Vec<f32>], mean: &[f32], alike: &VectorIndex) -> Self {
        let unit = |text: &Vec<f32>| {
            let mut unit = text.clone();
            ml::vector::normalise(&mut unit);
            unit
        };
        let mut tower = Self {
            neutral: neutral.iter().map(unit).collect(),
            given: neutral.to_vec(),
            mean: mean.to_vec(),
            square: ml::vector::dot(mean, mean),
            rows: Vec::new(),
        };
        for at in alike.iter() {
            tower.put(alike, at);
        }
        tower
    }

    /// Was it made for these neutral texts?
    pub fn knows(&self, neutral: &[Vec<f32>]) -> bool {
        !self.given.is_empty() && self.given == neutral
    }

    /// Looks at a row that is new.
    pub fn put(&mut self, alike: &VectorIndex, at: u32) {
        if self.neutral.is_empty() {
            return;
        }
        let Some(row) = alike.get(at) else { return };
        let along = ml::vector::dot(&self.mean, &row);
        let length = (along * along + 1.0 - self.square).max(0.0).sqrt() - along;
        let cosine = |text: &Vec<f32>| {
            length * ml::vector::dot(text, &row) + ml::vector::dot(text, &self.mean)
        };
        let cosines: Vec<f32> = self.neutral.iter().map(cosine).collect();
        // the cosine that counts as much as all of them together
        let top = cosines.iter().copied().fold(f32::MIN, f32::max);
        let sum: f32 = cosines
            .iter()
            .map(|c| (LOGIT_SCALE * (c - top)).exp())
            .sum();
        let level = top + (sum / cosines.len() as f32).ln() / LOGIT_SCALE;
        let place = at as usize;
        if place >= self.rows.len() {
            self.rows.resize(place + 1, (1.0, 0.0));
        }
        self.rows[place] = (length, -level);
    }

    /// The k rows within that are the most likely to show a query.
    pub fn seen(&self, alike: &VectorIndex, query: &[f32], k: usize, within: &Bits) -> Vec<Seen> {
        let mut unit = query.to_vec();
        ml::vector::normalise(&mut unit);
        let offset = ml::vector::dot(&unit, &self.mean);
        let part = Part {
            index: alike,
            query: &unit,
            weight: 1.0,
        };
        let best = index::rank(&[part], k, within, Some(&self.rows), |_| true);
        let seen = best.into_iter().map(|(at, ahead)| Seen {
            at,
            relevance: ml::clip_text::against(ahead + offset, &[0.0]),
        });
        seen.collect()
    }
}
