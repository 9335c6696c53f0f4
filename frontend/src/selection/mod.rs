//! Doing something with several pictures: selecting them on their cards, and
//! the bar that offers what can be done.

mod bar;
mod card;
mod clusters;
mod failures;
mod removal;
mod tags;
mod tally;

pub use bar::SelectionHost;
pub use card::{Check, SELECT_SELECTOR, use_card_click};
