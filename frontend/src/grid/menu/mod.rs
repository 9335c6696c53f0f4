//! The menu of a card: from its button, by a long press or by the secondary
//! button of a mouse.

mod asked;
mod host;
mod influence;
mod items;
mod press;

pub use asked::{About, CardMenuProvider, use_card_menu};
pub use host::CardMenuHost;
pub use press::use_press;
