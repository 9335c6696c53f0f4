//! Masonry of pictures.

mod card;
mod feed;
mod focus;
mod layout;
mod less;
mod menu;
mod sight;
mod tools;
mod view;

pub use feed::{Feed, News, use_place, use_shown};
pub use menu::{CardMenuHost, CardMenuProvider};
pub use tools::LIKE_SELECTOR;
pub use view::Grid;
