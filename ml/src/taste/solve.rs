//! Weighted ridge regression by Cholesky, with leave-one-out predictions.

/// The normal equations, ready to be solved for any strength.
pub(super) struct Ridge<'a> {
    rows: &'a [Vec<f64>],
    weights: &'a [f64],
    wanted: &'a [f64],
    /// XᵀWX, lower half, row by row.
    gram: Vec<Vec<f64>>,
    /// XᵀWy.
    right: Vec<f64>,
}

/// One solution.
pub(super) struct Solution {
    pub weights: Vec<f64>,
    /// What each row is predicted to be by all the others.
    pub left_out: Vec<f64>,
    /// Weighted mean of the squared left-out errors.
    pub left_out_error: f64,
}

impl<'a> Ridge<'a> {
    /// `rows` all of one length, as many `weights` and `wanted`.
    pub(super) fn new(rows: &'a [Vec<f64>], weights: &'a [f64], wanted: &'a [f64]) -> Self {
        let width = rows[0].len();
        let mut gram: Vec<Vec<f64>> = (0..width).map(|i| vec![0.0; i + 1]).collect();
        let mut right = vec![0.0; width];
        for ((row, &weight), &wanted) in rows.iter().zip(weights).zip(wanted) {
            for (i, line) in gram.iter_mut().enumerate() {
                let scaled = weight * row[i];
                line.iter_mut().zip(row).for_each(|(g, x)| *g += scaled * x);
                right[i] += scaled * wanted;
            }
        }
        Self {
            rows,
            weights,
            wanted,
            gram,
            right,
        }
    }

    /// `None` when the equations cannot be solved in f64.
    pub(super) fn solve(&self, strength: f64) -> Option<Solution> {
        let mut factor = self.gram.clone();
        for (i, line) in factor.iter_mut().enumerate() {
            line[i] += strength;
        }
        cholesky(&mut factor)?;
        let mut weights = forward(&factor, &self.right);
        backward(&factor, &mut weights);
        let (mut left_out, mut error, mut total) = (Vec::new(), 0.0, 0.0);
        for ((row, &weight), &wanted) in self.rows.iter().zip(self.weights).zip(self.wanted) {
            let predicted = product(row, &weights);
            let half = forward(&factor, row);
            let leverage = weight * product(&half, &half);
            let residual = (wanted - predicted) / (1.0 - leverage).max(f64::EPSILON);
            left_out.push(wanted - residual);
            error += weight * residual * residual;
            total += weight;
        }
        Some(Solution {
            weights,
            left_out,
            left_out_error: error / total,
        })
    }
}

/// A = LLᵀ in place, on the lower half.
fn cholesky(a: &mut [Vec<f64>]) -> Option<()> {
    for i in 0..a.len() {
        let (done, rest) = a.split_at_mut(i);
        let line = &mut rest[0];
        for (j, other) in done.iter().enumerate() {
            line[j] = (line[j] - product(&line[..j], &other[..j])) / other[j];
        }
        let square = line[i] - product(&line[..i], &line[..i]);
        if square.is_nan() || square <= 0.0 {
            return None;
        }
        line[i] = square.sqrt();
    }
    Some(())
}

/// L⁻¹b.
fn forward(factor: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x = Vec::with_capacity(b.len());
    for (i, line) in factor.iter().enumerate() {
        x.push((b[i] - product(&line[..i], &x)) / line[i]);
    }
    x
}

/// L⁻ᵀx in place.
fn backward(factor: &[Vec<f64>], x: &mut [f64]) {
    for i in (0..x.len()).rev() {
        x[i] /= factor[i][i];
        let known = x[i];
        let (above, _) = x.split_at_mut(i);
        above
            .iter_mut()
            .zip(&factor[i])
            .for_each(|(x, l)| *x -= l * known);
    }
}

/// In four lanes, which lets the compiler use vector registers.
fn product(left: &[f64], right: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (l, r) = (left.chunks_exact(4), right.chunks_exact(4));
    let tail: f64 = l
        .remainder()
        .iter()
        .zip(&right[left.len() - l.remainder().len()..])
        .map(|(l, r)| l * r)
        .sum();
    for (l, r) in l.zip(r) {
        for lane in 0..4 {
            lanes[lane] += l[lane] * r[lane];
        }
    }
    lanes.iter().sum::<f64>() + tail
}
