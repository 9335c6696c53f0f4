//! Clusters: saving pictures to them, their pages, their lists.

mod cover;
mod form;
mod influence;
mod new;
mod page;
mod picker;
mod quick;
mod save;
mod saver;
mod tiles;
mod visibility;
mod within;

pub use cover::Cover;
pub use influence::use_influence;
pub use new::NewDialog;
pub use page::ClusterPage;
pub use picker::{
    PickerHost, PickingProvider, Row, Suggested, first_choice, fold, groups, is_picker_open,
};
pub use quick::CardSave;
pub use save::{SAVE_SELECTOR, SaveButton};
pub use tiles::{Tiles, TilesToCome};
pub use visibility::icon as visibility_icon;
pub use within::Within;
