//! Parts that every screen is made of.

mod dialog;
mod empty;
mod field;
mod icon;
mod logo;
mod menu;
mod title;

pub use dialog::Dialog;
pub use empty::Empty;
pub use field::Field;
pub use icon::{Icon, IconName};
pub use logo::Logo;
pub use menu::Menu;
pub use title::use_title;
