//! Search and feeds: what an answer looks like.

use serde::{Deserialize, Serialize};

use crate::Cursor;
use crate::cluster::ClusterRef;
use crate::element::Element;

/// One page of a search or a feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Found {
    pub items: Vec<Hit>,
    /// Index in `items` of the last confident one; what follows are weaker
    /// matches. Absent when all are confident (or the list is no search);
    /// -1 when none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divider_after: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
    /// Tags by which the results can be narrowed, the most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<Facet>,
    /// Colours, styles and kinds among the results, the most frequent first;
    /// on the first page of a search.
    #[serde(default, skip_serializing_if = "Narrowing::is_empty")]
    pub narrow: Narrowing,
    /// What could be better said or was left out, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

/// A tag among the results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Facet {
    pub tag: String,
    /// Results that carry it.
    pub count: u32,
}

/// What else the results can be narrowed by, with how many have it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Narrowing {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub colors: Vec<Choice>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<Choice>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Choice>,
}

impl Narrowing {
    pub fn is_empty(&self) -> bool {
        self.colors.is_empty() && self.styles.is_empty() && self.kinds.is_empty()
    }
}

/// One way to narrow results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Choice {
    /// What to add to the search: `color:#c04020`, `style:photo`, `type:image`.
    pub filter: String,
    /// Results that have it.
    pub count: u32,
}

/// One element of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hit {
    pub element: Element,
    /// Higher is better; comparable within one answer only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    /// Why it is here, strongest first.
    pub why: Vec<Why>,
    /// In a feed: the viewer's cluster that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<ClusterRef>,
}

/// A reason for a match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Why {
    /// The words stand in its title or description.
    Text { field: String },
    /// It carries a tag that was asked for.
    Tag { name: String, score: f32 },
    /// The picture looks like what was asked for, with this probability.
    Looks { confidence: f32 },
    /// It resembles the picture that was asked about: cosine in -1…1.
    Similar { similarity: f32 },
    /// It has the colours that were asked for: 1 is the same.
    Colors { similarity: f32 },
    /// It resembles pictures of the cluster named in `because`.
    Cluster { similarity: f32 },
    /// Others who saved what is in that cluster saved this too, so many.
    SavedTogether { count: u32 },
    /// It carries tags that are typical of that cluster.
    SharedTags { tags: Vec<String> },
    /// Somebody saved it whom the viewer follows: so they are called.
    Followed { name: String },
    /// It is shown to find out whether it is liked.
    Exploring,
    /// It is new.
    Recent,
}
