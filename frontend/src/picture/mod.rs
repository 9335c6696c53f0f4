//! How a picture is shown: its files, its placeholder, its words.

mod base64;
mod png;
mod sources;
mod thumbhash;
mod view;

pub use sources::{Sources, alt_text, described, name_of, original, srcset_of};
pub use view::{Picture, placeholder_of};
