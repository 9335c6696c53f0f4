//! Cameras: what they are called, how they do, and what lets them in.

mod confirm;
mod form;
mod row;
mod secret;
mod words;

pub use form::DeviceDialog;
pub use row::Row;
pub use secret::SecretDialog;
