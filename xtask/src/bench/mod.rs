//! Measurements, of the product and against other implementations.

mod live;
mod ml;
mod recommend;
pub mod serve;
pub mod vectors;

use clap::Subcommand;

use crate::cache::Cache;

/// What can be measured.
#[derive(Subcommand)]
pub enum What {
    /// One event to many who listen, against npm's ws and socket.io and uWebSockets
    Live(live::Options),
    /// Each model against ONNX Runtime on the same weights, one thread each
    Ml,
    /// Home feeds against simpler recommenders, over synthetic people
    Recommend,
    /// A server with many elements under several clients at once
    Serve(serve::Options),
    /// The vector index against hnswlib and an exact scan, one thread each
    Vectors(vectors::Options),
}

/// Builds what is measured, sets up what it is compared with, and prints both.
pub fn bench(cache: &Cache, what: What) -> anyhow::Result<()> {
    match what {
        What::Live(options) => live::run(cache, &options),
        What::Ml => ml::run(cache),
        What::Recommend => recommend::run(cache),
        What::Serve(options) => serve::run(cache, &options),
        What::Vectors(options) => vectors::run(cache, &options),
    }
}
