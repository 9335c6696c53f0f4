//! Tensors: the model manifest, fetching and verifying weights, conversion to
//! safetensors, and (with the `engine` feature) the models themselves.
//!
//! Knows no users and no elements; takes plain config structs and never reads
//! the environment. Without `engine` only [`manifest`] and [`fetch`] exist, so
//! that build tools can use the fetcher without building candle.

pub mod error;
pub mod fetch;
pub mod manifest;

#[cfg(feature = "engine")]
pub mod bridge;
#[cfg(feature = "engine")]
pub mod convert;
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "engine")]
pub mod models;
#[cfg(feature = "engine")]
pub mod pool;
#[cfg(feature = "engine")]
pub mod preprocess;
#[cfg(feature = "engine")]
pub mod tags;
#[cfg(feature = "engine")]
pub mod vector;

pub use error::MlError;
#[cfg(feature = "engine")]
pub use preprocess::Rgb8;
