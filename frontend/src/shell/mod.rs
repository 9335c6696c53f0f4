//! What stands around every page.

mod account_links;
mod bars;
mod banner;
mod help;
pub mod keys;
mod profile_menu;
mod search_box;
mod toaster;

pub use account_links::AccountLinks;
pub use bars::{BottomBar, TopBar};
pub use banner::Banner;
pub use help::Help;
pub use keys::Keys;
pub use toaster::Toaster;
