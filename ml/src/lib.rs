//! Tensors: the model manifest, fetching and verifying weights, conversion to
//! safetensors, and the models themselves.
//!
//! Knows no users and no elements; takes plain config structs and never reads
//! the environment. Features keep build tools from building candle: without
//! any there are [`manifest`] and [`fetch`]; `convert` adds the models folder
//! (`store`); `engine` adds everything else.

pub mod error;
pub mod fetch;
pub mod manifest;

#[cfg(feature = "engine")]
pub mod bridge;
#[cfg(feature = "convert")]
pub mod convert;
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "convert")]
pub mod graph;
#[cfg(feature = "engine")]
pub mod judgement;
#[cfg(feature = "engine")]
pub mod models;
#[cfg(feature = "engine")]
pub mod nsfw;
#[cfg(feature = "engine")]
pub mod ocr;
#[cfg(feature = "engine")]
pub mod pool;
#[cfg(feature = "engine")]
pub mod preprocess;
#[cfg(feature = "engine")]
pub mod space;
#[cfg(feature = "convert")]
pub mod store;
#[cfg(feature = "engine")]
pub mod tags;
#[cfg(feature = "engine")]
pub mod vector;

pub use error::MlError;
#[cfg(feature = "engine")]
pub use pool::{
    Answer, Classification, ImageEmbedding, Inference, Lane, Pool, PoolConfig, PoolStatus, Task,
};
#[cfg(feature = "engine")]
pub use preprocess::Rgb8;
