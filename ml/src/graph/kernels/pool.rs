//! Pooling over channels-last maps.

use std::ops::Range;

use crate::graph::op::Pool;
use crate::graph::tensor::{Floats, Scratch};
use crate::models::ops::vectorised;

/// Channels that stay in registers while a window is read.
const CHANNELS: usize = 16;

/// Maximum or mean under a moving window.
pub(crate) fn pool(op: &Pool, x: &Floats, scratch: &mut Scratch) -> Option<Floats> {
    let [batch, c, h, w] = x.dims4()?;
    let [top, left, bottom, right] = op.pads;
    let along = |at: usize, length: usize, before: usize, after: usize| {
        let room = (length + before + after).checked_sub(op.size[at])?;
        let stride = op.strides[at];
        let mut count = if op.ceil {
            room.div_ceil(stride)
        } else {
            room / stride
        } + 1;
        // a window must begin inside the map or its front padding
        if op.ceil && (count - 1) * stride >= length + before {
            count -= 1;
        }
        Some(count)
    };
    let (high, wide) = (along(0, h, top, bottom)?, along(1, w, left, right)?);
    let mut out = scratch.take(batch * c * high * wide);
    let size = c * h * w;
    vectorised(
        #[inline(always)]
        || {
            for (at, pixel) in out.chunks_exact_mut(c).enumerate() {
                let map = &x.data[at / (high * wide) * size..][..size];
                let (y, x) = (at / wide % high * op.strides[0], at % wide * op.strides[1]);
                let rows = y.saturating_sub(top)..(y + op.size[0]).saturating_sub(top).min(h);
                let columns = x.saturating_sub(left)..(x + op.size[1]).saturating_sub(left).min(w);
                let seen = rows.len() * columns.len();
                let whole = op.size[0] * op.size[1];
                let count = if op.count_padding { whole } else { seen };
                let share = 1.0 / count.max(1) as f32;
                let window = View {
                    map,
                    line: w * c,
                    channels: c,
                    rows,
                    columns,
                };
                let mut first = 0;
                while first + CHANNELS <= c {
                    let part = &mut pixel[first..first + CHANNELS];
                    part.copy_from_slice(&window.fold::<CHANNELS>(op.greatest, share, first));
                    first += CHANNELS;
                }
                for (channel, y) in pixel.iter_mut().enumerate().skip(first) {
                    [*y] = window.fold::<1>(op.greatest, share, channel);
                }
            }
        },
    );
    Some(Floats::channels_last([batch, c, high, wide], out))
}

/// The part of a map under a window.
struct View<'a> {
    map: &'a [f32],
    /// Numbers in a row.
    line: usize,
    channels: usize,
    rows: Range<usize>,
    columns: Range<usize>,
}

impl View<'_> {
    /// The maximum, or the sum's `share`, of `N` channels from `first` on.
    #[inline(always)]
    fn fold<const N: usize>(&self, greatest: bool, share: f32, first: usize) -> [f32; N] {
        let mut sums = [if greatest { f32::MIN } else { 0.0 }; N];
        for row in self.rows.clone() {
            for column in self.columns.clone() {
                let values = &self.map[row * self.line + column * self.channels + first..][..N];
                for (sum, &x) in sums.iter_mut().zip(values) {
                    let greater = if x > *sum { x } else { *sum };
                    *sum = if greatest { greater } else { *sum + x };
                }
            }
        }
        if !greatest {
            for sum in &mut sums {
                *sum *= share;
            }
        }
        sums
    }
}

/// The mean of each channel, `[batch, channels, 1, 1]`.
pub(crate) fn global_average(x: &Floats, scratch: &mut Scratch) -> Option<Floats> {
    let [batch, c, h, w] = x.dims4()?;
    let mut out = scratch.take(batch * c);
    let share = 1.0 / (h * w).max(1) as f32;
    vectorised(
        #[inline(always)]
        || {
            for (sums, map) in out.chunks_exact_mut(c).zip(x.data.chunks_exact(c * h * w)) {
                sums.fill(0.0);
                for pixel in map.chunks_exact(c) {
                    for (sum, &x) in sums.iter_mut().zip(pixel) {
                        *sum += x;
                    }
                }
                for sum in sums {
                    *sum *= share;
                }
            }
        },
    );
    Some(Floats::channels_last([batch, c, 1, 1], out))
}
