//! Everything about one element.

mod actions;
mod colors;
mod detail;
mod draft;
mod editor;
mod facts;
mod form;
mod labels;
mod overlay;
mod quality;
mod reading;
mod removal;
mod sharing;
mod similar;
mod source;
mod stages;
mod tags;

pub use detail::Detail;
pub use editor::initial;
pub use labels::EvidenceList;
pub use overlay::Overlay;
pub use removal::use_remover;
pub use stages::StageDots;
pub use tags::EDIT_SELECTOR;
