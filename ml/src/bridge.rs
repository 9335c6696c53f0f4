//! Text to image without CLIP's text tower: a linear map from the image space
//! into MiniLM's text space, together with ConSE (class names weighted by
//! class probability). Recipe and figures: `ml/train/`, `docs/models/`.
//!
//! The asset is a safetensors file (f32 or f16) made by the training script:
//!
//! | tensor | shape | what |
//! |---|---|---|
//! | `matrix` | 512, 384 | the map M |
//! | `text_mean` | 384 | mean of the training texts' unit vectors |
//! | `image_mean` | 512 | mean of unit CLIP vectors, until a library has its own |
//! | `class_names` | 1000, 384 | unit MiniLM vectors of the ImageNet class names |
//! | `scales` | 4 | mean and deviation of the bridge cosine, then of the ConSE cosine, over random pairs |
//! | `relevance` | 3 | logistic weights of both z scores, and the bias |
//! | `threshold` | 1 | relevance from which a hit counts as confident |

use half::f16;
use safetensors::{Dtype, SafeTensors};

use crate::MlError;
use crate::models::{CLASSES, CLIP_WIDTH, TEXT_WIDTH};
use crate::pool::Classification;
use crate::vector::normalise;

/// Weight of the ConSE score beside the bridge score's 1, chosen on held-out
/// photos.
pub const CONSE_WEIGHT: f32 = 0.25;
/// Classes that make a ConSE vector.
pub const CONSE_CLASSES: usize = 10;

/// The trained map and its calibration.
#[derive(Debug)]
pub struct Bridge {
    matrix: Vec<f32>,
    text_mean: Vec<f32>,
    image_mean: Vec<f32>,
    class_names: Vec<f32>,
    scales: Vec<f32>,
    relevance: Vec<f32>,
    threshold: f32,
}

/// A query's two vectors, each `[384]` of unit length.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryVectors {
    /// To compare with pictures' bridge vectors.
    pub bridge: Vec<f32>,
    /// To compare with pictures' ConSE vectors.
    pub conse: Vec<f32>,
}

impl Bridge {
    /// Reads the asset.
    ///
    /// # Errors
    /// [`MlError::BadWeights`] when a tensor is missing or misshapen.
    pub fn load(bytes: &[u8]) -> Result<Self, MlError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| bad(error.to_string()))?;
        let read = |name, count| tensor(&file, name, count);
        Ok(Self {
            matrix: read("matrix", CLIP_WIDTH * TEXT_WIDTH)?,
            text_mean: read("text_mean", TEXT_WIDTH)?,
            image_mean: read("image_mean", CLIP_WIDTH)?,
            class_names: read("class_names", CLASSES * TEXT_WIDTH)?,
            scales: read("scales", 4)?,
            relevance: read("relevance", 3)?,
            threshold: read("threshold", 1)?[0],
        })
    }

    /// The shipped mean of unit CLIP vectors, `[512]`.
    pub fn image_mean(&self) -> &[f32] {
        &self.image_mean
    }

    /// A picture's unit vector `[384]` in the text space, from its raw CLIP
    /// vector and the mean of *unit* CLIP vectors of its library
    /// ([`Bridge::image_mean`] until there is one).
    ///
    /// # Panics
    /// When either is not 512 long.
    pub fn image_vector(&self, clip: &[f32], mean: &[f32]) -> Vec<f32> {
        assert!(clip.len() == CLIP_WIDTH && mean.len() == CLIP_WIDTH);
        let mut x = clip.to_vec();
        normalise(&mut x);
        x.iter_mut().zip(mean).for_each(|(x, mean)| *x -= mean);
        normalise(&mut x);
        let mut out = vec![0f32; TEXT_WIDTH];
        for (x, row) in x.iter().zip(self.matrix.chunks_exact(TEXT_WIDTH)) {
            out.iter_mut().zip(row).for_each(|(y, m)| *y += x * m);
        }
        normalise(&mut out);
        out
    }

    /// A picture's unit ConSE vector `[384]`.
    pub fn conse(&self, classes: &Classification) -> Vec<f32> {
        let mut out = vec![0f32; TEXT_WIDTH];
        for (class, probability) in classes.top(CONSE_CLASSES) {
            let name = &self.class_names[class * TEXT_WIDTH..(class + 1) * TEXT_WIDTH];
            out.iter_mut()
                .zip(name)
                .for_each(|(y, n)| *y += probability * n);
        }
        normalise(&mut out);
        out
    }

    /// A query's vectors, from its MiniLM embedding.
    ///
    /// # Panics
    /// When it is not 384 long.
    pub fn query_vectors(&self, text: &[f32]) -> QueryVectors {
        assert_eq!(text.len(), TEXT_WIDTH);
        let mut bridge: Vec<f32> = text
            .iter()
            .zip(&self.text_mean)
            .map(|(text, mean)| text - mean)
            .collect();
        normalise(&mut bridge);
        let mut conse = text.to_vec();
        normalise(&mut conse);
        QueryVectors { bridge, conse }
    }

    /// The two cosines as z scores on the shipped scales, so that scores of
    /// different libraries can be compared.
    pub fn z_scores(&self, cos_bridge: f32, cos_conse: f32) -> (f32, f32) {
        (
            (cos_bridge - self.scales[0]) / self.scales[1],
            (cos_conse - self.scales[2]) / self.scales[3],
        )
    }

    /// The score to rank by: both z scores, weighted.
    pub fn score(&self, cos_bridge: f32, cos_conse: f32) -> f32 {
        let (bridge, conse) = self.z_scores(cos_bridge, cos_conse);
        fuse(bridge, conse)
    }

    /// What the two cosines weigh in [`Bridge::score`]; the rest of it is the
    /// same for all pictures.
    pub fn weights(&self) -> [f32; 2] {
        [1.0 / self.scales[1], CONSE_WEIGHT / self.scales[3]]
    }

    /// How likely the picture shows what the query says, 0..1.
    pub fn relevance(&self, cos_bridge: f32, cos_conse: f32) -> f32 {
        let (bridge, conse) = self.z_scores(cos_bridge, cos_conse);
        let [on_bridge, on_conse, bias] = [self.relevance[0], self.relevance[1], self.relevance[2]];
        1.0 / (1.0 + (-(on_bridge * bridge + on_conse * conse + bias)).exp())
    }

    /// Relevance from which a hit counts as confident; weaker ones are shown
    /// apart.
    pub fn confident(&self) -> f32 {
        self.threshold
    }
}

/// Fuses z scores, however they were made.
pub fn fuse(z_bridge: f32, z_conse: f32) -> f32 {
    z_bridge + CONSE_WEIGHT * z_conse
}

fn bad(detail: String) -> MlError {
    MlError::BadWeights {
        model: "bridge".to_owned(),
        detail,
    }
}

fn tensor(file: &SafeTensors<'_>, name: &str, count: usize) -> Result<Vec<f32>, MlError> {
    let view = file.tensor(name).map_err(|error| bad(error.to_string()))?;
    let numbers: Vec<f32> = match view.dtype() {
        Dtype::F32 => four(view.data()).map(f32::from_le_bytes).collect(),
        Dtype::F16 => two(view.data())
            .map(|bytes| f16::from_le_bytes(bytes).to_f32())
            .collect(),
        other => return Err(bad(format!("{name} is {other:?}"))),
    };
    if numbers.len() != count || numbers.iter().any(|x| !x.is_finite()) {
        return Err(bad(format!(
            "{name} has {} numbers, or some that are not finite; {count} are needed",
            numbers.len()
        )));
    }
    Ok(numbers)
}

fn four(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> + '_ {
    bytes.chunks_exact(4).map(|b| [b[0], b[1], b[2], b[3]])
}

fn two(bytes: &[u8]) -> impl Iterator<Item = [u8; 2]> + '_ {
    bytes.chunks_exact(2).map(|b| [b[0], b[1]])
}

#[cfg(test)]
mod tests;
