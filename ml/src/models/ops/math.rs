//! Elementwise functions in a form that the compiler vectorises, and the
//! switch that compiles a loop for the machine's vector unit.

use pulp::Arch;

/// Partial sums kept apart, so that a reduction can be vectorised.
const LANES: usize = 16;

/// Runs `body` compiled for the best instructions that this machine has.
#[inline(always)]
pub(crate) fn vectorised<R>(body: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(body)
}

/// e^x within 2e-7 relative; saturates instead of overflowing.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // adding 1.5 · 2^23 rounds to an integer that sits in the low bits
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let r = x - whole * LN2_HIGH - whole * LN2_LOW;
    let p = 1.0 / 720.0;
    let p = p * r + 1.0 / 120.0;
    let p = p * r + 1.0 / 24.0;
    let p = p * r + 1.0 / 6.0;
    let p = p * r + 0.5;
    let p = p * r + 1.0;
    let p = p * r + 1.0;
    p * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23)
}

/// x · sigmoid(1.702 x), the GELU of OpenAI's CLIP.
#[inline(always)]
pub(crate) fn quick_gelu(x: f32) -> f32 {
    x / (1.0 + exp(-1.702 * x))
}

/// The error function by Abramowitz and Stegun 7.1.26 (within 1.5e-7).
#[inline(always)]
pub(crate) fn erf(x: f32) -> f32 {
    let z = x.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let p = 1.061_405_4;
    let p = p * t - 1.453_152_1;
    let p = p * t + 1.421_413_8;
    let p = p * t - 0.284_496_72;
    let p = p * t + 0.254_829_6;
    (1.0 - p * t * exp(-z * z)).copysign(x)
}

/// x · Φ(x)
#[inline(always)]
pub(crate) fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// Sum of `f(x)` over a slice.
#[inline(always)]
pub(crate) fn sum(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0f32; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().map(|&x| f(x)).sum();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += f(x);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Largest number of a slice.
#[inline(always)]
pub(crate) fn max(row: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = row.chunks_exact(LANES);
    let greater = |a: f32, b: f32| if b > a { b } else { a };
    let rest = chunks
        .remainder()
        .iter()
        .fold(f32::NEG_INFINITY, |a, &b| greater(a, b));
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = greater(*lane, x);
        }
    }
    lanes.into_iter().fold(rest, greater)
}

/// Softmax of `scale · row`, in place.
#[inline(always)]
pub(crate) fn softmax(row: &mut [f32], scale: f32) {
    let top = max(row);
    for x in row.iter_mut() {
        *x = exp((*x - top) * scale);
    }
    let inverse = 1.0 / sum(row, |x| x);
    for x in row.iter_mut() {
        *x *= inverse;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exp_agrees_with_the_standard_library(x in -86.0f32..87.0) {
            let (ours, theirs) = (f64::from(exp(x)), f64::from(x).exp());
            prop_assert!(((ours - theirs) / theirs).abs() < 3e-6, "{ours} {theirs}");
        }

        #[test]
        fn a_softmax_row_sums_to_one(row in prop::collection::vec(-50f32..50.0, 1..80)) {
            let mut row = row;
            softmax(&mut row, 0.5);
            prop_assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-4);
            prop_assert!(row.iter().all(|p| (0.0..=1.0).contains(p)));
        }
    }

    #[test]
    fn gelu_meets_its_known_values() {
        // from the error function's tables
        for (x, y) in [
            (0.0, 0.0),
            (1.0, 0.841_344_7),
            (-1.0, -0.158_655_3),
            (3.0, 2.995_950_2),
        ] {
            assert!((gelu(x) - y).abs() < 1e-6, "{x}");
        }
    }
}
