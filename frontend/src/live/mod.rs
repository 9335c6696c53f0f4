//! What happens elsewhere, as it happens: one WebSocket for the whole app.

mod context;
mod machine;
mod socket;

pub use context::{LiveProvider, use_live, use_topic};
pub use machine::Status;
