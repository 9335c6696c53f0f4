use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use super::math::{sum, vectorised};
use super::numbers;
use crate::models::Slab;

/// Layer normalisation over the last dimension.
pub struct LayerNorm {
    weight: Slab,
    bias: Slab,
    epsilon: f32,
}

impl LayerNorm {
    /// `weight` and `bias` have the width that is normalised over.
    pub fn new(weight: Slab, bias: Slab, epsilon: f32) -> Self {
        Self {
            weight,
            bias,
            epsilon,
        }
    }

    /// `[rows, width]` → the same shape.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.apply_op1_no_bwd(&self)
    }
}

impl CustomOp1 for &LayerNorm {
    fn name(&self) -> &'static str {
        "layer-norm"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = numbers(x, layout)?;
        let (weight, bias): (&[f32], &[f32]) = (&self.weight, &self.bias);
        let width = weight.len();
        if !x.len().is_multiple_of(width) {
            bail!("{} numbers are no rows of {width}", x.len());
        }
        let mut out = vec![0f32; x.len()];
        vectorised(
            #[inline(always)]
            || {
                for (from, to) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
                    let mean = sum(from, |x| x) / width as f32;
                    let variance = sum(from, |x| (x - mean) * (x - mean)) / width as f32;
                    let scale = 1.0 / (variance + self.epsilon).sqrt();
                    for (((y, &x), &w), &b) in to.iter_mut().zip(from).zip(weight).zip(bias) {
                        *y = (x - mean) * scale * w + b;
                    }
                }
            },
        );
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }
}
