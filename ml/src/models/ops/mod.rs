//! Fused CPU operations for candle tensors: one thread, f32, row-major, the
//! vector instructions chosen at run time.
//!
//! Candle's own kernels are correct but go through more memory (a pass each
//! for bias, activation, transposes) and through a thread pool shared by the
//! whole process; a worker of ours is one thread and stays on it.

mod attention;
pub(crate) mod gemm;
mod linear;
pub(crate) mod math;
mod norm;

pub use attention::Attention;
pub use linear::{Activation, Linear};
pub(crate) use math::vectorised;
pub use norm::LayerNorm;

use candle_core::{CpuStorage, Layout, Result, bail};

/// The numbers behind a contiguous f32 tensor.
fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => bail!("a fused operation needs a contiguous input"),
    }
}
