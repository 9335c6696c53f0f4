//! Searching by words: the field that is always there, and the page of results.

mod acting;
mod chip;
mod field;
mod help;
mod hinted;
mod hints;
mod keys;
mod list;
mod narrow;
mod nothing;
mod offers;
mod order;
mod page;
mod pieces;
mod state;
mod token;
mod values;

pub use field::SearchBox;
pub use hinted::{Beginning, use_hinted};
pub use hints::Hints;
pub use page::SearchPage;
