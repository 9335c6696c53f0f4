//! Accounts: who they are, how they come in, what they are to each other,
//! taking everything along, and going for good.

mod accounts;
mod erasure;
mod export;
mod handles;
mod logins;
mod profiles;
mod settings;
mod ties;

pub use accounts::{Credentials, NewUser};
pub(crate) use accounts::{IdRow, UserRow};
pub use erasure::ReceiptKey;
pub use export::ExportRow;
pub use logins::{ActiveLogin, LoginRow, NewLogin};
pub use ties::Tie;
