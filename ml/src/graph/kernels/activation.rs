//! One function of each number.

use crate::graph::op::Unary;
use crate::models::ops::{math, vectorised};

/// `data[i] = f(data[i])`
pub(crate) fn apply(f: Unary, data: &mut [f32]) {
    vectorised(
        #[inline(always)]
        || apply_inline(f, data),
    );
}

/// As [`apply`], for callers that are compiled for the vector unit already.
#[inline(always)]
pub(crate) fn apply_inline(f: Unary, data: &mut [f32]) {
    match f {
        Unary::Relu => map(data, |x| if x > 0.0 { x } else { 0.0 }),
        Unary::LeakyRelu(slope) => map(data, |x| if x > 0.0 { x } else { x * slope }),
        Unary::Sigmoid => map(data, sigmoid),
        Unary::HardSigmoid(factor, shift) => map(data, |x| limit(x * factor + shift, 0.0, 1.0)),
        Unary::HardSwish => map(data, |x| x * limit(x + 3.0, 0.0, 6.0) * (1.0 / 6.0)),
        Unary::Swish => map(data, |x| x * sigmoid(x)),
        Unary::Gelu => map(data, math::gelu),
        Unary::Tanh => map(data, |x| 2.0 * sigmoid(2.0 * x) - 1.0),
        Unary::Erf => map(data, math::erf),
        Unary::Exp => map(data, math::exp),
        Unary::Sqrt => map(data, f32::sqrt),
        Unary::Abs => map(data, f32::abs),
        Unary::Neg => map(data, |x| -x),
        Unary::Clamp(low, high) => map(data, |x| limit(x, low, high)),
        Unary::Affine(factor, shift) => map(data, |x| x * factor + shift),
    }
}

/// Without the order of NaN and signed zero that `clamp` keeps, so that it is
/// two vector instructions.
#[inline(always)]
fn limit(x: f32, low: f32, high: f32) -> f32 {
    let x = if x > low { x } else { low };
    if x < high { x } else { high }
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + math::exp(-x))
}

#[inline(always)]
fn map(data: &mut [f32], f: impl Fn(f32) -> f32) {
    for x in data {
        *x = f(*x);
    }
}
