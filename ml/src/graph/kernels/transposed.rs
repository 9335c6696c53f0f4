//! Transposed convolution: each input pixel paints a patch of the output.

use super::activation::apply;
use super::panels::{Epilogue, Left, Panels, Rows};
use crate::graph::op::Unary;
use crate::graph::op::Window;
use crate::graph::tensor::{Floats, Scratch};

/// With weights `[inputs, outputs, height, width]`.
pub(crate) struct Transposed {
    /// From a pixel to its patch `[height, width, outputs]`.
    panels: Panels,
    bias: Vec<f32>,
    window: Window,
    size: [usize; 2],
    inputs: usize,
    outputs: usize,
}

impl Transposed {
    /// `window.groups` must be 1.
    pub fn new(weight: &[f32], shape: [usize; 4], bias: Vec<f32>, window: Window) -> Self {
        let [inputs, outputs, height, width] = shape;
        let taps = height * width;
        let panels = Panels::pack(inputs, outputs * taps, Vec::new(), |k, n| {
            weight[(k * outputs + n % outputs) * taps + n / outputs]
        });
        let mut bias = bias;
        bias.resize(outputs, 0.0);
        Self {
            panels,
            bias,
            window,
            size: [height, width],
            inputs,
            outputs,
        }
    }

    pub fn bytes(&self) -> u64 {
        self.panels.bytes()
    }

    pub fn shape(&self, [n, c, h, w]: [usize; 4]) -> Option<[usize; 4]> {
        let [top, left, bottom, right] = self.window.pads;
        let along = |at: usize, length: usize, pads: usize| {
            let reach = (self.size[at] - 1) * self.window.dilations[at] + 1;
            ((length.checked_sub(1)?) * self.window.strides[at] + reach).checked_sub(pads)
        };
        let (h, w) = (along(0, h, top + bottom)?, along(1, w, left + right)?);
        (c == self.inputs).then_some([n, self.outputs, h, w])
    }

    /// `x` is channels-last.
    pub fn run(&self, x: &Floats, epilogue: Epilogue, scratch: &mut Scratch) -> Option<Floats> {
        let [batch, c, h, w] = x.dims4()?;
        let shape = self.shape([batch, c, h, w])?;
        let [_, outputs, high, wide] = shape;
        let mut out = scratch.take(shape.iter().product());
        for pixel in out.chunks_exact_mut(outputs) {
            pixel.copy_from_slice(&self.bias);
        }
        let patch = self.panels.columns();
        let mut patches = scratch.take(h * w * patch);
        for at in 0..batch {
            let left = Left {
                data: &x.data[at * c * h * w..][..c * h * w],
                rows: Rows::Dense {
                    count: h * w,
                    stride: c,
                },
                offsets: &[0],
                run: c,
            };
            self.panels
                .multiply(&left, None, Epilogue::default(), &mut patches);
            let out = &mut out[at * outputs * high * wide..][..outputs * high * wide];
            for (at, patch) in patches.chunks_exact(patch).enumerate() {
                self.paint(patch, [at / w, at % w], [high, wide], out);
            }
        }
        scratch.give(patches);
        if let Some(activation) = epilogue.activation {
            apply(activation, &mut out);
        }
        if let Some((factor, shift)) = epilogue.scale {
            apply(Unary::Affine(factor, shift), &mut out);
        }
        Some(Floats::channels_last(shape, out))
    }

    fn paint(&self, patch: &[f32], from: [usize; 2], extent: [usize; 2], out: &mut [f32]) {
        for (tap, values) in patch.chunks_exact(self.outputs).enumerate() {
            let tap = [tap / self.size[1], tap % self.size[1]];
            let along = |at: usize| {
                let reach =
                    from[at] * self.window.strides[at] + tap[at] * self.window.dilations[at];
                let position = reach.checked_sub(self.window.pads[at])?;
                (position < extent[at]).then_some(position)
            };
            if let (Some(y), Some(x)) = (along(0), along(1)) {
                let pixel = &mut out[(y * extent[1] + x) * self.outputs..][..self.outputs];
                for (y, x) in pixel.iter_mut().zip(values) {
                    *y += x;
                }
            }
        }
    }
}
