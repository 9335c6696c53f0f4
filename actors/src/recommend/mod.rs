//! Recommendations grown from clusters: what is near the medoids of what
//! somebody collected, what others keep beside it, what carries the same tags,
//! less of what was waved away, and a little that is new. Every item says why
//! it is there.

mod arrivals;
mod diverse;
mod ranking;
mod score;
mod sources;
mod tags;
mod theme;
mod themes;

pub use arrivals::Arrival;
pub use diverse::diverse;
pub use ranking::{Pick, Recommender, Wish};
pub use sources::Source;
pub use theme::Theme;
pub use themes::Themes;
