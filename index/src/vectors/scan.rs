//! Which rows are among the best: from rough to fine.

use std::cell::RefCell;

use pulp::Arch;

use super::best::Best;
use super::index::{VectorIndex, place};
use super::rows::{Asked, PIECE};
use super::sketch::{BLOCK, GROUP, GROUPS, Table};
use crate::Bits;
use crate::bits::ones;

/// Added to error bounds for the rounding of sums.
const SLACK: f32 = 1e-4;
/// How many standard deviations an estimate may be off before a row is missed:
/// one in four thousand of those that are just good enough.
const SURE: f32 = 3.5;
/// With fewer members for each row of the index these are read alone.
const SPARSE: usize = 8;
/// Rows below which signs save nothing.
const FEW: usize = 2_048;
/// What is looked at beyond k for a first idea of how good the best are.
const MORE: usize = 16;
const BLOCKS: usize = PIECE / BLOCK;

thread_local! {
    /// What rows may reach at most; kept for the next search.
    static REACH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// An index and what is asked of it.
pub struct Asking<'a> {
    index: &'a VectorIndex,
    asked: Asked<'a>,
    weight: f32,
}

/// Asks by a call, so that the loops are compiled here, as well as this crate
/// is, and not wherever somebody searches.
pub struct Wish<'a> {
    pub parts: Vec<Asking<'a>>,
    pub k: usize,
    /// All of these are in the first index.
    pub within: Bits,
    pub adjusted: Option<&'a [(f32, f32)]>,
    pub wanted: &'a dyn Fn(u32) -> bool,
}

impl<'a> Asking<'a> {
    pub fn new(index: &'a VectorIndex, unit: &'a [f32], weight: f32) -> Self {
        Self {
            index,
            asked: Asked::new(unit),
            weight,
        }
    }

    /// The share of this index in a score, by its steps, and how far off it is.
    #[inline(always)]
    fn near(&self, at: u32) -> (f32, f32) {
        let (piece, row) = place(at);
        match self.index.pieces.get(piece) {
            Some(piece) => {
                let (near, off) = piece.near(row, &self.asked);
                (near * self.weight, off * self.weight.abs())
            }
            None => (0.0, 0.0),
        }
    }

    #[inline(always)]
    fn dot(&self, at: u32) -> f32 {
        let (piece, row) = place(at);
        let piece = self.index.pieces.get(piece);
        piece.map_or(0.0, |piece| piece.dot(row, &self.asked) * self.weight)
    }
}

impl Wish<'_> {
    /// Best first.
    pub fn grant(self) -> Vec<(u32, f32)> {
        let best = match self.signs_help() {
            #[cfg(target_arch = "x86_64")]
            true => match pulp::x86::V3::try_new() {
                Some(simd) => self.by_signs(simd),
                None => self.one_by_one(),
            },
            _ => self.one_by_one(),
        };
        best.into_sorted()
    }

    fn signs_help(&self) -> bool {
        let fits = |part: &Asking<'_>| part.index.rotation.groups() <= GROUPS;
        if !self.parts.iter().all(fits) {
            return false;
        }
        let rows: usize = self.parts[0].index.pieces.len() * PIECE;
        let members = self.within.len();
        members >= FEW && members * SPARSE >= rows && self.k * SPARSE <= members
    }

    fn one_by_one(&self) -> Best {
        let mut best = Best::new(self.k);
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for at in self.within.iter() {
                    self.look(at, &mut best);
                }
            },
        );
        best
    }

    /// Offers a row, if its steps say that it may be good enough.
    #[inline(always)]
    fn look(&self, at: u32, best: &mut Best) {
        let mut sum = 0.0;
        let mut off = SLACK;
        for part in &self.parts {
            let (near, by) = part.near(at);
            sum += near;
            off += by;
        }
        if self.adjust(at, sum + off) >= best.floor() && (self.wanted)(at) {
            best.offer(at, self.exact(at));
        }
    }

    #[inline(always)]
    fn exact(&self, at: u32) -> f32 {
        let mut sum = 0.0;
        for part in &self.parts {
            sum += part.dot(at);
        }
        self.adjust(at, sum)
    }

    #[inline(always)]
    fn adjust(&self, at: u32, score: f32) -> f32 {
        match self.adjusted {
            None => score,
            Some(adjusted) => {
                let (factor, summand) = adjusted[at as usize];
                score * factor + summand
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn by_signs(&self, simd: pulp::x86::V3) -> Best {
        struct Run<'a, 'b>(pulp::x86::V3, &'a Wish<'b>, &'a mut Vec<f32>);
        impl pulp::NullaryFnOnce for Run<'_, '_> {
            type Output = Best;
            #[inline(always)]
            fn call(self) -> Best {
                self.1.estimated(self.0, self.2)
            }
        }
        REACH.with_borrow_mut(|reach| simd.vectorize(Run(simd, self, reach)))
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn estimated(&self, simd: pulp::x86::V3, reach: &mut Vec<f32>) -> Best {
        let pieces = self.parts[0].index.pieces.len();
        reach.resize(pieces * PIECE, f32::NEG_INFINITY);
        let tables: Vec<Table> = self
            .parts
            .iter()
            .map(|part| part.index.rotation.table(part.asked.unit))
            .collect();
        // those that seem best, for a first idea of how good the best are
        let mut likely = Best::new(self.k + MORE);
        for (at, reach) in reach.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let members = (self.within.word(at / 2) >> (at % 2 * BLOCK)) as u32;
            if members == 0 {
                reach.fill(f32::NEG_INFINITY);
                continue;
            }
            let (mut sum, mut off) = ([0f32; BLOCK], [SLACK; BLOCK]);
            for (part, table) in self.parts.iter().zip(&tables) {
                part.estimate(simd, at, table, &mut sum, &mut off);
            }
            if let Some(adjusted) = self.adjusted {
                let adjusted = &adjusted[at * BLOCK..];
                for (row, (factor, summand)) in adjusted.iter().enumerate().take(BLOCK) {
                    sum[row] = sum[row] * factor + summand;
                    off[row] *= factor;
                }
            }
            if members != u32::MAX {
                for (row, sum) in sum.iter_mut().enumerate() {
                    if members >> row & 1 == 0 {
                        *sum = f32::NEG_INFINITY;
                    }
                }
            }
            let floor = likely.floor();
            let mut top = f32::NEG_INFINITY;
            for row in 0..BLOCK {
                top = if sum[row] > top { sum[row] } else { top };
                reach[row] = sum[row] + off[row];
            }
            if top > floor {
                for row in ones(u64::from(members)) {
                    let (at, sum) = ((at * BLOCK) as u32 + row, sum[row as usize]);
                    if sum > likely.floor() && (self.wanted)(at) {
                        likely.offer(at, sum);
                    }
                }
            }
        }
        let mut best = Best::new(self.k);
        for scored in likely.iter() {
            best.offer(scored.at, self.exact(scored.at));
            reach[scored.at as usize] = f32::NEG_INFINITY;
        }
        for (at, reach) in reach.as_chunks::<BLOCK>().0.iter().enumerate() {
            let mut top = f32::NEG_INFINITY;
            for reach in reach {
                top = if *reach > top { *reach } else { top };
            }
            if top < best.floor() {
                continue;
            }
            for (row, reach) in reach.iter().enumerate() {
                if *reach >= best.floor() && *reach > f32::NEG_INFINITY {
                    self.look((at * BLOCK + row) as u32, &mut best);
                }
            }
        }
        best
    }
}

#[cfg(target_arch = "x86_64")]
impl Asking<'_> {
    /// Adds this index's share in the scores of a block, and how far off it may
    /// be.
    #[inline(always)]
    fn estimate(
        &self,
        simd: pulp::x86::V3,
        at: usize,
        table: &Table,
        sum: &mut [f32; BLOCK],
        off: &mut [f32; BLOCK],
    ) {
        let Some(piece) = self.index.pieces.get(at / BLOCKS) else {
            return;
        };
        let (block, rows) = (at % BLOCKS, at % BLOCKS * BLOCK);
        let length = table.sums.len() / 16 * GROUP;
        let codes = &piece.codes[block * length..(block + 1) * length];
        let sums = super::sketch::sums(simd, codes, &table.sums);
        let factors = &piece.factors[rows..rows + BLOCK];
        let spreads = &piece.spreads[rows..rows + BLOCK];
        let sure = SURE * self.weight.abs();
        for row in 0..BLOCK {
            let signs = table.base + table.step * f32::from(sums[row]);
            sum[row] += self.weight * factors[row] * signs;
            off[row] += sure * spreads[row];
        }
    }
}

/// See [`VectorIndex::scores`].
pub fn scores(index: &VectorIndex, unit: &[f32], of: &[u32]) -> Vec<Option<f32>> {
    let asking = Asking::new(index, unit, 1.0);
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let score = |at: &u32| index.contains(*at).then(|| asking.dot(*at));
            of.iter().map(score).collect()
        },
    )
}
