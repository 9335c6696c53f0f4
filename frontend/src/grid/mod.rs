//! Masonry of pictures.

mod card;
mod feed;
mod focus;
mod layout;
mod less;
mod sight;
mod view;

pub use feed::{Feed, use_place};
pub use view::Grid;
