//! The arithmetic of the scan: written so that the compiler turns it into
//! vector instructions.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use protocol::ElementId;

/// Added to error bounds for the rounding of `f32` sums.
pub const FLOAT_SLACK: f32 = 1e-4;

/// Numbers handled side by side.
const LANES: usize = 16;

/// The vector brought to length one; none if it has no direction.
pub fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let length = vector
        .iter()
        .map(|x| f64::from(*x) * f64::from(*x))
        .sum::<f64>()
        .sqrt();
    (length.is_finite() && length > 0.0).then(|| {
        vector
            .iter()
            .map(|x| (f64::from(*x) / length) as f32)
            .collect()
    })
}

/// The vector in steps of eight bits, the value of a step, and the length of
/// what rounding took.
pub fn shrink(unit: &[f32]) -> (Vec<i8>, f32, f32) {
    let top = unit.iter().fold(0f32, |top, x| top.max(x.abs()));
    let step = top / 127.0;
    let small: Vec<i8> = unit.iter().map(|x| (x / step).round() as i8).collect();
    let lost = unit
        .iter()
        .zip(&small)
        .map(|(x, s)| (x - f32::from(*s) * step).powi(2))
        .sum::<f32>()
        .sqrt();
    (small, step, lost)
}

pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0f32; LANES];
    let (heads, tail) = a.as_chunks::<LANES>();
    let (others, other_tail) = b.as_chunks::<LANES>();
    for (x, y) in heads.iter().zip(others) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f32 = tail.iter().zip(other_tail).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f32>() + rest
}

pub fn dot_small(a: &[i8], b: &[i8]) -> i32 {
    a.iter()
        .zip(b)
        .map(|(x, y)| i32::from(i16::from(*x) * i16::from(*y)))
        .sum()
}

/// The best k seen so far. Equal scores go by id, so that an answer does not
/// depend on the order of the rows.
pub struct Best<'a> {
    k: usize,
    ids: &'a [ElementId],
    heap: BinaryHeap<Worst<'a>>,
}

/// Orders the worst to the top of the heap.
struct Worst<'a> {
    score: f32,
    id: &'a ElementId,
    at: usize,
}

impl<'a> Best<'a> {
    pub fn new(k: usize, ids: &'a [ElementId]) -> Self {
        Self {
            k,
            ids,
            heap: BinaryHeap::with_capacity(k.min(ids.len()) + 1),
        }
    }

    /// The score below which nothing is taken any more.
    pub fn floor(&self) -> f32 {
        match self.heap.peek() {
            Some(worst) if self.heap.len() >= self.k => worst.score,
            _ if self.k == 0 => f32::INFINITY,
            _ => f32::NEG_INFINITY,
        }
    }

    pub fn offer(&mut self, at: usize, score: f32) {
        if score < self.floor() {
            return;
        }
        self.heap.push(Worst {
            score,
            id: &self.ids[at],
            at,
        });
        if self.heap.len() > self.k {
            self.heap.pop();
        }
    }

    /// Places and scores, best first.
    pub fn into_sorted(self) -> Vec<(usize, f32)> {
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|worst| (worst.at, worst.score))
            .collect()
    }
}

impl Ord for Worst<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then_with(|| self.id.cmp(other.id))
    }
}

impl PartialOrd for Worst<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Worst<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Worst<'_> {}
