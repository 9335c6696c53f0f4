//! Products of two computed tensors, and softmax.

use crate::graph::kernels::broadcast;
use crate::graph::tensor::{Floats, Scratch};
use crate::models::ops::gemm::{Matrix, multiply};
use crate::models::ops::{math, vectorised};

/// ONNX `MatMul`: products of the last two axes, the others broadcast.
pub(crate) fn matmul(a: &Floats, b: &Floats, scratch: &mut Scratch) -> Option<Floats> {
    let ([outer_a @ .., m, k], [outer_b @ .., depth, n]) = (&a.shape[..], &b.shape[..]) else {
        return None;
    };
    if k != depth {
        return None;
    }
    let (m, k, n) = (*m, *k, *n);
    let outer = broadcast::shape(outer_a, outer_b)?;
    let count: usize = outer.iter().product();
    let mut out = scratch.take(count * m * n);
    for at in 0..count {
        let left = &a.data[place(at, &outer, outer_a) * m * k..][..m * k];
        let right = &b.data[place(at, &outer, outer_b) * k * n..][..k * n];
        let out = &mut out[at * m * n..][..m * n];
        if k == 0 {
            out.fill(0.0);
        } else {
            let (left, right) = (Matrix::rows(left, m, k, k), Matrix::rows(right, k, n, n));
            multiply(out, n, left, right, false);
        }
    }
    let mut shape = outer;
    shape.extend([m, n]);
    Some(Floats::plain(shape, out))
}

/// Which matrix of `own` is used for the `at`th of `outer`.
fn place(at: usize, outer: &[usize], own: &[usize]) -> usize {
    let skipped = outer.len() - own.len();
    let (mut rest, mut place, mut step) = (at, 0, 1);
    for (i, &length) in outer.iter().enumerate().rev() {
        let index = rest % length;
        rest /= length;
        if let Some(own_length) = i.checked_sub(skipped).map(|i| own[i]) {
            if own_length != 1 {
                place += index * step;
            }
            step *= own_length;
        }
    }
    place
}

/// Softmax over `length` neighbours, `apart` from one another, in place.
pub(crate) fn softmax(data: &mut [f32], length: usize, apart: usize) {
    if length == 0 {
        return;
    }
    let rows = |data: &mut [f32]| {
        vectorised(
            #[inline(always)]
            || {
                for row in data.chunks_exact_mut(length) {
                    math::softmax(row, 1.0);
                }
            },
        );
    };
    if apart == 1 {
        return rows(data);
    }
    let mut row = vec![0f32; length];
    for part in data.chunks_exact_mut(length * apart) {
        for at in 0..apart {
            for (i, x) in row.iter_mut().enumerate() {
                *x = part[i * apart + at];
            }
            rows(&mut row);
            for (i, x) in row.iter().enumerate() {
                part[i * apart + at] = *x;
            }
        }
    }
}
