//! Accounts: what they show, how one stands to them, and one's own.

mod avatar;
mod card;
mod crop;
mod draft;
mod edit;
mod heading;
mod leave;
mod links;
mod news;
mod people;
mod receipt;
mod square;
mod state;

pub use avatar::Avatar;
pub use edit::EditProfilePage;
pub use heading::Heading;
pub use leave::LeavePage;
pub use news::announce;
pub use people::PeoplePage;
pub use receipt::ReceiptPage;
pub use state::{Known, use_profile};
