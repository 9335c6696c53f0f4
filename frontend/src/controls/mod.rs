//! Parts that every screen is made of.

mod copy;
mod dialog;
mod empty;
mod field;
pub mod focusable;
mod icon;
mod logo;
mod menu;
mod title;

pub use copy::use_copy;
pub use dialog::Dialog;
pub use empty::Empty;
pub use field::Field;
pub use icon::{Icon, IconName};
pub use logo::Logo;
pub use menu::Menu;
pub use title::use_title;
