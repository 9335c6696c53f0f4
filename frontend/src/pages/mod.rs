//! One page per address.

mod cameras;
mod cluster;
mod clusters;
mod credits;
mod element;
mod join;
mod lists;
mod notifications;
mod nowhere;
mod profile;
mod sessions;
mod settings;
mod sign_in;

pub use cameras::CamerasPage;
pub use cluster::ClusterPage;
pub use clusters::{ClustersOf, ClustersPage, FollowedPage};
pub use credits::CreditsPage;
pub use element::ElementPage;
pub use join::JoinPage;
pub use lists::HomePage;
pub use notifications::NotificationsPage;
pub use nowhere::NowherePage;
pub use profile::{ProfilePage, Tab};
pub use sessions::SessionsPage;
pub use settings::SettingsPage;
pub use sign_in::SignInPage;
