//! Matrix products whose right side is packed once, at load: columns in panels
//! of two vectors, so that the inner loop reads them in order. The left side is
//! read where it lies, which makes a convolution the same loop as a product:
//! only the rows' addresses differ.

use pulp::{Arch, Simd, WithSimd};

use super::activation::apply_inline;
use crate::graph::op::Unary;

/// Rows that are worked on together: with two vectors of columns each, the
/// accumulators fill twelve of sixteen registers.
const ROWS: usize = 6;
/// Vectors in a panel's width.
const VECTORS: usize = 2;
/// Floats that a block of rows may span on either side: what stays in the
/// second-level cache while every panel passes over it.
const BLOCK: usize = 64 * 1024;
/// Panels begin on a cache line.
const LINE: usize = 64;

/// A packed matrix `[depth, columns]` with bias.
pub(crate) struct Panels {
    numbers: Vec<f32>,
    /// Where the first panel begins, for alignment.
    start: usize,
    bias: Vec<f32>,
    width: usize,
    depth: usize,
    columns: usize,
}

/// What happens to the product.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Epilogue {
    pub activation: Option<Unary>,
    /// Factor and shift of all numbers, after the activation.
    pub scale: Option<(f32, f32)>,
}

/// The left side: row `r` is the `run` numbers from `rows[r] + offset`, for each
/// of `offsets`, one after the other.
pub(crate) struct Left<'a> {
    pub data: &'a [f32],
    pub rows: Rows<'a>,
    pub offsets: &'a [usize],
    pub run: usize,
}

/// Where each row of the left side begins.
#[derive(Clone, Copy)]
pub(crate) enum Rows<'a> {
    /// So many, one after the other, so far apart.
    Dense {
        count: usize,
        stride: usize,
    },
    Scattered(&'a [usize]),
}

impl Rows<'_> {
    pub fn count(&self) -> usize {
        match self {
            Rows::Dense { count, .. } => *count,
            Rows::Scattered(rows) => rows.len(),
        }
    }

    #[inline(always)]
    fn start(&self, at: usize) -> usize {
        match self {
            Rows::Dense { stride, .. } => at * stride,
            Rows::Scattered(rows) => rows[at],
        }
    }
}

impl Panels {
    /// `weight(k, n)` gives the matrix; an empty `bias` is zero.
    pub fn pack(
        depth: usize,
        columns: usize,
        bias: Vec<f32>,
        weight: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let width = VECTORS * Arch::new().dispatch(Lanes);
        let panels = columns.div_ceil(width);
        let mut numbers = vec![0f32; panels * depth * width + LINE / size_of::<f32>()];
        let start = numbers
            .as_ptr()
            .align_offset(LINE)
            .min(LINE / size_of::<f32>());
        for (at, panel) in numbers[start..]
            .chunks_exact_mut(depth * width)
            .take(panels)
            .enumerate()
        {
            let first = at * width;
            let filled = width.min(columns - first);
            for (k, line) in panel.chunks_exact_mut(width).enumerate() {
                for (n, y) in line[..filled].iter_mut().enumerate() {
                    *y = weight(k, first + n);
                }
            }
        }
        let mut padded = bias;
        padded.resize(panels * width, 0.0);
        Self {
            numbers,
            start,
            bias: padded,
            width,
            depth,
            columns,
        }
    }

    pub fn depth(&self) -> usize {
        self.depth
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    pub fn bytes(&self) -> u64 {
        (self.numbers.len() * size_of::<f32>()) as u64
    }

    /// `out[r, n] = epilogue(Σ left[r, k] · weight[k, n] + bias[n] + residual[r, n])`,
    /// rows of `out` and `residual` dense.
    ///
    /// # Panics
    /// When the sizes do not fit.
    pub fn multiply(
        &self,
        left: &Left<'_>,
        residual: Option<&[f32]>,
        epilogue: Epilogue,
        out: &mut [f32],
    ) {
        let rows = left.rows.count();
        assert_eq!(out.len(), rows * self.columns, "the output does not fit");
        assert_eq!(
            self.depth,
            left.run * left.offsets.len(),
            "inner sizes differ"
        );
        assert!(residual.is_none_or(|r| r.len() == out.len()), "residual");
        if rows == 0 || self.depth == 0 {
            return;
        }
        // the largest index that the loop below reads; its reads are unchecked
        let reach = left.offsets.iter().max().map_or(0, |o| o + left.run);
        let last = match left.rows {
            Rows::Dense { count, stride } => (count - 1) * stride,
            Rows::Scattered(starts) => starts.iter().max().copied().unwrap_or(0),
        };
        assert!(
            last + reach <= left.data.len(),
            "the left side does not fit"
        );
        Arch::new().dispatch(Multiply {
            panels: self,
            left,
            residual,
            epilogue,
            out,
        });
    }
}

struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        S::F32_LANES
    }
}

struct Multiply<'a> {
    panels: &'a Panels,
    left: &'a Left<'a>,
    residual: Option<&'a [f32]>,
    epilogue: Epilogue,
    out: &'a mut [f32],
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Panels { width, columns, .. } = *self.panels;
        let size = self.panels.depth * width;
        let rows = self.left.rows.count();
        let block = (BLOCK / self.panels.depth.max(columns))
            .max(ROWS * 8)
            .next_multiple_of(ROWS);
        let numbers = &self.panels.numbers[self.panels.start..];
        let panels = || {
            numbers
                .chunks_exact(size)
                .zip(self.panels.bias.chunks_exact(width))
        };
        let mut tile = Tile {
            left: self.left,
            residual: self.residual,
            epilogue: self.epilogue,
            columns,
            out: self.out,
        };
        for first in (0..rows).step_by(block) {
            let end = rows.min(first + block);
            for (at, (panel, bias)) in panels().enumerate() {
                let column = at * width;
                let used = width.min(columns - column);
                let mut row = first;
                // two columns' vectors, or one where the last panel has no more
                if used * VECTORS > width {
                    while row + ROWS <= end {
                        tile.run::<S, ROWS, 2>(simd, row, column, used, panel, bias);
                        row += ROWS;
                    }
                    match end - row {
                        1 => tile.run::<S, 1, 2>(simd, row, column, used, panel, bias),
                        2 => tile.run::<S, 2, 2>(simd, row, column, used, panel, bias),
                        3 => tile.run::<S, 3, 2>(simd, row, column, used, panel, bias),
                        4 => tile.run::<S, 4, 2>(simd, row, column, used, panel, bias),
                        5 => tile.run::<S, 5, 2>(simd, row, column, used, panel, bias),
                        _ => {}
                    }
                } else {
                    while row + ROWS <= end {
                        tile.run::<S, ROWS, 1>(simd, row, column, used, panel, bias);
                        row += ROWS;
                    }
                    while row < end {
                        tile.run::<S, 1, 1>(simd, row, column, used, panel, bias);
                        row += 1;
                    }
                }
            }
            if let (Some(activation), false) = (self.epilogue.activation, self.epilogue.is_short())
            {
                let done = &mut tile.out[first * columns..end * columns];
                apply_inline(activation, done);
                if let Some((factor, shift)) = self.epilogue.scale {
                    apply_inline(Unary::Affine(factor, shift), done);
                }
            }
        }
    }
}

impl Epilogue {
    /// Whether the activation is a few instructions, done while the sums are in
    /// registers.
    pub fn is_short(&self) -> bool {
        matches!(
            self.activation,
            None | Some(Unary::Relu | Unary::Clamp(..) | Unary::HardSwish)
        )
    }

    /// All of it on sums in registers, if it is short; else nothing.
    #[inline(always)]
    pub fn finish<S: Simd, const V: usize>(&self, simd: S, sums: &mut [S::f32s; V]) {
        // plain loops: a closure that an adapter calls is compiled without the
        // vector unit
        let zero = simd.splat_f32s(0.0);
        match self.activation {
            Some(Unary::Relu) => {
                for sum in sums.iter_mut() {
                    *sum = simd.max_f32s(*sum, zero);
                }
            }
            Some(Unary::Clamp(low, high)) => {
                let (low, high) = (simd.splat_f32s(low), simd.splat_f32s(high));
                for sum in sums.iter_mut() {
                    *sum = simd.min_f32s(simd.max_f32s(*sum, low), high);
                }
            }
            Some(Unary::HardSwish) => {
                let (three, six) = (simd.splat_f32s(3.0), simd.splat_f32s(6.0));
                let sixth = simd.splat_f32s(1.0 / 6.0);
                for sum in sums.iter_mut() {
                    let above = simd.max_f32s(simd.add_f32s(*sum, three), zero);
                    let gate = simd.mul_f32s(simd.min_f32s(above, six), sixth);
                    *sum = simd.mul_f32s(*sum, gate);
                }
            }
            // a long function is left for whole rows, see `with_simd`
            _ => {}
        }
        if let (Some((factor, shift)), true) = (self.scale, self.is_short()) {
            let (factor, shift) = (simd.splat_f32s(factor), simd.splat_f32s(shift));
            for sum in sums.iter_mut() {
                *sum = simd.mul_add_e_f32s(*sum, factor, shift);
            }
        }
    }
}

struct Tile<'a> {
    left: &'a Left<'a>,
    residual: Option<&'a [f32]>,
    epilogue: Epilogue,
    columns: usize,
    out: &'a mut [f32],
}

impl Tile<'_> {
    /// `R` rows by `V` vectors of columns, `used` of them real.
    #[inline(always)]
    fn run<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        row: usize,
        column: usize,
        used: usize,
        panel: &[f32],
        bias: &[f32],
    ) {
        let (panel, _) = S::as_simd_f32s(panel);
        let (bias, _) = S::as_simd_f32s(bias);
        let mut sums: [[S::f32s; V]; R] = [std::array::from_fn(|v| bias[v]); R];
        let starts: [usize; R] = std::array::from_fn(|r| self.left.rows.start(row + r));
        let data = self.left.data.as_ptr();
        let run = self.left.run;
        let mut line = panel.as_ptr();
        debug_assert_eq!(panel.len(), VECTORS * run * self.left.offsets.len());
        for &offset in self.left.offsets {
            // SAFETY: `multiply` checked that the furthest row, offset and run
            // stay inside `data`, and that the panel has `VECTORS` vectors for
            // every step of every run.
            unsafe {
                let from: [*const f32; R] = std::array::from_fn(|r| data.add(starts[r] + offset));
                for k in 0..run {
                    let b: [S::f32s; V] = std::array::from_fn(|v| *line.add(v));
                    line = line.add(VECTORS);
                    for r in 0..R {
                        let a = simd.splat_f32s(*from[r].add(k));
                        for v in 0..V {
                            sums[r][v] = simd.mul_add_e_f32s(a, b[v], sums[r][v]);
                        }
                    }
                }
            }
        }
        for (r, sums) in sums.into_iter().enumerate() {
            self.finish::<S, V>(simd, (row + r) * self.columns + column, used, sums);
        }
    }

    #[inline(always)]
    fn finish<S: Simd, const V: usize>(
        &mut self,
        simd: S,
        at: usize,
        used: usize,
        mut sums: [S::f32s; V],
    ) {
        let lanes = S::F32_LANES;
        match self.residual.map(|residual| &residual[at..at + used]) {
            Some(residual) if used == V * lanes => {
                let (residual, _) = S::as_simd_f32s(residual);
                for (sum, &other) in sums.iter_mut().zip(residual) {
                    *sum = simd.add_f32s(*sum, other);
                }
            }
            Some(residual) => {
                for (v, sum) in sums.iter_mut().enumerate() {
                    let other = simd.partial_load_f32s(&residual[(v * lanes).min(used)..]);
                    *sum = simd.add_f32s(*sum, other);
                }
            }
            None => {}
        }
        self.epilogue.finish(simd, &mut sums);
        let out = &mut self.out[at..at + used];
        if used == V * lanes {
            let (out, _) = S::as_mut_simd_f32s(out);
            out[..V].copy_from_slice(&sums);
            return;
        }
        for (v, sum) in sums.into_iter().enumerate() {
            let from = (v * lanes).min(used);
            simd.partial_store_f32s(&mut out[from..], sum);
        }
    }
}
