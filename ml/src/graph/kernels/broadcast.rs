//! Functions of two tensors whose shapes may differ in axes of length one.

use crate::graph::op::Binary;
use crate::models::ops::vectorised;

/// The shape that both fit, by ONNX's rules.
pub(crate) fn shape(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let at = |s: &[usize], i: usize| (i + s.len()).checked_sub(rank).map_or(1, |i| s[i]);
    (0..rank)
        .map(|i| match (at(a, i), at(b, i)) {
            (x, y) if x == y => Some(x),
            (1, y) => Some(y),
            (x, 1) => Some(x),
            _ => None,
        })
        .collect()
}

/// One side: numbers, and their shape with as many axes as the result's.
pub(crate) struct Side<'a> {
    pub data: &'a [f32],
    pub shape: &'a [usize],
}

/// `out` has `shape`, row-major, as both sides have.
pub(crate) fn binary(op: Binary, a: &Side<'_>, b: &Side<'_>, shape: &[usize], out: &mut [f32]) {
    vectorised(
        #[inline(always)]
        || match op {
            Binary::Add => combine(a, b, shape, out, |x, y| x + y),
            Binary::Sub => combine(a, b, shape, out, |x, y| x - y),
            Binary::Mul => combine(a, b, shape, out, |x, y| x * y),
            Binary::Div => combine(a, b, shape, out, |x, y| x / y),
            Binary::Pow if b.data == [2.0] => combine(a, b, shape, out, |x, _| x * x),
            Binary::Pow => combine(a, b, shape, out, f32::powf),
            Binary::Max => combine(a, b, shape, out, f32::max),
            Binary::Min => combine(a, b, shape, out, f32::min),
        },
    );
}

#[inline(always)]
fn combine(
    a: &Side<'_>,
    b: &Side<'_>,
    shape: &[usize],
    out: &mut [f32],
    f: impl Fn(f32, f32) -> f32,
) {
    // the axes at the end that behave alike make one inner loop
    let alike = |s: &[usize], i: usize| s[i] == shape[i];
    let mut inner = 1;
    let mut split = shape.len();
    let mut kind = None;
    while split > 0 {
        let i = split - 1;
        if shape[i] != 1 {
            let own = (alike(a.shape, i), alike(b.shape, i));
            if *kind.get_or_insert(own) != own {
                break;
            }
        }
        inner *= shape[i];
        split = i;
    }
    let (a_runs, b_runs) = kind.unwrap_or((true, true));
    let (a_steps, b_steps) = (steps(a.shape, split), steps(b.shape, split));
    let mut index = vec![0usize; split];
    let (mut from_a, mut from_b) = (0, 0);
    for out in out.chunks_exact_mut(inner.max(1)) {
        match (a_runs, b_runs) {
            (true, true) => {
                let both = a.data[from_a..][..inner]
                    .iter()
                    .zip(&b.data[from_b..][..inner]);
                for (y, (&a, &b)) in out.iter_mut().zip(both) {
                    *y = f(a, b);
                }
            }
            (true, false) => {
                let b = b.data[from_b];
                for (y, &a) in out.iter_mut().zip(&a.data[from_a..][..inner]) {
                    *y = f(a, b);
                }
            }
            (false, _) => {
                let a = a.data[from_a];
                for (y, &b) in out.iter_mut().zip(&b.data[from_b..][..inner]) {
                    *y = f(a, b);
                }
            }
        }
        for i in (0..split).rev() {
            index[i] += 1;
            from_a += a_steps[i];
            from_b += b_steps[i];
            if index[i] < shape[i] {
                break;
            }
            from_a -= a_steps[i] * shape[i];
            from_b -= b_steps[i] * shape[i];
            index[i] = 0;
        }
    }
}

/// How far apart neighbours are along each of the first `axes`; 0 where one
/// number serves all.
fn steps(shape: &[usize], axes: usize) -> Vec<usize> {
    let apart = |i: usize| shape[i + 1..].iter().product::<usize>();
    (0..axes)
        .map(|i| if shape[i] == 1 { 0 } else { apart(i) })
        .collect()
}
