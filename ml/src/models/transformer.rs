//! The block that CLIP and BERT share, but for where the normalisation stands.

use candle_core::{Result, Tensor};

use super::ops::{Activation, Attention, LayerNorm, Linear};
use super::weights::Weights;
use crate::MlError;

/// Names and sizes of one block's tensors.
pub(super) struct BlockSpec<'a> {
    pub width: usize,
    pub hidden: usize,
    pub heads: usize,
    pub epsilon: f32,
    pub activation: Activation,
    /// Full prefixes of query, key, value.
    pub qkv: [&'a str; 3],
    pub out: &'a str,
    pub up: &'a str,
    pub down: &'a str,
    /// The normalisation of attention, then of the feed-forward part.
    pub norms: [&'a str; 2],
}

/// Self-attention and a feed-forward part, each with a residual.
pub(super) struct Block {
    heads: usize,
    qkv: Linear,
    out: Linear,
    up: Linear,
    down: Linear,
    norms: [LayerNorm; 2],
}

impl Block {
    pub fn load(weights: &Weights, spec: &BlockSpec<'_>) -> std::result::Result<Self, MlError> {
        let (width, hidden) = (spec.width, spec.hidden);
        let parts = spec
            .qkv
            .iter()
            .map(|name| pair(weights, name, width, width))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let norm = |name| norm(weights, name, width, spec.epsilon);
        Ok(Self {
            heads: spec.heads,
            qkv: Linear::stacked(parts, width, width),
            out: dense(weights, spec.out, width, width)?,
            up: dense(weights, spec.up, width, hidden)?.then(spec.activation),
            down: dense(weights, spec.down, hidden, width)?,
            norms: [norm(spec.norms[0])?, norm(spec.norms[1])?],
        })
    }

    /// Normalise, then transform, then add (CLIP).
    pub fn forward_pre_norm(&self, x: &Tensor, lengths: &[usize]) -> Result<Tensor> {
        let x = self.attend(&self.norms[0].forward(x)?, x, lengths)?;
        let hidden = self.up.forward(&self.norms[1].forward(&x)?)?;
        self.down.forward_onto(&hidden, &x)
    }

    /// Transform, add, then normalise (BERT).
    pub fn forward_post_norm(&self, x: &Tensor, lengths: &[usize]) -> Result<Tensor> {
        let x = self.norms[0].forward(&self.attend(x, x, lengths)?)?;
        let hidden = self.up.forward(&x)?;
        self.norms[1].forward(&self.down.forward_onto(&hidden, &x)?)
    }

    fn attend(&self, x: &Tensor, residual: &Tensor, lengths: &[usize]) -> Result<Tensor> {
        let heads = self.heads;
        let mixed = Attention { heads, lengths }.forward(&self.qkv.forward(x)?)?;
        self.out.forward_onto(&mixed, residual)
    }
}

type Pair = (super::Slab, Option<super::Slab>);

fn pair(
    w: &Weights,
    name: &str,
    input: usize,
    output: usize,
) -> std::result::Result<Pair, MlError> {
    Ok((
        w.take(&format!("{name}.weight"), &[output, input])?,
        Some(w.take(&format!("{name}.bias"), &[output])?),
    ))
}

fn dense(
    w: &Weights,
    name: &str,
    input: usize,
    output: usize,
) -> std::result::Result<Linear, MlError> {
    let (weight, bias) = pair(w, name, input, output)?;
    Ok(Linear::new(weight, bias, input, output))
}

/// The layer normalisation `name.{weight,bias}`.
pub(super) fn norm(
    w: &Weights,
    name: &str,
    width: usize,
    epsilon: f32,
) -> std::result::Result<LayerNorm, MlError> {
    Ok(LayerNorm::new(
        w.take(&format!("{name}.weight"), &[width])?,
        w.take(&format!("{name}.bias"), &[width])?,
        epsilon,
    ))
}
