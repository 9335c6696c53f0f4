//! One number per pixel.

use crate::Picture;

/// Values row by row from the top left.
#[derive(Debug, Clone)]
pub(super) struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    /// Brightness in 0…1 by the weights of Rec. 709, as skimage's `rgb2gray`.
    pub fn brightness(picture: &Picture) -> Self {
        let rgb = picture.to_rgb();
        let values = rgb.data.chunks_exact(3).map(|p| {
            (0.2125 * f32::from(p[0]) + 0.7154 * f32::from(p[1]) + 0.0721 * f32::from(p[2])) / 255.0
        });
        Self {
            width: rgb.width as usize,
            height: rgb.height as usize,
            values: values.collect(),
        }
    }

    pub fn map(&self, change: impl Fn(f32) -> f32) -> Self {
        Self {
            values: self.values.iter().map(|v| change(*v)).collect(),
            ..*self
        }
    }

    pub fn zip(&self, other: &Self, join: impl Fn(f32, f32) -> f32) -> Self {
        let pairs = self.values.iter().zip(&other.values);
        Self {
            values: pairs.map(|(a, b)| join(*a, *b)).collect(),
            ..*self
        }
    }

    /// Convolved with a symmetric kernel along both axes; outside is zero.
    pub fn filtered(&self, kernel: &[f32]) -> Self {
        let half = kernel.len() / 2;
        let (width, height) = (self.width, self.height);
        let mut along = vec![0.0; self.values.len()];
        for (row, out) in self
            .values
            .chunks_exact(width)
            .zip(along.chunks_exact_mut(width))
        {
            for (x, out) in out.iter_mut().enumerate() {
                let from = x.saturating_sub(half);
                let until = (x + half + 1).min(width);
                let weights = &kernel[from + half - x..];
                *out = row[from..until]
                    .iter()
                    .zip(weights)
                    .map(|(v, k)| v * k)
                    .sum();
            }
        }
        let mut values = vec![0.0; self.values.len()];
        for y in 0..height {
            let from = y.saturating_sub(half);
            let until = (y + half + 1).min(height);
            let out = &mut values[y * width..(y + 1) * width];
            for other in from..until {
                let weight = kernel[other + half - y];
                let row = &along[other * width..(other + 1) * width];
                out.iter_mut().zip(row).for_each(|(o, v)| *o += weight * v);
            }
        }
        Self { values, ..*self }
    }

    /// Half the size, by the cubic that OpenCV uses (a = −0.75), without
    /// smoothing first.
    pub fn halved(&self) -> Self {
        const WEIGHTS: [f32; 4] = [-0.09375, 0.59375, 0.59375, -0.09375];
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let inside =
            |at: usize, tap: usize, most: usize| (2 * at + tap).saturating_sub(1).min(most - 1);
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                for (j, wy) in WEIGHTS.iter().enumerate() {
                    let row = inside(y, j, self.height) * self.width;
                    for (i, wx) in WEIGHTS.iter().enumerate() {
                        sum += wy * wx * self.values[row + inside(x, i, self.width)];
                    }
                }
                values.push(sum);
            }
        }
        Self {
            width,
            height,
            values,
        }
    }

    /// The value below which that share of all values lies.
    pub fn quantiles<const N: usize>(&self, shares: [f32; N]) -> [f32; N] {
        let mut sorted = self.values.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let last = (sorted.len() - 1) as f32;
        shares.map(|share| sorted[(share * last).round() as usize])
    }
}

/// A Gaussian of that many taps, summing to one.
pub(super) fn gaussian(taps: usize, sigma: f32) -> Vec<f32> {
    let half = (taps / 2) as f32;
    let bell = |at: usize| (-(at as f32 - half).powi(2) / (2.0 * sigma * sigma)).exp();
    let sum: f32 = (0..taps).map(bell).sum();
    (0..taps).map(|at| bell(at) / sum).collect()
}
