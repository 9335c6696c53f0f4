//! Recommendations grown from clusters: what is near the medoids of what
//! somebody collected, what others keep beside it, less of what was waved
//! away, and a little that is new. Every item says why it is there.

mod diverse;
mod medoids;
mod ranking;

pub use diverse::diverse;
pub use medoids::medoids;
pub use ranking::{Pick, Recommender, Wish};
