//! BRISQUE: how natural a picture's local contrasts are, without a reference.
//!
//! Mittal, Moorthy, Bovik: "No-Reference Image Quality Assessment in the
//! Spatial Domain", IEEE TIP 21(12), 2012. The regression is that of the
//! package `brisque` 0.2.0 (Apache-2.0), packed by `media/train/brisque.py`.

use super::plane::{Plane, gaussian};

/// See `media/train/brisque.py`.
const MODEL: &[u8] = include_bytes!("brisque.bin");
const FEATURES: usize = 36;
const GAMMA: f32 = 0.05;
const RHO: f32 = -155.845;
/// Taps and width of the window.
const TAPS: usize = 7;
const SIGMA: f32 = 7.0 / 6.0;
/// Smaller pictures have no local contrasts to speak of.
const LEAST_SIDE: usize = 16;

/// 0 is natural, 100 is badly distorted; values can leave that range a little.
/// None for a picture that is tiny or flat.
pub(super) fn brisque(brightness: &Plane) -> Option<f32> {
    if brightness.width.min(brightness.height) < LEAST_SIDE {
        return None;
    }
    let mut features = features(brightness)?;
    features.extend(self::features(&brightness.halved())?);
    let (numbers, _) = MODEL.as_chunks::<4>();
    let number = |at: usize| f32::from_le_bytes(numbers[at]);
    for (at, feature) in features.iter_mut().enumerate() {
        let (least, most) = (number(at), number(FEATURES + at));
        *feature = -1.0 + 2.0 / (most - least) * (*feature - least);
    }
    let vectors = numbers[2 * FEATURES..].chunks_exact(1 + FEATURES);
    let sum: f32 = vectors
        .map(|vector| {
            let distance: f32 = vector[1..]
                .iter()
                .zip(&features)
                .map(|(v, f)| (f32::from_le_bytes(*v) - f).powi(2))
                .sum();
            f32::from_le_bytes(vector[0]) * (-GAMMA * distance).exp()
        })
        .sum();
    Some(sum - RHO)
}

/// 18 numbers of one scale; none where there is no contrast at all.
fn features(brightness: &Plane) -> Option<Vec<f32>> {
    let normal = contrasts(brightness);
    let own = Fit::of(normal.values.iter().copied())?;
    let mut features = vec![own.alpha, (own.left + own.right) / 2.0];
    for (dx, dy) in [(1, 0), (0, 1), (1, 1), (-1, 1)] {
        let fit = Fit::of(neighbours(&normal, dx, dy))?;
        features.extend([fit.alpha, fit.mean(), fit.left, fit.right]);
    }
    Some(features)
}

/// Mean-subtracted, contrast-normalised brightness.
fn contrasts(brightness: &Plane) -> Plane {
    const STABLE: f32 = 1.0 / 255.0;
    let kernel = gaussian(TAPS, SIGMA);
    let mean = brightness.filtered(&kernel);
    let square = brightness.map(|v| v * v).filtered(&kernel);
    let deviation = mean.zip(&square, |m, s| (m * m - s).abs().sqrt() + STABLE);
    let centred = brightness.zip(&mean, |v, m| v - m);
    centred.zip(&deviation, |c, d| c / d)
}

/// Products of each value with its neighbour over there.
fn neighbours(plane: &Plane, dx: isize, dy: usize) -> impl Iterator<Item = f32> + '_ {
    let (width, height) = (plane.width, plane.height);
    let from = usize::from(dx < 0);
    let until = width - usize::from(dx > 0);
    (0..height - dy).flat_map(move |y| {
        (from..until).map(move |x| {
            let other = (y + dy) * width + x.saturating_add_signed(dx);
            plane.values[y * width + x] * plane.values[other]
        })
    })
}

/// An asymmetric generalised Gaussian: its shape, and the mean squares of its
/// two sides.
struct Fit {
    alpha: f32,
    left: f32,
    right: f32,
}

impl Fit {
    /// By moments; none when one side has no values.
    fn of(values: impl Iterator<Item = f32>) -> Option<Self> {
        let (mut left, mut lefts) = (0.0_f64, 0.0_f64);
        let (mut right, mut rights) = (0.0_f64, 0.0_f64);
        let mut sum = 0.0_f64;
        for value in values.map(f64::from) {
            sum += value.abs();
            if value < 0.0 {
                left += value * value;
                lefts += 1.0;
            } else {
                right += value * value;
                rights += 1.0;
            }
        }
        if left <= 0.0 || right <= 0.0 {
            return None;
        }
        let count = lefts + rights;
        let ratio = (sum / count).powi(2) / ((left + right) / count);
        let (left, right) = (left / lefts, right / rights);
        let gamma = (left / right).sqrt();
        let wanted = ratio * (gamma.powi(3) + 1.0) * (gamma + 1.0) / (gamma.powi(2) + 1.0).powi(2);
        Some(Self {
            alpha: shape(wanted) as f32,
            left: left as f32,
            right: right as f32,
        })
    }

    fn mean(&self) -> f32 {
        let alpha = f64::from(self.alpha);
        let constant = ((lgamma(1.0 / alpha) - lgamma(3.0 / alpha)) / 2.0).exp();
        let skew = f64::from(self.right.sqrt() - self.left.sqrt());
        (skew * constant * (lgamma(2.0 / alpha) - lgamma(1.0 / alpha)).exp()) as f32
    }
}

/// The shape whose ratio of moments this is. The ratio grows with the shape.
fn shape(ratio: f64) -> f64 {
    let of =
        |alpha: f64| (2.0 * lgamma(2.0 / alpha) - lgamma(1.0 / alpha) - lgamma(3.0 / alpha)).exp();
    let (mut low, mut high) = (0.05, 20.0);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if of(middle) < ratio {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

fn lgamma(x: f64) -> f64 {
    libm::lgamma(x)
}
