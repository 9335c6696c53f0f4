//! Everything about one element.

mod colors;
mod detail;
mod editor;
mod facts;
mod overlay;
mod removal;
mod sharing;
mod similar;
mod stages;
mod tags;

pub use detail::Detail;
pub use editor::initial;
pub use overlay::Overlay;
pub use stages::StageDots;
