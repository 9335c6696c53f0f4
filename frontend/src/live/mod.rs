//! What happens elsewhere, as it happens: one WebSocket for the whole app.

mod context;
mod looking;
mod machine;
mod signals;
mod socket;
mod steps;

pub use context::{LiveProvider, use_live, use_presence, use_signal, use_topic};
pub use signals::others;
pub use steps::Status;
