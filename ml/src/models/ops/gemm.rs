//! The one door to the matrix kernel that candle itself uses.

use gemm::Parallelism;

/// A matrix inside a slice: `rows × cols`, with the distance between
/// neighbours of a column and of a row.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    pub data: &'a [f32],
    pub rows: usize,
    pub cols: usize,
    pub row_stride: usize,
    pub col_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Dense rows, `stride` numbers apart.
    pub fn rows(data: &'a [f32], rows: usize, cols: usize, stride: usize) -> Self {
        Self {
            data,
            rows,
            cols,
            row_stride: stride,
            col_stride: 1,
        }
    }

    /// The same numbers seen with rows and columns exchanged.
    pub fn transposed(self) -> Self {
        Self {
            data: self.data,
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
        }
    }

    fn last(&self) -> usize {
        (self.rows - 1) * self.row_stride + (self.cols - 1) * self.col_stride
    }
}

/// `out (+)= left · right`, where `out` has dense rows `out_stride` apart.
/// `add` keeps what `out` holds (a bias, a residual) and adds to it.
///
/// # Panics
/// When a matrix does not fit its slice.
pub(crate) fn multiply(
    out: &mut [f32],
    out_stride: usize,
    left: Matrix<'_>,
    right: Matrix<'_>,
    add: bool,
) {
    let (m, n, k) = (left.rows, right.cols, left.cols);
    if m == 0 || n == 0 {
        return;
    }
    assert!(k > 0 && right.rows == k, "inner sizes differ");
    assert!(left.last() < left.data.len(), "left does not fit");
    assert!(right.last() < right.data.len(), "right does not fit");
    assert!(n <= out_stride && (m - 1) * out_stride + n <= out.len());
    let kept = if add { 1.0 } else { 0.0 };
    // SAFETY: the assertions above bound every index that the kernel forms
    // from sizes and strides, and `out` is borrowed exclusively.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            out_stride as isize,
            add,
            left.data.as_ptr(),
            left.col_stride as isize,
            left.row_stride as isize,
            right.data.as_ptr(),
            right.col_stride as isize,
            right.row_stride as isize,
            kept,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
