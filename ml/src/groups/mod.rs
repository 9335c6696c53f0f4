//! Groups of vectors: what a collection is about, as a few of its own members,
//! and what a whole library falls into.

mod distances;
mod grouping;
mod kmeans;

pub use grouping::{Grouping, Medoid};
pub use kmeans::{KMeans, nearest};
