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
/// Lanes of the widest vector.
const WIDEST: usize = 16;

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
                residual: self.residual.map(|r| &r[y * line..][..line]),
                epilogue: self.epilogue,
                // of the first tap that is inside
                top: (y * down + rows.start * spread) - top.min(y * down + rows.start * spread),
                rows,
            };
            // a few channels over the whole width: their weights stay close
            let block = VECTORS * S::F32_LANES;
            let mut channel = 0;
            while channel + block <= channels {
                let mut x = 0;
                while x < self.wide {
                    // the last pixels are worked on together with some before
                    // them, once more
                    let at = if self.wide >= PIXELS {
                        x.min(self.wide - PIXELS)
                    } else {
                        x
                    };
                    if at >= first && at + PIXELS <= past {
                        row.inside::<S>(simd, at, channel);
                    } else if self.wide >= PIXELS {
                        row.edge::<S, PIXELS>(simd, at, channel);
                    } else {
                        row.edge::<S, 1>(simd, at, channel);
                    }
                    x = if self.wide >= PIXELS {
                        at + PIXELS
                    } else {
                        x + 1
                    };
                }
                channel += block;
            }
            for x in 0..if channel < channels { self.wide } else { 0 } {
                row.rest(x, columns(x), channel);
            }
            if !self.epilogue.is_short() {
                if let Some(activation) = self.epilogue.activation {
                    apply_inline(activation, out);
                }
                if let Some((factor, shift)) = self.epilogue.scale {
                    apply_inline(Unary::Affine(factor, shift), out);
                }
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
    residual: Option<&'a [f32]>,
    epilogue: Epilogue,
    top: usize,
    rows: Range<usize>,
}

impl Row<'_> {
    /// [`PIXELS`] pixels from `x` on, which all see the whole width of the
    /// kernel, of a block of channels.
    #[inline(always)]
    fn inside<S: Simd>(&mut self, simd: S, x: usize, channel: usize) {
        let Window {
            strides: [_, across],
            dilations: [spread, step],
            ..
        } = self.layer.window;
        let (channels, lanes) = (self.layer.bias.len(), S::F32_LANES);
        let mut sums = self.start::<S, PIXELS>(channel);
        let (rows, columns) = (self.rows.len(), self.layer.size[1]);
        if rows > 0 {
            let from = self.source(self.rows.start, x, 0) * channels + channel;
            let tap = self.rows.start * columns * channels + channel;
            let (pixel, side) = (across * channels, step * channels);
            let down = spread * self.width * channels;
            // the furthest numbers that the loop below reads, unchecked
            let reach = from + (rows - 1) * down + (columns - 1) * side + (PIXELS - 1) * pixel;
            assert!(reach + VECTORS * lanes <= self.map.len(), "map");
            let reach = tap + (rows * columns - 1) * channels;
            assert!(reach + VECTORS * lanes <= self.layer.taps.len(), "taps");
            let mut line = self.map[from..].as_ptr();
            let mut taps = self.layer.taps[tap..].as_ptr();
            for _ in 0..rows {
                let mut from = line;
                for _ in 0..columns {
                    // SAFETY: the two assertions above; a vector is as many
                    // floats as it has lanes
                    unsafe {
                        let w: [S::f32s; VECTORS] =
                            std::array::from_fn(|v| load::<S>(taps.wrapping_add(v * lanes)));
                        for (p, sums) in sums.iter_mut().enumerate() {
                            for v in 0..VECTORS {
                                let value = load::<S>(from.wrapping_add(p * pixel + v * lanes));
                                sums[v] = simd.mul_add_e_f32s(value, w[v], sums[v]);
                            }
                        }
                    }
                    from = from.wrapping_add(side);
                    taps = taps.wrapping_add(channels);
                }
                line = line.wrapping_add(down);
            }
        }
        self.store(simd, sums, x, channel);
    }

    /// `P` pixels from `x` on of a block of channels, some of which see zeros
    /// beside the map.
    #[inline(always)]
    fn edge<S: Simd, const P: usize>(&mut self, simd: S, x: usize, channel: usize) {
        let Window {
            strides: [_, across],
            pads: [_, left, ..],
            dilations: [spread, step],
            ..
        } = self.layer.window;
        let (channels, lanes) = (self.layer.bias.len(), S::F32_LANES);
        let block = VECTORS * lanes;
        let zeros = [0f32; VECTORS * WIDEST];
        let mut sums = self.start::<S, P>(channel);
        for row in self.rows.clone() {
            let line = (self.top + (row - self.rows.start) * spread) * self.width;
            for column in 0..self.layer.size[1] {
                let tap = (row * self.layer.size[1] + column) * channels + channel;
                let (w, _) = S::as_simd_f32s(&self.layer.taps[tap..tap + block]);
                for (p, sums) in sums.iter_mut().enumerate() {
                    let at = ((x + p) * across + column * step).wrapping_sub(left);
                    let values = if at < self.width {
                        &self.map[(line + at) * channels + channel..][..block]
                    } else {
                        &zeros[..block]
                    };
                    let (values, _) = S::as_simd_f32s(values);
                    for v in 0..VECTORS {
                        sums[v] = simd.mul_add_e_f32s(values[v], w[v], sums[v]);
                    }
                }
            }
        }
        self.store(simd, sums, x, channel);
    }

    #[inline(always)]
    fn start<S: Simd, const P: usize>(&self, channel: usize) -> [[S::f32s; VECTORS]; P] {
        let bias = &self.layer.bias[channel..channel + VECTORS * S::F32_LANES];
        let (bias, _) = S::as_simd_f32s(bias);
        [std::array::from_fn(|v| bias[v]); P]
    }

    #[inline(always)]
    fn store<S: Simd, const P: usize>(
        &mut self,
        simd: S,
        sums: [[S::f32s; VECTORS]; P],
        x: usize,
        channel: usize,
    ) {
        for (p, mut sums) in sums.into_iter().enumerate() {
            let at = (x + p) * self.layer.bias.len() + channel;
            let span = at..at + VECTORS * S::F32_LANES;
            if let Some(residual) = self.residual {
                let (residual, _) = S::as_simd_f32s(&residual[span.clone()]);
                for v in 0..VECTORS {
                    sums[v] = simd.add_f32s(sums[v], residual[v]);
                }
            }
            self.epilogue.finish(simd, &mut sums);
            let (to, _) = S::as_mut_simd_f32s(&mut self.out[span]);
            to.copy_from_slice(&sums);
        }
    }

    /// One pixel of the channels that fill no block.
    #[inline(always)]
    fn rest(&mut self, x: usize, columns: Range<usize>, first: usize) {
        let channels = self.layer.bias.len();
        for channel in first..channels {
            let mut sum = self.layer.bias[channel];
            for tap_row in self.rows.clone() {
                for tap_column in columns.clone() {
                    let tap = tap_row * self.layer.size[1] + tap_column;
                    let from = self.source(tap_row, x, tap_column) * channels;
                    sum += self.map[from + channel] * self.layer.taps[tap * channels + channel];
                }
            }
            let at = x * channels + channel;
            sum += self.residual.map_or(0.0, |residual| residual[at]);
            self.out[at] = sum;
        }
        if self.epilogue.is_short() {
            let rest = &mut self.out[x * channels + first..][..channels - first];
            if let Some(activation) = self.epilogue.activation {
                apply_inline(activation, rest);
            }
            if let Some((factor, shift)) = self.epilogue.scale {
                apply_inline(Unary::Affine(factor, shift), rest);
            }
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

/// A vector at any address.
///
/// # Safety
/// `from` must be followed by as many floats as a vector has lanes.
#[inline(always)]
unsafe fn load<S: Simd>(from: *const f32) -> S::f32s {
    // SAFETY: the caller's promise; vectors of floats have no invalid values
    unsafe { from.cast::<S::f32s>().read_unaligned() }
}
