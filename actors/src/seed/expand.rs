//! Many vectors that lie as a few real ones do: for libraries to measure with.
//!
//! Uniform noise would make every search look hard and every filter harmless:
//! in hundreds of dimensions all of its points are equally far apart. A new
//! vector here is a real one mixed with some of its neighbours, and a step off
//! them in directions in which real pictures differ, so that there are dense
//! and thin places, and neighbours that mean something.

use ml::vector::{dot, normalise};

use super::dice::Dice;

/// Neighbours that a vector is mixed with, and those they are chosen from.
const MIXED: usize = 2;
const NEAR: usize = 12;
/// The part that is the vector's own.
const OWN: (f64, f64) = (0.45, 0.9);
/// Length of the step, in lengths of how real ones differ from their mean.
const STEP: (f64, f64) = (0.35, 0.8);
/// Steps that are made beforehand; one that is taken is two of them.
const STEPS: usize = 512;

/// What a new vector is made of: places among the real ones, with weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Mix(pub Vec<(usize, f32)>);

/// Who lies near whom.
#[derive(Debug, Clone)]
pub struct Neighbourhood {
    near: Vec<Vec<usize>>,
}

impl Neighbourhood {
    /// Of real vectors of one length.
    pub fn new(real: &[Vec<f32>]) -> Self {
        let mean = mean(real);
        let centred: Vec<Vec<f32>> = real.iter().map(|row| centre(row, &mean)).collect();
        let nearest = |own: usize| {
            let mut others: Vec<(f32, usize)> = (0..centred.len())
                .filter(|other| *other != own)
                .map(|other| (dot(&centred[own], &centred[other]), other))
                .collect();
            others.sort_by(|a, b| b.0.total_cmp(&a.0));
            others.truncate(NEAR);
            others.into_iter().map(|(_, other)| other).collect()
        };
        Self {
            near: (0..real.len()).map(nearest).collect(),
        }
    }

    /// Something near the one at `anchor`.
    pub fn mix(&self, anchor: usize, dice: &mut Dice) -> Mix {
        let own = dice.between(OWN.0, OWN.1) as f32;
        let mut mix = vec![(anchor, own)];
        let near = &self.near[anchor];
        let mut rest = 1.0 - own;
        for left in (1..=MIXED.min(near.len())).rev() {
            let part = match left {
                1 => rest,
                _ => rest * dice.unit() as f32,
            };
            mix.push((*dice.pick(near), part));
            rest -= part;
        }
        Mix(mix)
    }
}

/// Makes vectors of one space.
pub struct Expander {
    real: Vec<Vec<f32>>,
    steps: Vec<Vec<f32>>,
}

impl Expander {
    /// From real vectors of one length; each is brought to length one.
    pub fn new(real: &[Vec<f32>], dice: &mut Dice) -> Self {
        let real: Vec<Vec<f32>> = real.iter().map(|row| unit(row)).collect();
        let mean = mean(&real);
        let differ: Vec<Vec<f32>> = real
            .iter()
            .map(|row| row.iter().zip(&mean).map(|(x, m)| x - m).collect())
            .collect();
        // sums of how real ones differ, by chance: they have the same spread
        let scale = (real.len() as f32).sqrt().recip();
        let step = |_| {
            let mut step = vec![0.0; mean.len()];
            for row in &differ {
                add(&mut step, row, dice.normal() * scale);
            }
            step
        };
        let steps = (0..STEPS).map(step).collect();
        Self { real, steps }
    }

    /// The vector of a mix, of length one.
    pub fn vector(&self, mix: &Mix, dice: &mut Dice) -> Vec<f32> {
        let mut made = vec![0.0; self.real.first().map_or(0, Vec::len)];
        for (at, weight) in &mix.0 {
            add(&mut made, &self.real[*at], *weight);
        }
        let length = dice.between(STEP.0, STEP.1) as f32;
        let (sine, cosine) = (dice.unit() as f32 * std::f32::consts::TAU).sin_cos();
        for part in [sine, cosine] {
            let step = dice.below(STEPS);
            add(&mut made, &self.steps[step], part * length);
        }
        normalise(&mut made);
        made
    }
}

/// Mean of the rows.
pub fn mean(rows: &[Vec<f32>]) -> Vec<f32> {
    let mut sum = vec![0.0; rows.first().map_or(0, Vec::len)];
    let part = 1.0 / rows.len().max(1) as f32;
    rows.iter().for_each(|row| add(&mut sum, row, part));
    sum
}

/// A row less the mean, of length one.
pub fn centre(row: &[f32], mean: &[f32]) -> Vec<f32> {
    let mut centred: Vec<f32> = unit(row).iter().zip(mean).map(|(x, m)| x - m).collect();
    normalise(&mut centred);
    centred
}

fn unit(row: &[f32]) -> Vec<f32> {
    let mut row = row.to_vec();
    normalise(&mut row);
    row
}

fn add(sum: &mut [f32], row: &[f32], weight: f32) {
    for (s, x) in sum.iter_mut().zip(row) {
        *s += weight * x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three groups around directions of their own, with something in common.
    fn real(dice: &mut Dice) -> Vec<Vec<f32>> {
        (0..60)
            .map(|n| {
                let mut row: Vec<f32> = (0..64).map(|_| dice.normal() * 0.4).collect();
                row[0] += 6.0;
                row[1 + n % 3] += 4.0;
                row
            })
            .collect()
    }

    #[test]
    fn new_vectors_lie_with_what_they_are_made_of() {
        let mut dice = Dice::new(3);
        let real = real(&mut dice);
        let near = Neighbourhood::new(&real);
        let expander = Expander::new(&real, &mut dice);
        let mean = mean(&real.iter().map(|row| unit(row)).collect::<Vec<_>>());
        let mut right = 0;
        for n in 0..600 {
            let anchor = n % real.len();
            let mix = near.mix(anchor, &mut dice);
            assert!((mix.0.iter().map(|(_, w)| w).sum::<f32>() - 1.0).abs() < 1e-5);
            let made = expander.vector(&mix, &mut dice);
            assert!((dot(&made, &made) - 1.0).abs() < 1e-4);
            let made = centre(&made, &mean);
            let best = (0..real.len())
                .max_by(|a, b| {
                    let like = |at: &usize| dot(&centre(&real[*at], &mean), &made);
                    like(a).total_cmp(&like(b))
                })
                .unwrap();
            right += usize::from(best % 3 == anchor % 3);
        }
        assert!(right > 540, "{right} of 600 lie in their group");
    }
}
