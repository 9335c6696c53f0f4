//! Tensors: the manifest, fetching, verifying and converting weights, and the models themselves. Knows no users and no
//! elements, takes plain config structs, never reads the environment. Features: none for the manifest and fetching,
//! `convert` for the models folder, `engine`, `serve` over HTTP, `remote` and `hub` clients.

#[cfg(feature = "engine")]
pub mod bridge;
#[cfg(feature = "engine")]
pub mod clip_text;
#[cfg(feature = "convert")]
pub mod convert;
#[cfg(feature = "engine")]
pub mod engine;
pub mod error;
pub mod fetch;
#[cfg(feature = "convert")]
pub mod graph;
#[cfg(feature = "engine")]
pub mod groups;
#[cfg(feature = "engine")]
pub mod heads;
#[cfg(feature = "engine")]
pub mod judgement;
pub mod manifest;
#[cfg(feature = "engine")]
pub mod memory;
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
#[cfg(feature = "remote")]
pub mod remote;
#[cfg(feature = "serve")]
pub mod serve;
#[cfg(feature = "engine")]
pub mod space;
#[cfg(feature = "convert")]
pub mod store;
#[cfg(feature = "engine")]
pub mod subjects;
#[cfg(feature = "engine")]
pub mod tags;
#[cfg(feature = "engine")]
pub mod taste;
#[cfg(feature = "engine")]
pub mod vector;
#[cfg(any(feature = "serve", feature = "remote"))]
mod wire;
pub use error::MlError;
#[cfg(feature = "engine")]
pub use pool::{
    Answer, Classification, ImageEmbedding, Inference, Lane, Pool, PoolConfig, PoolStatus, Task,
};
#[cfg(feature = "engine")]
pub use preprocess::Rgb8;
