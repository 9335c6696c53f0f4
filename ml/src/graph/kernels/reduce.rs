//! Sums, means, maxima and norms along axes, and layer normalisation.

use crate::graph::op::Reduction;
use crate::graph::tensor::{Floats, Scratch};
use crate::models::ops::{math, vectorised};

/// `x` is plain; `axes` are sorted, and all inside its rank.
pub(crate) fn reduce(
    kind: Reduction,
    x: &Floats,
    axes: &[usize],
    keep: bool,
    scratch: &mut Scratch,
) -> Floats {
    let kept = |i: &usize| !axes.contains(i);
    let count: usize = axes.iter().map(|&i| x.shape[i]).product();
    let axis_steps: Vec<usize> = (0..x.shape.len())
        .map(|i| x.shape[i + 1..].iter().product())
        .collect();
    let outputs: Vec<usize> = (0..x.shape.len()).filter(kept).collect();
    let total: usize = outputs.iter().map(|&i| x.shape[i]).product();
    let mut out = scratch.take(total);
    let last = axes.len() == 1 && axes[0] + 1 == x.shape.len();
    if last && count > 0 {
        vectorised(
            #[inline(always)]
            || {
                for (y, row) in out.iter_mut().zip(x.data.chunks_exact(count)) {
                    *y = match kind {
                        Reduction::Mean | Reduction::Sum => math::sum(row, |x| x),
                        Reduction::L2 => math::sum(row, |x| x * x),
                        Reduction::Max => math::max(row),
                    };
                }
            },
        );
    } else {
        out.fill(if kind == Reduction::Max {
            f32::MIN
        } else {
            0.0
        });
        let own = |from: usize| {
            let index = |i: usize| from / axis_steps[i] % x.shape[i];
            outputs.iter().fold(0, |at, &i| at * x.shape[i] + index(i))
        };
        // what lies behind the last axis that goes away moves as one run
        let run = axes.last().map_or(1, |&i| axis_steps[i]).max(1);
        vectorised(
            #[inline(always)]
            || {
                for (at, part) in x.data.chunks_exact(run).enumerate() {
                    let to = own(at * run);
                    for (y, &x) in out[to..to + run].iter_mut().zip(part) {
                        *y = match kind {
                            Reduction::Mean | Reduction::Sum => *y + x,
                            Reduction::L2 => *y + x * x,
                            Reduction::Max => y.max(x),
                        };
                    }
                }
            },
        );
    }
    match kind {
        Reduction::Mean => out.iter_mut().for_each(|y| *y /= count as f32),
        Reduction::L2 => out.iter_mut().for_each(|y| *y = y.sqrt()),
        _ => {}
    }
    let shape = if keep {
        let length = |i| if axes.contains(&i) { 1 } else { x.shape[i] };
        (0..x.shape.len()).map(length).collect()
    } else {
        outputs.iter().map(|&i| x.shape[i]).collect()
    };
    Floats::plain(shape, out)
}

/// Over the last axis, in place.
pub(crate) fn layer_norm(data: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    let width = weight.len();
    vectorised(
        #[inline(always)]
        || {
            for row in data.chunks_exact_mut(width) {
                let mean = math::sum(row, |x| x) / width as f32;
                let variance = math::sum(row, |x| (x - mean) * (x - mean)) / width as f32;
                let scale = 1.0 / (variance + epsilon).sqrt();
                for ((x, &w), &b) in row.iter_mut().zip(weight).zip(bias) {
                    *x = (*x - mean) * scale * w + b;
                }
            }
        },
    );
}
