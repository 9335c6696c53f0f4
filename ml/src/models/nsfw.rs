//! The two networks that look for nudity and gore. Both run as graphs; here is
//! what goes in and what comes out.

use std::path::Path;

use super::Weights;
use crate::MlError;
use crate::engine::{Loadable, Loaded};
use crate::graph::Graph;
use crate::preprocess::{Filter, Rgb8, stretch_and_crop};

const WEIGHTS: &str = "model.safetensors";
const SIDE: u32 = 224;
/// Yahoo's preprocessing: both sides to this, then the middle.
const OPEN_NSFW_RESIZE: u32 = 256;
/// Blue, green, red.
const OPEN_NSFW_MEAN: [f32; 3] = [104.0, 117.0, 123.0];
/// Deviation in pixels of the blur around a picture that is not square.
const BLUR: f32 = 10.0;
const BLUR_REACH: usize = 3 * BLUR as usize;

/// Yahoo's OpenNSFW, a thin ResNet-50 (Mahadeokar and Pesavento 2016).
pub struct OpenNsfw(Graph);

/// OwenElliott's image safety classifier S, a SwiftFormer.
pub struct ImageSafety(Graph);

impl OpenNsfw {
    /// The probability that the picture is not safe for work.
    ///
    /// # Errors
    /// [`MlError::BadInput`] when the graph is another network's.
    pub fn score(&self, picture: &Rgb8) -> Result<f32, MlError> {
        let size = [OPEN_NSFW_RESIZE; 2];
        let square = stretch_and_crop(picture, size, [SIDE; 2], Filter::Bilinear);
        let pixels = square.data().chunks_exact(3).flat_map(|rgb| {
            let value = |c: usize| f32::from(rgb[2 - c]) - OPEN_NSFW_MEAN[c];
            [value(0), value(1), value(2)]
        });
        let side = SIDE as usize;
        let [_, unsafe_] = probabilities(&self.0, vec![1, side, side, 3], pixels.collect())?;
        Ok(unsafe_)
    }
}

impl ImageSafety {
    /// Probabilities that the picture is safe, not safe for work (nudity), not
    /// safe for life (gore).
    ///
    /// # Errors
    /// [`MlError::BadInput`] when the graph is another network's.
    pub fn score(&self, picture: &Rgb8) -> Result<[f32; 3], MlError> {
        let square = on_blur(picture);
        let plane = (SIDE * SIDE) as usize;
        let mut planes = vec![0f32; 3 * plane];
        for (at, rgb) in square.chunks_exact(3).enumerate() {
            for channel in 0..3 {
                planes[channel * plane + at] = f32::from(rgb[channel]);
            }
        }
        let side = SIDE as usize;
        let [gore, nudity, safe] = probabilities(&self.0, vec![1, 3, side, side], planes)?;
        Ok([safe, nudity, gore])
    }
}

fn probabilities<const N: usize>(
    graph: &Graph,
    shape: Vec<usize>,
    numbers: Vec<f32>,
) -> Result<[f32; N], MlError> {
    let name = graph.input_names().next().unwrap_or_default();
    let outputs = graph.run_numbers(vec![(name, shape, numbers)])?;
    let found = outputs
        .first()
        .and_then(|(_, numbers)| numbers[..].try_into().ok());
    found.ok_or_else(|| MlError::BadInput(format!("a network without {N} probabilities")))
}

/// The whole picture in a square of [`SIDE`], over a stretched and blurred copy
/// of itself, as the classifier's package prepares it. RGB rows.
fn on_blur(picture: &Rgb8) -> Vec<u8> {
    let scale = f64::from(SIDE) / f64::from(picture.width().max(picture.height()));
    let fit = |side: u32| ((f64::from(side) * scale).round_ties_even() as u32).clamp(1, SIDE);
    let size = [fit(picture.width()), fit(picture.height())];
    let inner = stretch_and_crop(picture, size, size, Filter::Lanczos);
    if size == [SIDE; 2] {
        return inner.data().to_vec();
    }
    let behind = stretch_and_crop(picture, [SIDE; 2], [SIDE; 2], Filter::Lanczos);
    let mut out = blur(behind.data(), SIDE as usize);
    let (left, top) = ((SIDE - size[0]) / 2, (SIDE - size[1]) / 2);
    let rows = inner.data().chunks_exact(size[0] as usize * 3);
    let lines = out.chunks_exact_mut(SIDE as usize * 3).skip(top as usize);
    for (to, from) in lines.zip(rows) {
        to[left as usize * 3..][..from.len()].copy_from_slice(from);
    }
    out
}

/// Gaussian, edges repeated; a square of interleaved RGB.
fn blur(data: &[u8], side: usize) -> Vec<u8> {
    let weight = |at: usize| (-0.5 * (at as f32 / BLUR).powi(2)).exp();
    let total = weight(0) + 2.0 * (1..=BLUR_REACH).map(weight).sum::<f32>();
    let weights: Vec<f32> = (0..=BLUR_REACH).map(|at| weight(at) / total).collect();
    // across, turned; then down, turned back
    let mut now: Vec<f32> = data.iter().map(|&v| f32::from(v)).collect();
    for _ in 0..2 {
        let mut next = vec![0f32; now.len()];
        for y in 0..side {
            for x in 0..side {
                let mut sums = [0f32; 3];
                for (reach, weight) in weights.iter().enumerate() {
                    let sides = [x.saturating_sub(reach), (x + reach).min(side - 1)];
                    for at in &sides[..if reach == 0 { 1 } else { 2 }] {
                        for (c, sum) in sums.iter_mut().enumerate() {
                            *sum += weight * now[(y * side + at) * 3 + c];
                        }
                    }
                }
                next[(x * side + y) * 3..][..3].copy_from_slice(&sums);
            }
        }
        now = next;
    }
    now.iter().map(|v| v.round() as u8).collect()
}

impl Loadable for OpenNsfw {
    const ID: &'static str = "open-nsfw";
    const FILES: &'static [&'static str] = &[WEIGHTS];

    fn load(dir: &Path) -> Result<Loaded<Self>, MlError> {
        let graph = load_graph(Self::ID, dir)?;
        let bytes = graph.bytes();
        Ok(Loaded {
            model: Self(graph),
            bytes,
        })
    }

    fn warm_up(&self) -> Result<(), MlError> {
        self.score(&Rgb8::flat(SIDE, SIDE, [127; 3])).map(drop)
    }
}

impl Loadable for ImageSafety {
    const ID: &'static str = "image-safety";
    const FILES: &'static [&'static str] = &[WEIGHTS];

    fn load(dir: &Path) -> Result<Loaded<Self>, MlError> {
        let graph = load_graph(Self::ID, dir)?;
        let bytes = graph.bytes();
        Ok(Loaded {
            model: Self(graph),
            bytes,
        })
    }

    fn warm_up(&self) -> Result<(), MlError> {
        self.score(&Rgb8::flat(SIDE, SIDE, [127; 3])).map(drop)
    }
}

fn load_graph(id: &str, dir: &Path) -> Result<Graph, MlError> {
    Graph::load(&Weights::open(id, &dir.join(WEIGHTS))?)
}
