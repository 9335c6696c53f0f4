//! Parts that every screen is made of.

mod copy;
mod dialog;
mod empty;
mod field;
pub mod focusable;
mod icon;
mod logo;
mod menu;
mod outside;
mod placing;
mod title;

pub use copy::use_copy;
pub use dialog::Dialog;
pub use empty::Empty;
pub use field::Field;
pub use icon::{Icon, IconName};
pub use logo::Logo;
pub use menu::Menu;
pub use outside::use_press_outside;
pub use placing::{Area, Placing, Size, area_of, place_in_window};
pub use title::use_title;
