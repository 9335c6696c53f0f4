//! Clusters: saving pictures to them, their pages, their lists.

mod cover;
mod picker;
mod save;
mod saver;
mod visibility;

pub use picker::{PickerHost, PickingProvider};
pub use save::{SAVE_SELECTOR, SaveButton};
