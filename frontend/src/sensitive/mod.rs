//! Pictures that stay covered, with the reason, until somebody chooses to see
//! them. What is covered is not even fetched.

mod badges;
mod exposure;
mod veil;

pub use badges::Badges;
pub use exposure::{Covered, Exposure, use_exposure};
pub use veil::{TOGGLE_SELECTOR, Veil};
