//! Masonry of pictures.

mod card;
mod feed;
mod layout;
mod sight;
mod view;

pub use card::card_id;
pub use feed::Feed;
pub use view::Grid;
