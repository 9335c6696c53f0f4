//! From measurements to percentiles: what `docs/models/quality.md` calls the
//! aesthetic score. It is a blend of what can be measured, no judgement of
//! taste; the formula's version goes with every score.

use crate::Measures;

/// Name and version of the formula: a change of weights or parts is another.
pub const FORMULA: &str = "aesthetic-1";

/// How a part is read.
type Reading = fn(&Measures) -> f32;

/// The parts, their share of the whole, and how to read them.
const PARTS: [(&str, f32, Reading); 6] = [
    ("sharpness", 0.25, |m| m.sharpness),
    ("exposure", 0.15, |m| m.exposure),
    ("contrast", 0.15, |m| m.contrast),
    ("colourfulness", 0.20, |m| m.colourfulness),
    ("composition", 0.10, |m| m.composition),
    ("naturalness", 0.15, |m| m.naturalness),
];

/// Steps of a scale: the values at 0, 5, … 100 percent.
const STEPS: usize = 21;

/// A picture's score with what it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    pub formula: &'static str,
    /// 0…100 among the pictures of the scale.
    pub percentile: f32,
    pub parts: Vec<Part>,
}

/// One measurement among those of the scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    pub name: &'static str,
    pub value: f32,
    /// 0…100.
    pub percentile: f32,
}

/// Quantiles of each part and of the whole over some pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    parts: [[f32; STEPS]; PARTS.len()],
    whole: [f32; STEPS],
}

impl Scale {
    /// Over the sample library, by `media/examples/scale.rs`.
    pub fn shipped() -> &'static Scale {
        &SHIPPED
    }

    /// Over these pictures; none without any.
    pub fn over(pictures: &[Measures]) -> Option<Scale> {
        if pictures.is_empty() {
            return None;
        }
        let parts = PARTS.map(|(_, _, read)| quantiles(pictures.iter().map(read).collect()));
        let wholes = pictures.iter().map(|m| blend(&parts, m)).collect();
        Some(Scale {
            parts,
            whole: quantiles(wholes),
        })
    }

    /// How a picture scores on this scale.
    pub fn quality(&self, measures: &Measures) -> Quality {
        let parts = PARTS
            .iter()
            .zip(&self.parts)
            .map(|((name, _, read), steps)| {
                let value = read(measures);
                Part {
                    name,
                    value,
                    percentile: percentile(steps, value),
                }
            });
        Quality {
            formula: FORMULA,
            percentile: percentile(&self.whole, blend(&self.parts, measures)),
            parts: parts.collect(),
        }
    }
}

/// Weighted mean of the parts' percentiles, 0…100.
fn blend(parts: &[[f32; STEPS]; PARTS.len()], measures: &Measures) -> f32 {
    PARTS
        .iter()
        .zip(parts)
        .map(|((_, weight, read), steps)| weight * percentile(steps, read(measures)))
        .sum()
}

/// Where a value stands, between steps by proportion.
fn percentile(steps: &[f32; STEPS], value: f32) -> f32 {
    const STEP: f32 = 100.0 / (STEPS - 1) as f32;
    if value.is_nan() || value <= steps[0] {
        return 0.0;
    }
    let above = steps.iter().position(|step| *step >= value);
    let Some(above) = above else {
        return 100.0;
    };
    let (low, high) = (steps[above - 1], steps[above]);
    STEP * ((above - 1) as f32 + (value - low) / (high - low))
}

fn quantiles(mut values: Vec<f32>) -> [f32; STEPS] {
    values.sort_unstable_by(f32::total_cmp);
    let last = (values.len() - 1) as f32;
    std::array::from_fn(|step| {
        let at = last * step as f32 / (STEPS - 1) as f32;
        let (low, share) = (at.floor() as usize, at.fract());
        let high = (low + 1).min(values.len() - 1);
        values[low] + share * (values[high] - values[low])
    })
}

include!("quality_scale.rs");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_grows_with_its_value_and_stays_in_range() {
        let scale = quantiles((0..1000).map(|n| (n as f32).powi(2)).collect());
        let mut before = -1.0;
        for value in [-5.0, 0.0, 10.0, 2_500.0, 250_000.0, 998_001.0, 1e9] {
            let now = percentile(&scale, value);
            assert!(
                (0.0..=100.0).contains(&now) && now >= before,
                "{value}: {now}"
            );
            before = now;
        }
        assert!((percentile(&scale, 250_000.0) - 50.0).abs() < 1.0);
        assert_eq!(percentile(&scale, f32::NAN), 0.0);
    }

    #[test]
    fn the_weights_are_shares_of_one() {
        let sum: f32 = PARTS.iter().map(|(_, weight, _)| weight).sum();
        assert!((sum - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_shipped_scale_has_steps_that_rise() {
        let scale = Scale::shipped();
        for steps in scale.parts.iter().chain([&scale.whole]) {
            assert!(steps.windows(2).all(|w| w[0] <= w[1]), "{steps:?}");
            assert!(steps[0] < steps[STEPS - 1]);
        }
    }
}
