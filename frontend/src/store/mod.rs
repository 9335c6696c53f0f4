//! What the page knows, apart from how it looks.

mod arranging;
mod clusters;
mod departed;
mod devices;
pub mod inbox;
pub mod kept;
mod library;
mod likes;
mod list;
mod loader;
mod revealed;
pub mod scroll;
mod selection;
mod session;
#[cfg(test)]
pub mod testing;
mod theme;
mod toasts;
mod viewer;

pub use arranging::Part;
pub use clusters::{ClusterChange, Clusters, ClustersProvider, use_clusters};
pub use devices::{DeviceNews, Devices, DevicesProvider, use_devices};
pub use inbox::{InboxProvider, use_inbox};
pub use library::{Change, Library, LibraryProvider, Whose, use_library};
pub use likes::{LikesProvider, use_like};
pub use list::{Entry, List, ListKey, Mode, Phase};
pub use loader::{Loader, use_loader, use_reload_of_forgotten};
pub use revealed::{RevealedProvider, use_revealed};
pub use selection::{Change as SelectionChange, Selection, SelectionProvider, use_selection};
pub use session::{Session, SessionProvider, Standing, use_me, use_role, use_session, use_user};
pub use theme::{Choice, ThemeProvider, use_theme};
pub use toasts::{Toast, ToastProvider, Toasts, use_toasts};
pub use viewer::Viewer;
