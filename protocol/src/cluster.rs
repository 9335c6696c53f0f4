//! Clusters: named collections of elements, private, shared or public.

use serde::{Deserialize, Serialize};

use crate::element::{Element, Media, Owner, Visibility};
use crate::value::Handle;
use crate::{ClusterId, ElementId, Problem, Timestamp};

/// A collection as one viewer sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cluster {
    pub id: ClusterId,
    pub name: String,
    pub description: String,
    /// `private`: its members alone; `unlisted`: whoever has its address;
    /// `public`: in everybody's lists.
    pub visibility: Visibility,
    pub owner: Owner,
    /// What the viewer may do; absent for who is no member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ClusterRole>,
    /// Elements in it, whoever may see them.
    pub count: u64,
    /// Up to [`crate::limits::CLUSTER_COVERS`] pictures that the viewer may
    /// see, the cover first; empty while there is none.
    pub cover: Vec<CoverPicture>,
    /// In their order. Items without a section stand before the first.
    pub sections: Vec<Section>,
    pub followers: u64,
    /// The viewer follows it.
    pub following: bool,
    /// How much it counts in the viewer's home feed.
    pub influence: Influence,
    /// Whether it holds the element that the request asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
    pub created_at: Timestamp,
    /// Last change of what it holds or is called.
    pub changed_at: Timestamp,
}

/// What a member may do. Each may all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClusterRole {
    /// Sees it.
    Viewer,
    /// Adds, moves and removes elements and sections.
    Editor,
    /// Renames, shares and deletes it.
    Owner,
}

impl ClusterRole {
    pub fn as_str(self) -> &'static str {
        match self {
            ClusterRole::Viewer => "viewer",
            ClusterRole::Editor => "editor",
            ClusterRole::Owner => "owner",
        }
    }
}

/// How much a cluster counts in its member's home feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Influence {
    Muted,
    #[default]
    Normal,
    Boosted,
}

impl Influence {
    pub fn as_str(self) -> &'static str {
        match self {
            Influence::Muted => "muted",
            Influence::Normal => "normal",
            Influence::Boosted => "boosted",
        }
    }
}

/// As much of an element as it takes to show it on a cover.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CoverPicture {
    pub element: ElementId,
    pub width: u32,
    pub height: u32,
    pub thumbhash: String,
    /// Smallest first.
    pub media: Vec<Media>,
}

/// A part of a cluster with a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Section {
    /// Within its cluster: 26 characters, like other ids.
    pub id: String,
    pub name: String,
}

/// One element of a cluster, in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClusterItem {
    pub element: Element,
    /// Items of a section are in the order of these texts, byte by byte.
    pub order: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Who put it here, and when.
    pub by: Owner,
    pub at: Timestamp,
}

/// `POST clusters`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCluster {
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default = "private")]
    pub visibility: Visibility,
    /// Put into it at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<ElementId>,
}

fn private() -> Visibility {
    Visibility::Private
}

/// `PATCH clusters/{id}`: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ClusterPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// One of its elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<ElementId>,
    /// The sections in their new order; names as wanted, new ones without an
    /// id. One that is left out goes; its items stay, without a section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sections: Option<Vec<SectionPatch>>,
    /// The viewer's own setting: any member may change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub influence: Option<Influence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SectionPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub name: String,
}

/// `PUT clusters/{id}/elements/{element}`: puts it in, or moves it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// Absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    #[serde(default, skip_serializing_if = "Place::is_usual")]
    pub place: Place,
}

/// Where among the items of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A new one goes first; one that is there stays where it is, unless its
    /// section changes.
    #[default]
    Usual,
    First,
    Last,
    After(ElementId),
    Before(ElementId),
}

impl Place {
    pub fn is_usual(&self) -> bool {
        *self == Place::Usual
    }
}

/// `POST clusters/{id}/elements`: several at once; each has its own answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddElements {
    pub elements: Vec<ElementId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

/// Answer to [`AddElements`], in its order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Added {
    pub items: Vec<AddedElement>,
    /// The cluster as it is now.
    pub cluster: Cluster,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AddedElement {
    pub id: ElementId,
    /// It was there before.
    pub held: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
}

/// Answer to a change of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Placed {
    /// Absent after a removal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    pub cluster: Cluster,
}

/// One account of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Member {
    pub user: Owner,
    pub role: ClusterRole,
    pub since: Timestamp,
}

/// `PUT clusters/{id}/members/{handle}`, by its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    /// `viewer` or `editor`.
    pub role: ClusterRole,
}

/// `POST clusters/{id}/invites`: a link that makes whoever opens it a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvite {
    /// `viewer` or `editor`.
    pub role: ClusterRole,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Invite {
    /// The secret of the link `/join/{token}`; shown this once.
    pub token: String,
    pub role: ClusterRole,
    pub expires_at: Timestamp,
}

/// `GET clusters/{id}/members`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Members {
    /// The owner first, then by the time they came.
    pub items: Vec<Member>,
}

/// `GET clusters/suggest`: where an element may belong, likeliest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Suggestions {
    pub items: Vec<Suggestion>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Suggestion {
    pub cluster: Cluster,
    /// 0…1: how much alike the element is to what the cluster holds.
    pub confidence: f32,
    /// For people: `looks like 3 pictures in it`.
    pub reason: String,
    /// What in it is most alike.
    pub alike: Vec<ElementId>,
}

/// A cluster in passing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClusterRef {
    pub id: ClusterId,
    pub name: String,
}

/// Which clusters `GET clusters` lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterFilter {
    /// Those of this account that the viewer may see; absent: all that the
    /// viewer is a member of.
    #[serde(default)]
    pub owner: Option<Handle>,
    /// Tell of each whether it holds this element.
    #[serde(default)]
    pub element: Option<ElementId>,
    /// Those of others that the viewer follows, last followed first.
    #[serde(default)]
    pub followed: bool,
}

/// What an event of a cluster carries: never an element itself, as those who
/// listen may see different ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClusterGone {
    pub id: ClusterId,
}

/// Anything about it changed: fetch it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClusterTouched {
    pub id: ClusterId,
}

/// One item came, moved or went. Of items that not all who listen may see
/// nothing is told but that the cluster changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClusterItemChange {
    pub id: ClusterId,
    pub element: ElementId,
    pub change: ItemChange,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ItemChange {
    Added,
    Moved,
    Removed,
}
