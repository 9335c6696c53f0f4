//! What moderators and operators see.

mod gate;
mod jobs;
mod models;
mod poll;
mod queue;
mod review;
mod reviews;

pub use jobs::JobsPage;
pub use models::ModelsPage;
pub use reviews::ReviewsPage;
