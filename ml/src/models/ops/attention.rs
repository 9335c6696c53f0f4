use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use super::gemm::{Matrix, multiply};
use super::{math, numbers};

/// Multi-head self-attention over several sequences laid end to end, so that
/// texts of different lengths share a batch without padding.
pub struct Attention<'a> {
    /// Number of heads, a divisor of the width.
    pub heads: usize,
    /// Length of each sequence; their sum is the number of rows.
    pub lengths: &'a [usize],
}

impl Attention<'_> {
    /// Rows of query, key and value side by side `[rows, 3 * width]` →
    /// `[rows, width]`. Scores are scaled by 1/√(width of a head).
    pub fn forward(&self, qkv: &Tensor) -> Result<Tensor> {
        qkv.apply_op1_no_bwd(&self)
    }
}

impl CustomOp1 for &Attention<'_> {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(&self, qkv: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, stride) = layout.shape().dims2()?;
        let qkv = numbers(qkv, layout)?;
        let width = stride / 3;
        let head = width / self.heads;
        if self.lengths.iter().sum::<usize>() != rows || head * self.heads * 3 != stride {
            bail!("attention over {rows} rows of {stride} does not add up");
        }
        let scale = 1.0 / (head as f32).sqrt();
        let mut out = vec![0f32; rows * width];
        let longest = self.lengths.iter().copied().max().unwrap_or(0);
        let mut scores = vec![0f32; longest * longest];
        let mut first = 0;
        for &length in self.lengths {
            if length == 0 {
                continue;
            }
            for at in 0..self.heads {
                let part = |which: usize| {
                    let from = first * stride + which * width + at * head;
                    Matrix::rows(&qkv[from..], length, head, stride)
                };
                let scores = &mut scores[..length * length];
                multiply(scores, length, part(0), part(1).transposed(), false);
                math::vectorised(
                    #[inline(always)]
                    || {
                        for row in scores.chunks_exact_mut(length) {
                            math::softmax(row, scale);
                        }
                    },
                );
                multiply(
                    &mut out[first * width + at * head..],
                    width,
                    Matrix::rows(scores, length, length, length),
                    part(2),
                    false,
                );
            }
            first += length;
        }
        Ok((CpuStorage::F32(out), Shape::from((rows, width))))
    }
}
