//! Explore: what there is to discover beside what is new.

use serde::{Deserialize, Serialize};

use crate::cluster::{Cluster, CoverPicture};
use crate::value::TagName;

/// `GET explore/clusters`: public clusters that grow just now, by what was
/// saved to them and who began to follow them, the latest counting most. A
/// cluster of one person who saves a lot does not crowd out the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RisingClusters {
    pub items: Vec<RisingCluster>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RisingCluster {
    pub cluster: Cluster,
    /// Elements that were saved to it within the last week, as the viewer sees
    /// them.
    pub recent: u32,
}

/// `GET explore/topics`: groups of public elements that look alike, each named
/// by the tags that tell it from the others. Recomputed now and then; a topic
/// keeps its id as long as it is about the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExploreTopics {
    /// Those with most new elements first.
    pub items: Vec<ExploreTopic>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExploreTopic {
    /// Opaque; `GET explore/topics/{id}` lists its elements.
    pub id: String,
    /// For people: its most telling tags, as `Coffee & mugs`.
    pub name: String,
    pub tags: Vec<TagName>,
    /// Elements in it that the viewer may see.
    pub count: u32,
    pub covers: Vec<CoverPicture>,
    /// Topics that are about something near, by their ids; nearest first.
    pub near: Vec<String>,
}
