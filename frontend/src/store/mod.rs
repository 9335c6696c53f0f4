//! What the page knows, apart from how it looks.

pub mod kept;
mod library;
mod list;
mod loader;
pub mod scroll;
mod session;
#[cfg(test)]
mod testing;
mod theme;
mod toasts;

pub use library::{Change, Library, LibraryProvider, Whose, use_library};
pub use list::{List, ListKey, Mode, Phase};
pub use loader::{Loader, use_loader};
pub use session::{SessionProvider, Standing, use_session, use_user};
pub use theme::{Choice, ThemeProvider, use_theme};
pub use toasts::{Toast, ToastProvider, use_toasts};
