//! Vectors by ordinal, and the search over them.

use super::rows::{self, PIECE, Piece};
use super::scan::{self, Wish};
use super::sketch::Rotation;
use crate::Bits;

/// Vectors of one space in memory, by ordinal. Search has the filter inside,
/// so k results stay k.
///
/// Every vector is there three times, ever finer (signs, eight bits, sixteen
/// bits); a search reads the finer ones only of rows that may still be among
/// the best. Sixteen bits stand for a number of a unit vector within half a
/// fine step, at most 1 / (127 · 254 · 2) = 1.6 · 10⁻⁵. For each ordinal up to
/// the highest that is 2.125 bytes for each number of a vector (the eighth for
/// the next power of two of numbers) and 16 more.
#[derive(Debug, Clone)]
pub struct VectorIndex {
    dim: usize,
    pub(super) rotation: Rotation,
    pub(super) pieces: Vec<Piece>,
    pub(super) present: Bits,
    len: usize,
}

/// One of the indexes by which elements are ranked together.
pub struct Part<'a> {
    pub index: &'a VectorIndex,
    /// Of any length but zero.
    pub query: &'a [f32],
    /// What the cosine counts.
    pub weight: f32,
}

impl VectorIndex {
    /// An empty index of vectors with `dim` numbers.
    pub fn new(dim: usize) -> Self {
        Self {
            dim,
            rotation: Rotation::new(dim),
            pieces: Vec::new(),
            present: Bits::default(),
            len: 0,
        }
    }

    pub fn dim(&self) -> usize {
        self.dim
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a vector or replaces the former one. It is brought to length one.
    /// False, and nothing changes, when it has another number of dimensions,
    /// no length, or a number that is none.
    pub fn insert(&mut self, at: u32, vector: &[f32]) -> bool {
        let Some(unit) = rows::unit(vector).filter(|u| u.len() == self.dim) else {
            return false;
        };
        let (piece, row) = place(at);
        while self.pieces.len() <= piece {
            let groups = self.rotation.groups();
            self.pieces.push(Piece::new(self.dim, groups));
        }
        self.pieces[piece].put(row, &unit, &self.rotation);
        self.len += usize::from(self.present.insert(at));
        true
    }

    /// False when it was not there.
    pub fn remove(&mut self, at: u32) -> bool {
        let there = self.present.remove(at);
        if there {
            let (piece, row) = place(at);
            self.pieces[piece].clear(row);
            self.len -= 1;
        }
        there
    }

    pub fn contains(&self, at: u32) -> bool {
        self.present.contains(at)
    }

    /// The unit vector.
    pub fn get(&self, at: u32) -> Option<Vec<f32>> {
        let (piece, row) = place(at);
        self.contains(at).then(|| self.pieces[piece].get(row))
    }

    /// All that are there, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.present.iter()
    }

    /// The k nearest of those within that are wanted, by cosine, best first;
    /// equals by ordinal. Fewer only when fewer are. Empty for a query that is
    /// no direction of this space. `wanted` is asked of few.
    pub fn search(
        &self,
        query: &[f32],
        k: usize,
        within: &Bits,
        wanted: impl Fn(u32) -> bool,
    ) -> Vec<(u32, f32)> {
        let part = Part {
            index: self,
            query,
            weight: 1.0,
        };
        rank(&[part], k, within, None, wanted)
    }

    /// Cosines of these with a query, in their order; none for what is not
    /// there.
    pub fn scores(&self, query: &[f32], of: &[u32]) -> Vec<Option<f32>> {
        let Some(unit) = rows::unit(query).filter(|u| u.len() == self.dim) else {
            return vec![None; of.len()];
        };
        scan::scores(self, &unit, of)
    }
}

/// The k best of those within, and in the first index, by the sum of their
/// weighted cosines; what another index does not have counts nothing there.
/// `adjusted` are a factor (above zero) and a summand for each ordinal.
/// Otherwise as [`VectorIndex::search`].
pub fn rank(
    parts: &[Part<'_>],
    k: usize,
    within: &Bits,
    adjusted: Option<&[(f32, f32)]>,
    wanted: impl Fn(u32) -> bool,
) -> Vec<(u32, f32)> {
    ranked(parts, k, within, adjusted, &wanted)
}

fn ranked(
    parts: &[Part<'_>],
    k: usize,
    within: &Bits,
    adjusted: Option<&[(f32, f32)]>,
    wanted: &dyn Fn(u32) -> bool,
) -> Vec<(u32, f32)> {
    let unit = |part: &Part<'_>| rows::unit(part.query).filter(|u| u.len() == part.index.dim);
    let units: Option<Vec<Vec<f32>>> = parts.iter().map(unit).collect();
    let (Some(units), Some(first)) = (units, parts.first()) else {
        return Vec::new();
    };
    if k == 0 {
        return Vec::new();
    }
    let mut within = within.clone();
    within.and(&first.index.present);
    let asked = parts.iter().zip(&units);
    let wish = Wish {
        parts: asked
            .map(|(part, unit)| scan::Asking::new(part.index, unit, part.weight))
            .collect(),
        k: k.min(within.len()),
        within,
        adjusted,
        wanted,
    };
    wish.grant()
}

/// Piece and row in it.
pub(super) fn place(at: u32) -> (usize, usize) {
    (at as usize / PIECE, at as usize % PIECE)
}
