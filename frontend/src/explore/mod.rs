//! Explore: topics, clusters that grow, colours, tags and what stands near
//! them, and what is new.

mod around;
mod colors;
mod known;
mod page;
mod rising;
mod topic;
mod topics;

pub use around::AroundPage;
pub use colors::ColorsPage;
pub use known::ExploreProvider;
pub use page::ExplorePage;
pub use rising::RisingPage;
pub use topic::TopicPage;
pub use topics::TopicsPage;
