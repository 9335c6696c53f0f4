//! Saving what lies elsewhere, by its address.

use serde::{Deserialize, Serialize};

use crate::element::Visibility;
use crate::{ClusterId, ElementId, FetchId, Problem, Timestamp};

/// `POST elements/by-url`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveByUrl {
    /// Of a picture, or of a page that shows one.
    pub url: String,
    /// Which of the page's pictures, by its address; absent: the best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Absent: what the page calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default)]
    pub visibility: Visibility,
    /// Where it is put when it is saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterId>,
}

/// Something that is being fetched, and what became of it. It is durable from
/// the answer on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fetch {
    pub id: FetchId,
    /// As it was asked for.
    pub url: String,
    pub state: FetchState,
    /// What it became: its own steps are told from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<ElementId>,
    /// The account had saved the same file before: this is that element.
    #[serde(default)]
    pub duplicate: bool,
    /// Why it failed, waits for another attempt, or was saved but not put into
    /// its cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FetchState {
    Waiting,
    Fetching,
    Saved,
    /// Can be tried again.
    Failed,
    /// Taken back; only events say it.
    Dropped,
}

/// Answer to `GET elements/by-url`: the account's own, newest first. What was
/// saved is listed for a day.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fetches {
    pub items: Vec<Fetch>,
}

/// `POST elements/by-url/look`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LookAt {
    pub url: String,
}

/// Answer to `POST elements/by-url/look`: what there is to be saved at an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Looked {
    /// Where it really is, behind all redirects.
    pub url: String,
    /// What a page says about itself; absent for a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// What the site calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The best first; of a picture only itself.
    pub pictures: Vec<LookedPicture>,
}

/// A picture that can be saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LookedPicture {
    pub url: String,
    /// As far as the page says it, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// What it shows, in the page's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}
