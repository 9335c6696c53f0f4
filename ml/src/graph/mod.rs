//! Runs the convolutional networks that come as ONNX graphs: adding a model is
//! an entry of the manifest, its preprocessing, and what its outputs mean.
//!
//! `convert` writes the topology into the weights' safetensors file
//! ([`format`]). Loading folds constants and batch norms, fuses activations,
//! biases and additions into the layer before them and packs the weights
//! (`network`, `simplify`, `layer`); running ([`Graph::run`]) steps through
//! what is left, with sizes found as it goes, on the calling thread alone.

pub mod format;
pub(crate) mod op;

#[cfg(feature = "engine")]
mod exec;
#[cfg(feature = "engine")]
mod kernels;
#[cfg(feature = "engine")]
mod layer;
#[cfg(feature = "engine")]
mod network;
#[cfg(feature = "engine")]
mod runner;
#[cfg(feature = "engine")]
mod simplify;
#[cfg(feature = "engine")]
mod tensor;

#[cfg(feature = "engine")]
pub use runner::{Graph, Shaped};

#[cfg(all(test, feature = "engine"))]
mod tests;
