//! The nearest-neighbour index: filtered inside, derived from stored
//! embeddings.

mod best;
mod index;
mod kernels;
mod rows;
mod scan;
mod sketch;

pub use best::Best;
pub use index::{Part, VectorIndex, rank};
