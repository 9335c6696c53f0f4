//! Fully connected layers with everything around them fused in.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor, bail};

use super::gemm::{Matrix, multiply};
use super::{math, numbers};
use crate::models::Slab;

/// What happens to each output number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    None,
    /// x · sigmoid(1.702 x)
    QuickGelu,
    /// x · Φ(x)
    Gelu,
}

/// `y = activation(x · Wᵀ + b)` over rows; several weight matrices over the
/// same input stand side by side in the output (query, key and value).
pub struct Linear {
    parts: Vec<(Slab, Option<Slab>)>,
    input: usize,
    output: usize,
    activation: Activation,
}

impl Linear {
    /// One matrix `[output, input]`, with `[output]` biases or none.
    pub fn new(weight: Slab, bias: Option<Slab>, input: usize, output: usize) -> Self {
        Self::stacked(vec![(weight, bias)], input, output)
    }

    /// Matrices of one shape `[output, input]` each; the result has
    /// `parts.len() * output` columns.
    pub fn stacked(parts: Vec<(Slab, Option<Slab>)>, input: usize, output: usize) -> Self {
        Self {
            parts,
            input,
            output,
            activation: Activation::None,
        }
    }

    /// The same layer with an activation behind it.
    pub fn then(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// `[rows, input]` → `[rows, columns]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.apply_op1_no_bwd(&self)
    }

    /// As [`Linear::forward`], plus `residual` (`[rows, columns]`).
    pub fn forward_onto(&self, x: &Tensor, residual: &Tensor) -> Result<Tensor> {
        x.apply_op2_no_bwd(residual, &self)
    }

    fn columns(&self) -> usize {
        self.parts.len() * self.output
    }

    fn run(&self, x: &[f32], residual: Option<&[f32]>) -> Result<(CpuStorage, Shape)> {
        if !x.len().is_multiple_of(self.input) {
            bail!("{} numbers are no rows of {}", x.len(), self.input);
        }
        let (rows, columns) = (x.len() / self.input, self.columns());
        let mut out = match residual {
            Some(residual) if residual.len() != rows * columns => {
                bail!("the residual has {} numbers", residual.len())
            }
            Some(residual) => residual.to_vec(),
            None => vec![0f32; rows * columns],
        };
        let left = Matrix::rows(x, rows, self.input, self.input);
        for (at, (weight, bias)) in self.parts.iter().enumerate() {
            let first = at * self.output;
            if let Some(bias) = bias {
                for row in out.chunks_exact_mut(columns) {
                    for (y, b) in row[first..first + self.output].iter_mut().zip(bias.iter()) {
                        *y += b;
                    }
                }
            }
            let right = Matrix::rows(weight, self.output, self.input, self.input).transposed();
            let add = residual.is_some() || bias.is_some();
            multiply(&mut out[first..], columns, left, right, add);
        }
        self.activate(&mut out);
        Ok((CpuStorage::F32(out), Shape::from((rows, columns))))
    }

    fn activate(&self, out: &mut [f32]) {
        match self.activation {
            Activation::None => {}
            Activation::QuickGelu => map(out, math::quick_gelu),
            Activation::Gelu => map(out, math::gelu),
        }
    }
}

#[inline(always)]
fn map(out: &mut [f32], f: impl Fn(f32) -> f32) {
    math::vectorised(
        #[inline(always)]
        || {
            for y in out.iter_mut() {
                *y = f(*y);
            }
        },
    );
}

impl CustomOp1 for &Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        self.run(numbers(x, layout)?, None)
    }
}

impl CustomOp2 for &Linear {
    fn name(&self) -> &'static str {
        "linear-onto"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        residual: &CpuStorage,
        residual_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.run(
            numbers(x, x_layout)?,
            Some(numbers(residual, residual_layout)?),
        )
    }
}
