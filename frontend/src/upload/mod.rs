//! Adding pictures: by button, by drag, by paste; one request per file.

mod drop;
mod picker;
mod queue;
mod state;
mod tray;

pub use drop::DropTarget;
pub use picker::{ACCEPT, AddButton, files};
pub use queue::{UploadProvider, Uploads, use_uploads};
pub use tray::Tray;
