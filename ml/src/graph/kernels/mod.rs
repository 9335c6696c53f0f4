//! The loops. Maps are channels-last; everything is f32 and single-threaded,
//! and uses the machine's vector unit.

pub(super) mod activation;
pub(super) mod broadcast;
pub(super) mod conv;
pub(super) mod depthwise;
pub(super) mod matrix;
pub(super) mod panels;
pub(super) mod pool;
pub(super) mod reduce;
pub(super) mod resize;
pub(super) mod shape;
pub(super) mod transposed;

#[cfg(test)]
mod tests;
