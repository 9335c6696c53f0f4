//! Everything about one element.

mod actions;
mod colors;
mod detail;
mod editor;
mod facts;
mod labels;
mod overlay;
mod quality;
mod reading;
mod removal;
mod sharing;
mod similar;
mod stages;
mod tags;

pub use detail::Detail;
pub use editor::initial;
pub use labels::EvidenceList;
pub use overlay::Overlay;
pub use stages::StageDots;
pub use tags::EDIT_SELECTOR;
