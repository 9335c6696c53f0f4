//! Small trained heads on what the image models already computed: was the
//! picture made by a generator, and is it a photo, an illustration, a
//! screenshot or text. Figures and failures: `docs/models/heads.md`.
//!
//! The asset is a safetensors file (f32) made by `ml/train/heads.py`, its
//! version in the metadata:
//!
//! | tensor | shape | what |
//! |---|---|---|
//! | `clip_mean` | 512 | of unit CLIP vectors; subtracted |
//! | `feature_mean` | 1280 | of unit EfficientNet features; subtracted |
//! | `ai_made` | 1793 | logistic weights of both, and the bias; the calibration is folded in |
//! | `ai_bands` | 2 | probability from which it is unsure, and from which it is a yes |
//! | `style` | 4, 1793 | the same per style, for a softmax |

use safetensors::{Dtype, SafeTensors};

use crate::MlError;
use crate::models::{CLIP_WIDTH, FEATURES};
use crate::vector::{dot, normalise};

/// What [`Heads::style`] tells apart, in its order.
pub const STYLES: [&str; 4] = ["photo", "illustration", "screenshot", "text-heavy"];
/// Inputs of a head: both vectors.
const INPUTS: usize = CLIP_WIDTH + FEATURES;

/// The weights of all heads.
#[derive(Debug)]
pub struct Heads {
    clip_mean: Vec<f32>,
    feature_mean: Vec<f32>,
    ai_made: Vec<f32>,
    ai_bands: (f32, f32),
    style: Vec<f32>,
    version: String,
}

impl Heads {
    /// Reads the asset.
    ///
    /// # Errors
    /// [`MlError::BadWeights`] when a tensor or the version is missing,
    /// misshapen or not finite.
    pub fn load(bytes: &[u8]) -> Result<Self, MlError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| bad(error.to_string()))?;
        let (_, header) =
            SafeTensors::read_metadata(bytes).map_err(|error| bad(error.to_string()))?;
        let version = header
            .metadata()
            .as_ref()
            .and_then(|about| about.get("version"))
            .ok_or_else(|| bad("no version".to_owned()))?
            .clone();
        let read = |name, count| tensor(&file, name, count);
        let bands = read("ai_bands", 2)?;
        if !(0.0 < bands[0] && bands[0] <= bands[1] && bands[1] <= 1.0) {
            return Err(bad(format!("bands {bands:?}")));
        }
        Ok(Self {
            clip_mean: read("clip_mean", CLIP_WIDTH)?,
            feature_mean: read("feature_mean", FEATURES)?,
            ai_made: read("ai_made", INPUTS + 1)?,
            ai_bands: (bands[0], bands[1]),
            style: read("style", STYLES.len() * (INPUTS + 1))?,
            version,
        })
    }

    /// Calibrated probability, 0..=1, that a generator made the picture, from
    /// its raw CLIP vector `[512]` and raw EfficientNet features `[1280]`.
    /// Calibrated for even odds: read it together with [`Heads::ai_bands`].
    ///
    /// # Panics
    /// When either is of another width.
    pub fn ai_made(&self, clip: &[f32], features: &[f32]) -> f32 {
        let logit = linear(&self.ai_made, &self.input(clip, features));
        1.0 / (1.0 + (-logit).exp())
    }

    /// Probabilities of [`STYLES`], summing to 1; the same inputs.
    ///
    /// # Panics
    /// When either is of another width.
    pub fn style(&self, clip: &[f32], features: &[f32]) -> [f32; STYLES.len()] {
        let input = self.input(clip, features);
        let mut shares = [0f32; STYLES.len()];
        for (share, row) in shares.iter_mut().zip(self.style.chunks_exact(INPUTS + 1)) {
            *share = linear(row, &input);
        }
        let highest = shares.iter().copied().fold(f32::MIN, f32::max);
        shares.iter_mut().for_each(|s| *s = (*s - highest).exp());
        let total: f32 = shares.iter().sum();
        shares.map(|share| share / total)
    }

    /// `(unsure from, yes from)`: probabilities under the first say nothing,
    /// between them nobody can tell, and only from the second on is it a yes.
    pub fn ai_bands(&self) -> (f32, f32) {
        self.ai_bands
    }

    /// Names the weights; changes whenever they do.
    pub fn version(&self) -> &str {
        &self.version
    }

    fn input(&self, clip: &[f32], features: &[f32]) -> Vec<f32> {
        assert!(clip.len() == CLIP_WIDTH && features.len() == FEATURES);
        let mut input = centred(clip, &self.clip_mean);
        input.extend(centred(features, &self.feature_mean));
        input
    }
}

fn centred(vector: &[f32], mean: &[f32]) -> Vec<f32> {
    let mut x = vector.to_vec();
    normalise(&mut x);
    x.iter_mut().zip(mean).for_each(|(x, mean)| *x -= mean);
    normalise(&mut x);
    x
}

/// Weights · input + the bias, which comes last.
fn linear(weights: &[f32], input: &[f32]) -> f32 {
    dot(weights, input) + weights[input.len()]
}

fn bad(detail: String) -> MlError {
    MlError::BadWeights {
        model: "heads".to_owned(),
        detail,
    }
}

fn tensor(file: &SafeTensors<'_>, name: &str, count: usize) -> Result<Vec<f32>, MlError> {
    let view = file.tensor(name).map_err(|error| bad(error.to_string()))?;
    if view.dtype() != Dtype::F32 {
        return Err(bad(format!("{name} is {:?}", view.dtype())));
    }
    let numbers: Vec<f32> = view
        .data()
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    if numbers.len() != count || numbers.iter().any(|x| !x.is_finite()) {
        return Err(bad(format!(
            "{name} has {} numbers, or some that are not finite; {count} are needed",
            numbers.len()
        )));
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests;
