//! Elements: saved pictures and videos with all that is known of them.

use serde::{Deserialize, Serialize};

use crate::value::{Handle, TagName};
use crate::{ElementId, Timestamp, UserId};

/// One saved picture or video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Element {
    pub id: ElementId,
    pub kind: Kind,
    pub state: State,
    /// In the order in which they run.
    pub stages: Vec<Stage>,
    pub title: String,
    pub description: String,
    /// As displayed, in pixels.
    pub width: u32,
    pub height: u32,
    /// ThumbHash, base64; empty until the preview is made.
    pub thumbhash: String,
    /// Dominant colours, largest share first; empty until the preview is made.
    pub colors: Vec<Swatch>,
    /// Files to show, smallest first; empty until the preview is made.
    pub media: Vec<Media>,
    pub tags: Vec<Tag>,
    pub labels: Vec<Label>,
    /// Percentile of the aesthetic score in 0…100, once scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<f32>,
    pub visibility: Visibility,
    pub owner: Owner,
    /// Where it came from: `upload`, `import`, `sample`, or a URL.
    pub source: Source,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Image,
    Video,
}

/// `ready` once every stage that can run has run; a failed stage does not
/// make the element unusable unless nothing can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum State {
    Processing,
    Ready,
    Failed,
}

/// One step of processing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Stage {
    pub name: StageName,
    pub state: StageState,
    /// Why it failed or waits, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageName {
    /// Decode, thumbhash, colours, JPEG variants.
    Preview,
    /// Vector of the picture.
    Embed,
    /// Classes and tags.
    Tag,
    /// AVIF variants: smaller files, made when nobody waits.
    Compress,
}

impl StageName {
    /// All stages of a picture, in the order in which they are shown.
    pub const IMAGE: [StageName; 4] = [
        StageName::Preview,
        StageName::Embed,
        StageName::Tag,
        StageName::Compress,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            StageName::Preview => "preview",
            StageName::Embed => "embed",
            StageName::Tag => "tag",
            StageName::Compress => "compress",
        }
    }

    /// The stage of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::IMAGE.into_iter().find(|s| s.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    /// Queued, or waiting for something that is missing (`error` says what).
    Waiting,
    Running,
    Done,
    /// Given up after repeated attempts; can be retried.
    Failed,
}

/// A dominant colour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Swatch {
    /// `#rrggbb`.
    pub hex: String,
    /// Part of the picture in 0…1.
    pub share: f32,
}

/// One file that shows the element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Media {
    /// `jpeg-320`, `avif-640`, `original` …
    pub variant: String,
    pub url: String,
    /// MIME type.
    #[serde(rename = "type")]
    pub mime: String,
    pub width: u32,
    pub height: u32,
}

/// A word on an element. A model's suggestion and a person's fact differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tag {
    pub name: TagName,
    pub source: TagSource,
    /// Confidence in 0…1; 1 for facts.
    pub score: f32,
    pub state: TagState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TagSource {
    Person,
    Model,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TagState {
    Fact,
    Suggested,
    Rejected,
}

/// An automated judgement with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Label {
    pub label: String,
    pub verdict: String,
    pub confidence: f32,
    pub evidence: Vec<Evidence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Evidence {
    pub kind: String,
    pub detail: String,
}

/// Who may see an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Its owner alone.
    Private,
    /// Whoever has its address; in no list or search of others.
    Unlisted,
    /// Everybody with an account here.
    #[default]
    Public,
}

/// The account that saved an element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Owner {
    pub id: UserId,
    pub handle: Handle,
    pub display_name: String,
}

/// Provenance, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Source {
    /// `upload`, `import` or `sample`.
    pub via: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// `PATCH elements/{id}`: fields that are absent stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ElementPatch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
}
