//! Masonry of pictures.

mod card;
mod feed;
mod focus;
mod layout;
mod less;
mod sight;
mod view;

pub use feed::{Feed, use_place, use_shown};
pub use view::Grid;
