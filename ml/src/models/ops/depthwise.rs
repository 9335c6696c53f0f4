use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use super::math::vectorised;
use super::numbers;

/// Channels that are worked on together: the accumulators fit the registers.
const BLOCK: usize = 16;

/// Depthwise convolution over channels-last maps with TensorFlow's SAME
/// padding, bias and ReLU6 fused in. Candle's grouped convolution goes channel
/// by channel and is several times slower.
pub struct Depthwise {
    /// Tap-major `[size * size, channels]`.
    taps: Vec<f32>,
    bias: Vec<f32>,
    size: usize,
    stride: usize,
}

impl Depthwise {
    /// `kernel` is `[channels, size, size]`; channels must be a multiple of 16.
    pub fn new(kernel: &[f32], bias: Vec<f32>, size: usize, stride: usize) -> Self {
        let channels = bias.len();
        assert!(channels.is_multiple_of(BLOCK) && kernel.len() == channels * size * size);
        let mut taps = vec![0f32; kernel.len()];
        for (channel, own) in kernel.chunks_exact(size * size).enumerate() {
            for (tap, &weight) in own.iter().enumerate() {
                taps[tap * channels + channel] = weight;
            }
        }
        Self {
            taps,
            bias,
            size,
            stride,
        }
    }

    /// `[height, width, channels]` → `[⌈height/stride⌉, ⌈width/stride⌉, channels]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.apply_op1_no_bwd(&self)
    }
}

/// Output length and the padding before the first sample, as TensorFlow's
/// SAME counts them (the odd one goes behind).
pub(crate) fn same(length: usize, size: usize, stride: usize) -> (usize, usize) {
    let out = length.div_ceil(stride);
    let padding = ((out - 1) * stride + size).saturating_sub(length);
    (out, padding / 2)
}

impl CustomOp1 for &Depthwise {
    fn name(&self) -> &'static str {
        "depthwise"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (height, width, channels) = layout.shape().dims3()?;
        let x = numbers(x, layout)?;
        if channels != self.bias.len() || height == 0 || width == 0 {
            bail!(
                "depthwise over {channels} channels, built for {}",
                self.bias.len()
            );
        }
        let (high, top) = same(height, self.size, self.stride);
        let (wide, left) = same(width, self.size, self.stride);
        let mut out = vec![0f32; high * wide * channels];
        vectorised(
            #[inline(always)]
            || {
                for (at, pixel) in out.chunks_exact_mut(channels).enumerate() {
                    let rows = window((at / wide) * self.stride, top, self.size, height);
                    let columns = window((at % wide) * self.stride, left, self.size, width);
                    for (block, to) in pixel.chunks_exact_mut(BLOCK).enumerate() {
                        let first = block * BLOCK;
                        let mut sums = [0f32; BLOCK];
                        sums.copy_from_slice(&self.bias[first..first + BLOCK]);
                        for (tap_row, y) in rows.clone() {
                            for (tap_column, x_at) in columns.clone() {
                                let from = (y * width + x_at) * channels + first;
                                let tap = (tap_row * self.size + tap_column) * channels + first;
                                let values = &x[from..from + BLOCK];
                                let weights = &self.taps[tap..tap + BLOCK];
                                for lane in 0..BLOCK {
                                    sums[lane] += values[lane] * weights[lane];
                                }
                            }
                        }
                        for (y, sum) in to.iter_mut().zip(sums) {
                            *y = sum.clamp(0.0, 6.0);
                        }
                    }
                }
            },
        );
        Ok((CpuStorage::F32(out), Shape::from((high, wide, channels))))
    }
}

/// The taps of a window that begins at `start - before` and lie inside the
/// picture, each with the sample it falls on.
#[inline(always)]
fn window(
    start: usize,
    before: usize,
    size: usize,
    length: usize,
) -> impl Iterator<Item = (usize, usize)> + Clone {
    let first = before.saturating_sub(start);
    let last = size.min(length + before - start);
    (first..last).map(move |tap| (tap, start + tap - before))
}
