//! Searching by a picture: a box over it, and beside it what looks like what
//! the box shows. Opened from an element's picture or with a file.

mod address;
mod asked;
mod button;
mod entry;
mod escape;
mod file;
mod frame;
mod narrowing;
mod page;
mod panel;
mod results;
mod stage;
mod subjects;
mod view;

pub use button::{LOOK_SELECTOR, LookButton};
pub use entry::{PictureButton, picture_in};
pub use file::use_address;
pub use page::VisualPage;
