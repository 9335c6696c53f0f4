//! Tags as a vocabulary: the page of a tag, its history, and ways to change it.

mod edit;
mod field;
mod head;
mod history;
mod known;
mod moderate;
mod page;
mod words;

pub use field::TagField;
pub use head::Neighbours;
pub use known::use_tag;
pub use page::TagView;
