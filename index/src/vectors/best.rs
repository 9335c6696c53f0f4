//! The best of many.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// The best k seen so far; of equals the lower ordinal, so that an answer does
/// not depend on the order in which they came.
pub struct Best {
    k: usize,
    heap: BinaryHeap<Reverse<Scored>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    pub score: f32,
    pub at: u32,
}

impl Best {
    pub fn new(k: usize) -> Self {
        Self {
            k,
            heap: BinaryHeap::with_capacity(k.min(1 << 16) + 1),
        }
    }

    /// The score below which nothing is taken any more.
    #[inline(always)]
    pub fn floor(&self) -> f32 {
        match self.heap.peek() {
            Some(Reverse(worst)) if self.heap.len() >= self.k => worst.score,
            _ if self.k == 0 => f32::INFINITY,
            _ => f32::NEG_INFINITY,
        }
    }

    pub fn offer(&mut self, at: u32, score: f32) {
        if score < self.floor() {
            return;
        }
        self.heap.push(Reverse(Scored { score, at }));
        if self.heap.len() > self.k {
            self.heap.pop();
        }
    }

    /// In no order.
    pub fn iter(&self) -> impl Iterator<Item = &Scored> {
        self.heap.iter().map(|Reverse(scored)| scored)
    }

    /// Best first.
    pub fn into_sorted(self) -> Vec<(u32, f32)> {
        let sorted = self.heap.into_sorted_vec().into_iter();
        sorted.map(|Reverse(s)| (s.at, s.score)).collect()
    }
}

impl Ord for Scored {
    fn cmp(&self, other: &Self) -> Ordering {
        let score = self.score.total_cmp(&other.score);
        score.then_with(|| other.at.cmp(&self.at))
    }
}

impl PartialOrd for Scored {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Scored {}
