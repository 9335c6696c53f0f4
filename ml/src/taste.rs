//! What this instance's people keep: a ridge regression on CLIP vectors,
//! learned from what they saved against what they left.
//!
//! Says how much a picture is like the kept ones, nothing about quality. The
//! strength of the ridge is chosen by leave-one-out in closed form
//! (residual / (1 − leverage)), and the score is calibrated on the same
//! left-out predictions: without a preference in the data every picture gets
//! about 0.5.

use serde::{Deserialize, Serialize};

use crate::vector::{dot, normalise};

mod solve;

/// Fewer kept pictures than this are no taste yet.
pub const MIN_KEPT: usize = 20;
/// Fewer pictures to tell them from are no comparison.
pub const MIN_OTHERS: usize = 20;
/// Most pictures of either side that are looked at; bounds the time.
pub const MAX_SAMPLE: usize = 400;
/// Ridge strengths that are tried, per picture of the sample.
const STRENGTHS: [f64; 5] = [0.003, 0.01, 0.03, 0.1, 0.3];
/// Logistic fit of the calibration: rounds of Newton's method, and the ridge
/// that keeps a perfect split finite.
const NEWTON_ROUNDS: usize = 30;
const CALIBRATION_RIDGE: f64 = 1e-2;

/// A learned preference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Taste {
    centre: Vec<f32>,
    weights: Vec<f32>,
    bias: f32,
    slope: f32,
    offset: f32,
    agreement: f32,
}

impl Taste {
    /// Learns from raw CLIP vectors of kept pictures and of others that the
    /// same people saw or could have seen. The order does not matter. Of more
    /// than [`MAX_SAMPLE`] on a side a fixed choice is used.
    ///
    /// `None` with fewer than [`MIN_KEPT`] kept or [`MIN_OTHERS`] others, or
    /// when vectors differ in width or are not finite.
    pub fn learn(kept: &[Vec<f32>], others: &[Vec<f32>]) -> Option<Self> {
        let width = kept.first()?.len();
        let usable = |v: &Vec<f32>| v.len() == width && v.iter().all(|x| x.is_finite());
        if kept.len() < MIN_KEPT
            || others.len() < MIN_OTHERS
            || width == 0
            || !kept.iter().chain(others).all(usable)
        {
            return None;
        }
        let (kept, others) = (sample(kept), sample(others));
        let centre = balanced_mean(&kept, &others);
        // the last column is the bias; both sides weigh the same in total
        let rows: Vec<Vec<f64>> = kept
            .iter()
            .chain(&others)
            .map(|vector| {
                let mut row: Vec<f64> = centred(vector, &centre)
                    .into_iter()
                    .map(f64::from)
                    .collect();
                row.push(1.0);
                row
            })
            .collect();
        let total = rows.len() as f64;
        let share = |count: usize| total / (2.0 * count as f64);
        let (of_kept, of_others) = (share(kept.len()), share(others.len()));
        let is_kept = |at: usize| at < kept.len();
        let row_weights: Vec<f64> = (0..rows.len())
            .map(|at| if is_kept(at) { of_kept } else { of_others })
            .collect();
        let wanted: Vec<f64> = (0..rows.len())
            .map(|at| if is_kept(at) { 1.0 } else { -1.0 })
            .collect();

        let problem = solve::Ridge::new(&rows, &row_weights, &wanted);
        let best = STRENGTHS
            .iter()
            .filter_map(|strength| problem.solve(strength * total))
            .min_by(|a, b| a.left_out_error.total_cmp(&b.left_out_error))?;
        let (slope, offset) = calibrate(&best.left_out, &wanted, &row_weights);
        let (bias, weights) = best.weights.split_last()?;
        Some(Self {
            centre,
            weights: weights.iter().map(|&w| w as f32).collect(),
            bias: *bias as f32,
            slope: slope as f32,
            offset: offset as f32,
            agreement: agreement(&best.left_out, &wanted),
        })
    }

    /// How likely people here would keep the picture rather than another one,
    /// 0..=1, from its raw CLIP vector; 0.5 for a vector of another width.
    pub fn score(&self, clip: &[f32]) -> f32 {
        if clip.len() != self.weights.len() {
            return 0.5;
        }
        let mut unit = clip.to_vec();
        normalise(&mut unit);
        let raw = dot(&centred(&unit, &self.centre), &self.weights) + self.bias;
        1.0 / (1.0 + (-(self.slope * raw + self.offset)).exp())
    }

    /// How often a kept picture scores above another when neither was learned
    /// from, 0..=1; 0.5 is chance.
    pub fn agreement(&self) -> f32 {
        self.agreement
    }
}

/// At most [`MAX_SAMPLE`] unit vectors, chosen and ordered by their contents.
fn sample(vectors: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut ranked: Vec<(u64, &Vec<f32>)> = vectors.iter().map(|v| (digest(v), v)).collect();
    ranked.sort_by_key(|(digest, _)| *digest);
    ranked.truncate(MAX_SAMPLE);
    ranked
        .into_iter()
        .map(|(_, vector)| {
            let mut unit = vector.clone();
            normalise(&mut unit);
            unit
        })
        .collect()
}

/// FNV-1a of the numbers' bits: fixed across runs and platforms.
fn digest(vector: &[f32]) -> u64 {
    vector.iter().fold(0xcbf2_9ce4_8422_2325, |hash, number| {
        (hash ^ u64::from(number.to_bits())).wrapping_mul(0x0100_0000_01b3)
    })
}

fn balanced_mean(kept: &[Vec<f32>], others: &[Vec<f32>]) -> Vec<f32> {
    let mut mean = vec![0f32; kept[0].len()];
    for side in [kept, others] {
        let share = 0.5 / side.len() as f32;
        for vector in side {
            mean.iter_mut()
                .zip(vector)
                .for_each(|(m, x)| *m += share * x);
        }
    }
    mean
}

fn centred(unit: &[f32], centre: &[f32]) -> Vec<f32> {
    let mut x: Vec<f32> = unit.iter().zip(centre).map(|(x, c)| x - c).collect();
    normalise(&mut x);
    x
}

/// Slope and offset of a logistic curve over left-out predictions; the slope
/// is never negative.
fn calibrate(scores: &[f64], wanted: &[f64], weights: &[f64]) -> (f64, f64) {
    let (mut slope, mut offset) = (0.0, 0.0);
    let ridge = CALIBRATION_RIDGE * scores.len() as f64;
    for _ in 0..NEWTON_ROUNDS {
        let (mut gs, mut go) = (ridge * slope, ridge * offset);
        let (mut hss, mut hso, mut hoo) = (ridge, 0.0, ridge);
        for ((&score, &side), &weight) in scores.iter().zip(wanted).zip(weights) {
            let p = 1.0 / (1.0 + (-(slope * score + offset)).exp());
            let (miss, curve) = (weight * (p - f64::from(side > 0.0)), weight * p * (1.0 - p));
            gs += miss * score;
            go += miss;
            hss += curve * score * score;
            hso += curve * score;
            hoo += curve;
        }
        let determinant = hss * hoo - hso * hso;
        slope -= (hoo * gs - hso * go) / determinant;
        offset -= (hss * go - hso * gs) / determinant;
    }
    if slope > 0.0 {
        (slope, offset)
    } else {
        (0.0, 0.0)
    }
}

fn agreement(scores: &[f64], wanted: &[f64]) -> f32 {
    let of = |side: f64| {
        let pairs = scores.iter().zip(wanted);
        pairs
            .filter(move |(_, wanted)| **wanted == side)
            .map(|(score, _)| *score)
    };
    let others: Vec<f64> = of(-1.0).collect();
    let (mut above, mut pairs) = (0.0, 0.0);
    for kept in of(1.0) {
        for &other in &others {
            above += f64::from(kept > other) + 0.5 * f64::from(kept == other);
            pairs += 1.0;
        }
    }
    (above / pairs) as f32
}

#[cfg(test)]
mod tests;
