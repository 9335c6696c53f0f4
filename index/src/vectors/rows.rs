//! Rows of vectors by ordinal, in pieces that never move.

use super::kernels;
use super::sketch::{self, BLOCK, Code, GROUP, Rotation};

/// Rows of a piece.
pub const PIECE: usize = 1_024;
/// Fine steps in a step.
const FINE: f32 = 254.0;

/// Vectors three times, ever finer: signs, eight bits, sixteen bits. Each is
/// read only for rows that the one before could not rule out. Rows that are
/// not there are zero.
#[derive(Debug, Clone)]
pub struct Piece {
    dim: usize,
    /// Signs, in blocks: see [`sketch`].
    pub codes: Vec<u8>,
    pub factors: Vec<f32>,
    pub spreads: Vec<f32>,
    /// Numbers in steps, and what that leaves in fine steps.
    coarse: Vec<i8>,
    fine: Vec<i8>,
    /// Value of a step of the row.
    steps: Vec<f32>,
    /// Length of what is left beyond the steps.
    lost: Vec<f32>,
}

/// A query in the forms in which rows are.
pub struct Asked<'a> {
    pub unit: &'a [f32],
    small: Vec<i8>,
    step: f32,
    lost: f32,
}

impl<'a> Asked<'a> {
    pub fn new(unit: &'a [f32]) -> Self {
        let (small, step) = steps(unit);
        let left = unit.iter().zip(&small);
        let lost = left.map(|(x, s)| (x - f32::from(*s) * step).powi(2));
        Self {
            lost: lost.sum::<f32>().sqrt(),
            unit,
            small,
            step,
        }
    }
}

impl Piece {
    pub fn new(dim: usize, groups: usize) -> Self {
        Self {
            dim,
            codes: vec![0; PIECE / BLOCK * groups * GROUP],
            factors: vec![0.0; PIECE],
            spreads: vec![0.0; PIECE],
            coarse: vec![0; PIECE * dim],
            fine: vec![0; PIECE * dim],
            steps: vec![0.0; PIECE],
            lost: vec![0.0; PIECE],
        }
    }

    /// Puts a unit vector at a row.
    pub fn put(&mut self, row: usize, unit: &[f32], rotation: &Rotation) {
        let Code {
            nibbles,
            factor,
            spread,
        } = rotation.code(unit);
        let block = rotation.groups() * GROUP;
        let from = row / BLOCK * block;
        sketch::store(&mut self.codes[from..from + block], row % BLOCK, &nibbles);
        self.factors[row] = factor;
        self.spreads[row] = spread;

        let (coarse, step) = steps(unit);
        let span = row * self.dim..(row + 1) * self.dim;
        let mut lost = 0.0;
        let fine = self.fine[span.clone()].iter_mut();
        for ((x, coarse), fine) in unit.iter().zip(&coarse).zip(fine) {
            let left = x - f32::from(*coarse) * step;
            *fine = (left / step * FINE).round() as i8;
            lost += left * left;
        }
        self.coarse[span].copy_from_slice(&coarse);
        self.steps[row] = step;
        self.lost[row] = lost.sqrt();
    }

    pub fn clear(&mut self, row: usize) {
        self.factors[row] = 0.0;
        self.spreads[row] = 0.0;
        self.steps[row] = 0.0;
        self.lost[row] = 0.0;
    }

    /// The row's unit vector.
    pub fn get(&self, row: usize) -> Vec<f32> {
        let span = row * self.dim..(row + 1) * self.dim;
        let parts = self.coarse[span.clone()].iter().zip(&self.fine[span]);
        let step = self.steps[row];
        parts
            .map(|(coarse, fine)| (f32::from(*coarse) + f32::from(*fine) / FINE) * step)
            .collect()
    }

    /// The product with a query of length one, by its steps, and how far off
    /// that may be: with q = q' + e and v = v' + f (steps and what they leave),
    /// |q·v − q'·v'| ≤ |e|·|v| + |q'|·|f|.
    #[inline(always)]
    pub fn near(&self, row: usize, asked: &Asked<'_>) -> (f32, f32) {
        let small = &self.coarse[row * self.dim..(row + 1) * self.dim];
        let near = kernels::dot_small(&asked.small, small) as f32 * asked.step * self.steps[row];
        (near, asked.lost + (1.0 + asked.lost) * self.lost[row])
    }

    /// The product with a query.
    #[inline(always)]
    pub fn dot(&self, row: usize, asked: &Asked<'_>) -> f32 {
        let span = row * self.dim..(row + 1) * self.dim;
        let coarse = kernels::dot_wide(asked.unit, &self.coarse[span.clone()]);
        let fine = kernels::dot_wide(asked.unit, &self.fine[span]);
        (coarse + fine / FINE) * self.steps[row]
    }
}

/// The vector brought to length one; none if it has no direction.
pub fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let squares = vector.iter().map(|x| f64::from(*x) * f64::from(*x));
    let length = squares.sum::<f64>().sqrt();
    (length.is_finite() && length > 0.0).then(|| {
        let scaled = vector.iter().map(|x| (f64::from(*x) / length) as f32);
        scaled.collect()
    })
}

/// A unit vector in steps of eight bits, and the value of a step.
fn steps(unit: &[f32]) -> (Vec<i8>, f32) {
    let top = unit.iter().fold(0f32, |top, x| top.max(x.abs()));
    let step = top / 127.0;
    let small = unit.iter().map(|x| (x / step).round() as i8);
    (small.collect(), step)
}
