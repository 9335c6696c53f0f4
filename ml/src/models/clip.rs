//! CLIP's image tower, ViT-B/16 (Radford et al. 2021), with the tensor names
//! of the published checkpoints.

use candle_core::{Device, Tensor};

use super::ops::{Activation, LayerNorm, Linear};
use super::transformer::{Block, BlockSpec, norm};
use super::weights::{Slab, Weights};
use crate::MlError;
use crate::preprocess::{CLIP_224, Rgb8};

/// Length of an image embedding.
pub const CLIP_WIDTH: usize = 512;

const SIDE: usize = 224;
const PATCH: usize = 16;
const GRID: usize = SIDE / PATCH;
const TOKENS: usize = GRID * GRID + 1;
const WIDTH: usize = 768;
const HIDDEN: usize = 3072;
const HEADS: usize = 12;
const LAYERS: usize = 12;
const EPSILON: f32 = 1e-5;

/// The loaded network.
pub struct ClipImage {
    class: Slab,
    positions: Slab,
    patches: Linear,
    before: LayerNorm,
    blocks: Vec<Block>,
    after: LayerNorm,
    projection: Linear,
}

impl ClipImage {
    /// Takes the tensors by their published names.
    ///
    /// # Errors
    /// [`MlError::BadWeights`] when one is missing or misshapen.
    pub fn load(w: &Weights) -> Result<Self, MlError> {
        let blocks = (0..LAYERS)
            .map(|layer| {
                let name = |part| format!("vision_model.encoder.layers.{layer}.{part}");
                let spec = BlockSpec {
                    width: WIDTH,
                    hidden: HIDDEN,
                    heads: HEADS,
                    epsilon: EPSILON,
                    activation: Activation::QuickGelu,
                    qkv: [
                        &name("self_attn.q_proj"),
                        &name("self_attn.k_proj"),
                        &name("self_attn.v_proj"),
                    ],
                    out: &name("self_attn.out_proj"),
                    up: &name("mlp.fc1"),
                    down: &name("mlp.fc2"),
                    norms: [&name("layer_norm1"), &name("layer_norm2")],
                };
                Block::load(w, &spec)
            })
            .collect::<Result<_, _>>()?;
        let kernel = w.take(
            "vision_model.embeddings.patch_embedding.weight",
            &[WIDTH, 3, PATCH, PATCH],
        )?;
        let projection = w.take("visual_projection.weight", &[CLIP_WIDTH, WIDTH])?;
        Ok(Self {
            class: w.take("vision_model.embeddings.class_embedding", &[WIDTH])?,
            positions: w.take(
                "vision_model.embeddings.position_embedding.weight",
                &[TOKENS, WIDTH],
            )?,
            patches: Linear::new(kernel, None, 3 * PATCH * PATCH, WIDTH),
            // upstream's spelling
            before: norm(w, "vision_model.pre_layrnorm", WIDTH, EPSILON)?,
            blocks,
            after: norm(w, "vision_model.post_layernorm", WIDTH, EPSILON)?,
            projection: Linear::new(projection, None, WIDTH, CLIP_WIDTH),
        })
    }

    /// The raw projection of a picture, not normalised (length around 10.8).
    ///
    /// # Errors
    /// [`MlError::Candle`] on a fault of the tensor library.
    pub fn embed(&self, picture: &Rgb8) -> Result<Vec<f32>, MlError> {
        self.embed_planes(&CLIP_224.apply(picture))
    }

    /// As [`ClipImage::embed`], of a prepared input `[3, 224, 224]`.
    ///
    /// # Errors
    /// As [`ClipImage::embed`].
    pub fn embed_planes(&self, planes: &[f32]) -> Result<Vec<f32>, MlError> {
        let patches = Tensor::from_vec(
            unfold(planes),
            (GRID * GRID, 3 * PATCH * PATCH),
            &Device::Cpu,
        )?;
        let patches = self
            .patches
            .forward(&patches)?
            .flatten_all()?
            .to_vec1::<f32>()?;

        let mut tokens: Vec<f32> = self.positions.to_vec();
        let content = self.class.iter().chain(&patches);
        for (token, value) in tokens.iter_mut().zip(content) {
            *token += value;
        }
        let tokens = Tensor::from_vec(tokens, (TOKENS, WIDTH), &Device::Cpu)?;
        let mut x = self.before.forward(&tokens)?;
        for block in &self.blocks {
            x = block.forward_pre_norm(&x, &[TOKENS])?;
        }
        let class = self.after.forward(&x.narrow(0, 0, 1)?.contiguous()?)?;
        Ok(self.projection.forward(&class)?.flatten_all()?.to_vec1()?)
    }
}

/// Planes `[3, 224, 224]` → one row per patch, in the order of the kernel
/// (channel, row, column).
fn unfold(planes: &[f32]) -> Vec<f32> {
    let mut rows = Vec::with_capacity(planes.len());
    for patch in 0..GRID * GRID {
        let (top, left) = (patch / GRID * PATCH, patch % GRID * PATCH);
        for channel in 0..3 {
            for y in top..top + PATCH {
                let from = (channel * SIDE + y) * SIDE + left;
                rows.extend_from_slice(&planes[from..from + PATCH]);
            }
        }
    }
    rows
}
