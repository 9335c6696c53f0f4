//! Elements: saved pictures and videos with all that is known of them.

use serde::{Deserialize, Serialize};

pub use crate::label::{Evidence, Label};
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
    /// What `quality` is made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality_parts: Option<Quality>,
    /// What it shows, for those who don't see it, in its owner's words; empty
    /// until somebody wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alt: String,
    /// Words that were read in the picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
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
    /// Nudity, signs of a generator, kind of picture.
    Screen,
    /// Measured quality and its percentile.
    Score,
    /// Words in the picture.
    Read,
    /// AVIF variants: smaller files, made when nobody waits.
    Compress,
}

impl StageName {
    /// Every stage.
    pub const ALL: [StageName; 7] = [
        StageName::Preview,
        StageName::Embed,
        StageName::Tag,
        StageName::Screen,
        StageName::Score,
        StageName::Read,
        StageName::Compress,
    ];

    /// The stages of a picture, in the order in which they are shown.
    pub const IMAGE: [StageName; 7] = Self::ALL;

    pub fn as_str(self) -> &'static str {
        match self {
            StageName::Preview => "preview",
            StageName::Embed => "embed",
            StageName::Tag => "tag",
            StageName::Screen => "screen",
            StageName::Score => "score",
            StageName::Read => "read",
            StageName::Compress => "compress",
        }
    }

    /// The stage of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
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
    /// How a model's suggestion stands to the tag's thresholds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<TagBand>,
    /// It is here because of this other tag, which implies it; it goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implied_by: Option<TagName>,
}

/// How sure a model is of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TagBand {
    /// Above the tag's upper threshold: counts in search by itself.
    Sure,
    Suggested,
    /// Below the tag's threshold: shown for a person to decide, not searched.
    Unsure,
}

/// `PUT elements/{id}/tags/{tag}`: a person's word on a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TagVerdict {
    /// `fact` accepts, `rejected` refuses for good, `suggested` takes the
    /// person's word back.
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

/// How a picture scores, with what the score is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Quality {
    /// Which formula, with its version.
    pub formula: String,
    /// Percentile of the whole within the reference, in 0…100.
    pub percentile: f32,
    pub parts: Vec<QualityPart>,
    /// How well it fits what people here keep, in 0…1; absent until enough
    /// has been kept to learn from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taste: Option<f32>,
}

/// One measurement of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct QualityPart {
    /// `sharpness`, `exposure`, `contrast`, `colourfulness`, `composition`, `naturalness`.
    pub name: String,
    /// As measured; its unit is the formula's.
    pub value: f32,
    /// In 0…100, higher is better.
    pub percentile: f32,
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
    /// `upload`, `import`, `sample`, `url` or `camera`.
    pub via: String,
    /// What the camera was called when it took the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Of the page that showed it, or of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Of the file itself, where `url` is a page's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
    /// What the site calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
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
    pub alt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// The owner declares that a generator made it, or takes that back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declares_ai: Option<bool>,
}

/// `GET elements/likes?ids=`: those of the elements asked for that the viewer
/// likes, in the order asked. Likes are nobody else's business, so elements
/// themselves don't carry them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Likes {
    pub items: Vec<ElementId>,
}

/// `GET elements/{id}/audience` and `GET clusters/{id}/audience`, for the
/// owner: who can see it, and by which way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Audience {
    pub visibility: Visibility,
    /// For people, most open way first: `Everybody with an account here finds
    /// it in lists and search.`
    pub says: Vec<String>,
    /// Of an element: the clusters that hold it, and whether it is shown in
    /// them to others. Of a cluster: empty.
    pub clusters: Vec<Through>,
    /// Of a cluster: its members. Of an element that only its address opens:
    /// members of the clusters that show it.
    pub people: Vec<Owner>,
}

/// A cluster by which an element can be seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Through {
    pub cluster: crate::cluster::ClusterRef,
    pub visibility: Visibility,
    /// Others who see the cluster see the element in it.
    pub shows: bool,
}

/// `GET elements/{id}/neighbours`: what stands beside it among its owner's
/// elements, as far as the viewer sees them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Neighbours {
    /// The next newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<ElementId>,
    /// The next older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<ElementId>,
}

/// Answer to `DELETE elements/{id}`: it can be taken back for a while by
/// `POST elements/{id}/restore`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Removed {
    pub id: ElementId,
    pub restorable_until: Timestamp,
}
