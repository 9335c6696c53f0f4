//! The nearest-neighbour index: exact, filtered inside, derived from stored
//! embeddings.

mod index;
mod scan;

pub use index::{Access, VectorIndex};
