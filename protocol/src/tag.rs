//! Tags as a vocabulary: words with other words for them, what they imply,
//! and what people changed about them.

use serde::{Deserialize, Serialize};

use crate::element::Owner;
use crate::value::TagName;
use crate::{ChangeId, ElementId, Problem, TagId, Timestamp};

/// `GET tags?prefix=`: tags that what was typed may become.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TagHints {
    /// The likeliest first.
    pub items: Vec<TagHint>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TagHint {
    pub name: String,
    /// As the vocabulary has it; empty for a tag that people made up.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Public elements that carry it, or a tag that implies it.
    pub count: u32,
    /// The other word for it that was typed: `kitty` for `cat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
}

/// `GET tags/{name}`: a tag with all that is known of it. Asked for by another
/// word for it, the answer is the tag itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TagPage {
    /// Stays when the tag is renamed.
    pub id: TagId,
    pub name: TagName,
    /// One of [`CATEGORIES`]; empty where nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// What it means and when to use it, for people; plain text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Public elements that carry it, or a tag that implies it.
    pub count: u32,
    /// Other words for it.
    pub aliases: Vec<TagName>,
    /// What it implies directly: `cat` → `pet`.
    pub implies: Vec<TagName>,
    /// All that follows from that: `cat` → `pet`, `animal`.
    pub above: Vec<TagName>,
    /// What implies it directly, the most frequent first.
    pub below: Vec<TagName>,
    /// What stands beside it more often than chance, the most telling first.
    pub related: Vec<RelatedTag>,
}

/// A tag that stands beside another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RelatedTag {
    pub name: TagName,
    /// Public elements that carry both.
    pub count: u32,
    /// How much more often than chance, in 0…1 (normalised pointwise mutual
    /// information; Bouma 2009).
    pub score: f32,
}

/// What a tag can be; the order is that of lists.
pub const CATEGORIES: [&str; 12] = [
    "animal", "plant", "food", "person", "place", "nature", "object", "vehicle", "clothing",
    "activity", "style", "other",
];

/// `PATCH tags/{name}`: what is absent stays. Everybody may describe and sort
/// a tag; names are for moderators.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TagPatch {
    /// The old name becomes another word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<TagName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// `POST tags/{name}/merge`: everything that carries it carries the other from
/// now on, and its name becomes another word for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TagMerge {
    pub into: TagName,
}

/// One entry of `GET tags/{name}/history`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TagChange {
    pub id: ChangeId,
    pub at: Timestamp,
    /// Absent for what came with the vocabulary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Owner>,
    pub kind: TagChangeKind,
    /// What it was, and what it became; which of both there is depends on the
    /// kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// It was taken back by that change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<ChangeId>,
    /// The viewer may take it back.
    pub undoable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TagChangeKind {
    Renamed,
    Described,
    Categorised,
    AliasAdded,
    AliasRemoved,
    ImplicationAdded,
    ImplicationRemoved,
    /// Another tag became part of this one; `before` is its name.
    Merged,
    /// An earlier change was taken back; `before` is its id.
    Undone,
}

/// `POST elements/tags`: puts tags on several elements and takes others off.
/// Each element has its own answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkTags {
    pub elements: Vec<ElementId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<TagName>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<TagName>,
}

/// Answer to [`BulkTags`] and to its undoing, in the order asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BulkTagged {
    /// Takes all of it back by `POST elements/tags/{change}/undo`.
    pub change: ChangeId,
    pub items: Vec<BulkTaggedElement>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BulkTaggedElement {
    pub id: ElementId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
}
