//! Convolution of each channel with its own kernel.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::activation::apply_inline;
use super::conv::extent;
use super::panels::Epilogue;
use crate::graph::op::{Unary, Window};
use crate::graph::tensor::{Floats, Scratch};

/// Output pixels that share each tap's weights.
const PIXELS: usize = 4;
/// Vectors of channels that are worked on together.
const VECTORS: usize = 2;

/// A depthwise convolution with weights `[channels, 1, height, width]`.
pub(crate) struct Depthwise {
    /// `[height · width, channels]`
    taps: Vec<f32>,
    bias: Vec<f32>,
    window: Window,
    size: [usize; 2],
}

impl Depthwise {
    pub fn new(weight: &[f32], shape: [usize; 4], bias: Vec<f32>, window: Window) -> Self {
        let [channels, _, height, width] = shape;
        let count = height * width;
        let mut taps = vec![0f32; channels * count];
        for (channel, own) in weight.chunks_exact(count).enumerate() {
            for (tap, &weight) in own.iter().enumerate() {
                taps[tap * channels + channel] = weight;
            }
        }
        let mut bias = bias;
        bias.resize(channels, 0.0);
        Self {
            taps,
            bias,
            window,
            size: [height, width],
        }
    }

    pub fn bytes(&self) -> u64 {
        (self.taps.len() * size_of::<f32>()) as u64
    }

    pub fn shape(&self, [n, c, h, w]: [usize; 4]) -> Option<[usize; 4]> {
        let [h, w] = extent(&self.window, self.size, [h, w])?;
        (c == self.bias.len()).then_some([n, c, h, w])
    }

    /// `x` and `residual` are channels-last.
    pub fn run(
        &self,
        x: &Floats,
        residual: Option<&[f32]>,
        epilogue: Epilogue,
        scratch: &mut Scratch,
    ) -> Option<Floats> {
        let [batch, c, h, w] = x.dims4()?;
        let shape = self.shape([batch, c, h, w])?;
        let [_, _, high, wide] = shape;
        let mut out = scratch.take(shape.iter().product());
        for at in 0..batch {
            Arch::new().dispatch(Pass {
                layer: self,
                map: &x.data[at * c * h * w..][..c * h * w],
                extent: [h, w],
                out: &mut out[at * c * high * wide..][..c * high * wide],
                wide,
                residual: residual.map(|r| &r[at * c * high * wide..][..c * high * wide]),
                epilogue,
            });
        }
        Some(Floats::channels_last(shape, out))
    }
}

struct Pass<'a> {
    layer: &'a Depthwise,
    map: &'a [f32],
    extent: [usize; 2],
    out: &'a mut [f32],
    wide: usize,
    residual: Option<&'a [f32]>,
    epilogue: Epilogue,
}

impl WithSimd for Pass<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let [h, w] = self.extent;
        let Window {
            strides: [down, across],
            pads: [top, left, ..],
            dilations: [spread, step],
            ..
        } = self.layer.window;
        let channels = self.layer.bias.len();
        let line = self.wide * channels;
        // outputs in this range see the whole width of the kernel
        let reach = (self.layer.size[1] - 1) * step;
        let first = left.div_ceil(across).min(self.wide);
        let past = match (w + left).checked_sub(reach + 1) {
            Some(room) => (room / across + 1).clamp(first, self.wide),
            None => first,
        };
        let columns = |x: usize| taps(x * across, left, step, self.layer.size[1], w);
        for (y, out) in self.out.chunks_exact_mut(line).enumerate() {
            let rows = taps(y * down, top, spread, self.layer.size[0], h);
            let mut row = Row {
                layer: self.layer,
                map: self.map,
                width: w,
                out,
                // of the first tap that is inside
                top: (y * down + rows.start * spread) - top.min(y * down + rows.start * spread),
                rows,
            };
            let mut x = 0;
            while x < self.wide {
                if x >= first && x + PIXELS <= past {
                    row.run::<S, PIXELS>(simd, x, 0..self.layer.size[1]);
                    x += PIXELS;
                } else {
                    row.run::<S, 1>(simd, x, columns(x));
                    x += 1;
                }
            }
            if let Some(residual) = self.residual {
                for (y, x) in out.iter_mut().zip(&residual[y * line..][..line]) {
                    *y += x;
                }
            }
            if let Some(activation) = self.epilogue.activation {
                apply_inline(activation, out);
            }
            if let Some((factor, shift)) = self.epilogue.scale {
                apply_inline(Unary::Affine(factor, shift), out);
            }
        }
    }
}

/// The taps that fall inside a map of `length` when the first one falls on
/// `start - before`.
#[inline(always)]
fn taps(start: usize, before: usize, step: usize, size: usize, length: usize) -> Range<usize> {
    let first = before.saturating_sub(start).div_ceil(step);
    let last = (length + before).saturating_sub(start).div_ceil(step);
    first.min(size)..last.min(size).max(first.min(size))
}

/// One row of the output.
struct Row<'a> {
    layer: &'a Depthwise,
    map: &'a [f32],
    width: usize,
    out: &'a mut [f32],
    top: usize,
    rows: Range<usize>,
}

impl Row<'_> {
    /// `P` pixels from `x` on, which all see `columns` of the kernel.
    #[inline(always)]
    fn run<S: Simd, const P: usize>(&mut self, simd: S, x: usize, columns: Range<usize>) {
        let channels = self.layer.bias.len();
        let block = VECTORS * S::F32_LANES;
        let mut channel = 0;
        while channel + block <= channels {
            self.block::<S, P>(simd, x, columns.clone(), channel);
            channel += block;
        }
        for channel in channel..channels {
            self.one::<P>(x, columns.clone(), channel);
        }
    }

    #[inline(always)]
    fn block<S: Simd, const P: usize>(
        &mut self,
        simd: S,
        x: usize,
        columns: Range<usize>,
        channel: usize,
    ) {
        let channels = self.layer.bias.len();
        let block = VECTORS * S::F32_LANES;
        let (bias, _) = S::as_simd_f32s(&self.layer.bias[channel..channel + block]);
        let mut sums: [[S::f32s; VECTORS]; P] = [std::array::from_fn(|v| bias[v]); P];
        for tap_row in self.rows.clone() {
            for tap_column in columns.clone() {
                let tap = (tap_row * self.layer.size[1] + tap_column) * channels + channel;
                let (weights, _) = S::as_simd_f32s(&self.layer.taps[tap..tap + block]);
                for (p, sums) in sums.iter_mut().enumerate() {
                    let from = self.source(tap_row, x + p, tap_column) * channels + channel;
                    let (values, _) = S::as_simd_f32s(&self.map[from..from + block]);
                    for v in 0..VECTORS {
                        sums[v] = simd.mul_add_e_f32s(values[v], weights[v], sums[v]);
                    }
                }
            }
        }
        for (p, sums) in sums.into_iter().enumerate() {
            let at = (x + p) * channels + channel;
            let (to, _) = S::as_mut_simd_f32s(&mut self.out[at..at + block]);
            to.copy_from_slice(&sums);
        }
    }

    #[inline(always)]
    fn one<const P: usize>(&mut self, x: usize, columns: Range<usize>, channel: usize) {
        let channels = self.layer.bias.len();
        for p in 0..P {
            let mut sum = self.layer.bias[channel];
            for tap_row in self.rows.clone() {
                for tap_column in columns.clone() {
                    let tap = tap_row * self.layer.size[1] + tap_column;
                    let from = self.source(tap_row, x + p, tap_column) * channels;
                    sum += self.map[from + channel] * self.layer.taps[tap * channels + channel];
                }
            }
            self.out[(x + p) * channels + channel] = sum;
        }
    }

    /// The input pixel under a tap that is known to be inside.
    #[inline(always)]
    fn source(&self, tap_row: usize, x: usize, tap_column: usize) -> usize {
        let Window {
            strides: [_, across],
            pads: [_, left, ..],
            dilations: [spread, step],
            ..
        } = self.layer.window;
        let row = self.top + (tap_row - self.rows.start) * spread;
        row * self.width + (x * across + tap_column * step - left)
    }
}
