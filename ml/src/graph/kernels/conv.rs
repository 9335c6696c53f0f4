//! Dense convolution as a product with packed weights: no unfolded copy of the
//! map, only one with its padding, and that only where there is padding.

use super::panels::{Epilogue, Left, Panels, Rows};
use crate::graph::op::Window;
use crate::graph::tensor::{Floats, Layout, Scratch};

/// A convolution with weights `[outputs, inputs, height, width]`.
pub(crate) struct Conv {
    panels: Panels,
    window: Window,
    size: [usize; 2],
    inputs: usize,
}

/// A picture's height, width and channels.
pub(crate) type Extent = [usize; 3];

impl Conv {
    /// `window.groups` must be 1.
    pub fn new(weight: &[f32], shape: [usize; 4], bias: Vec<f32>, window: Window) -> Self {
        let [outputs, inputs, height, width] = shape;
        let taps = height * width;
        let panels = Panels::pack(inputs * taps, outputs, bias, |k, n| {
            let (tap, channel) = (k / inputs, k % inputs);
            weight[(n * inputs + channel) * taps + tap]
        });
        Self {
            panels,
            window,
            size: [height, width],
            inputs,
        }
    }

    pub fn bytes(&self) -> u64 {
        self.panels.bytes()
    }

    /// The output's shape for an input's, unless they do not fit.
    pub fn shape(&self, [n, c, h, w]: [usize; 4]) -> Option<[usize; 4]> {
        let [h, w] = extent(&self.window, self.size, [h, w])?;
        (c == self.inputs).then_some([n, self.panels.columns(), h, w])
    }

    /// `x` is channels-last, and so is `residual`, which has the output's shape.
    pub fn run(
        &self,
        x: &Floats,
        residual: Option<&[f32]>,
        epilogue: Epilogue,
        scratch: &mut Scratch,
    ) -> Option<Floats> {
        let dims = x.dims4()?;
        let shape = self.shape(dims)?;
        debug_assert_eq!(x.layout, Layout::ChannelsLast);
        let [batch, c, h, w] = dims;
        let [_, outputs, high, wide] = shape;
        let mut out = scratch.take(shape.iter().product());
        let size = high * wide * outputs;
        for at in 0..batch {
            let map = &x.data[at * c * h * w..][..c * h * w];
            let residual = residual.map(|r| &r[at * size..][..size]);
            let out = &mut out[at * size..][..size];
            let [top, left, bottom, right] = self.window.pads;
            if [top, left, bottom, right] == [0; 4] {
                self.valid(map, [h, w, c], [high, wide], residual, epilogue, out);
            } else {
                let padded = [h + top + bottom, w + left + right, c];
                let mut copy = scratch.take(padded.iter().product());
                pad(map, [h, w, c], [top, left], padded, &mut copy);
                self.valid(&copy, padded, [high, wide], residual, epilogue, out);
                scratch.give(copy);
            }
        }
        Some(Floats::channels_last(shape, out))
    }

    fn valid(
        &self,
        map: &[f32],
        [_, w, c]: Extent,
        [high, wide]: [usize; 2],
        residual: Option<&[f32]>,
        epilogue: Epilogue,
        out: &mut [f32],
    ) {
        let ([down, across], [rows, columns]) = (self.window.strides, self.size);
        if self.size == [1, 1] && self.window.strides == [1, 1] {
            let left = Left {
                data: map,
                rows: Rows::Dense {
                    count: high * wide,
                    stride: c,
                },
                offsets: &[0],
                run: c,
            };
            return self.panels.multiply(&left, residual, epilogue, out);
        }
        let starts: Vec<usize> = (0..high)
            .flat_map(|y| (0..wide).map(move |x| (y * down * w + x * across) * c))
            .collect();
        // a row of an undilated kernel lies in one piece
        let [spread, step] = self.window.dilations;
        let (pieces, run) = if step == 1 {
            (1, columns * c)
        } else {
            (columns, c)
        };
        let offsets: Vec<usize> = (0..rows)
            .flat_map(|y| (0..pieces).map(move |x| (y * spread * w + x * step) * c))
            .collect();
        let left = Left {
            data: map,
            rows: Rows::Scattered(&starts),
            offsets: &offsets,
            run,
        };
        self.panels.multiply(&left, residual, epilogue, out);
    }
}

/// Height and width of what a window makes of a map, unless it is larger than
/// the map.
pub(crate) fn extent(window: &Window, size: [usize; 2], map: [usize; 2]) -> Option<[usize; 2]> {
    let [top, left, bottom, right] = window.pads;
    let along = |at: usize, pads: usize| {
        let reach = (size[at] - 1) * window.dilations[at] + 1;
        Some((map[at] + pads).checked_sub(reach)? / window.strides[at] + 1)
    };
    Some([along(0, top + bottom)?, along(1, left + right)?])
}

/// The map with zeros around it.
fn pad(map: &[f32], [h, w, c]: Extent, [top, left]: [usize; 2], to: Extent, out: &mut [f32]) {
    let line = to[1] * c;
    out[..top * line].fill(0.0);
    out[(top + h) * line..].fill(0.0);
    let lines = out[top * line..(top + h) * line].chunks_exact_mut(line);
    for (to, from) in lines.zip(map.chunks_exact(w * c)) {
        to[..left * c].fill(0.0);
        to[left * c..][..w * c].copy_from_slice(from);
        to[(left + w) * c..].fill(0.0);
    }
}
