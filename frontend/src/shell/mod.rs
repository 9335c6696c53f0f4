//! What stands around every page.

mod account_links;
mod banner;
mod bars;
mod bell;
mod help;
pub mod keys;
mod places;
mod profile_menu;
mod toaster;

pub use account_links::AccountLinks;
pub use banner::Banner;
pub use bars::{BottomBar, TopBar};
pub use help::Help;
pub use keys::Keys;
pub use profile_menu::ThemeChoice;
pub use toaster::Toaster;
