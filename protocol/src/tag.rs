//! Tags as a vocabulary.

use serde::{Deserialize, Serialize};

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
    /// Public elements that carry it.
    pub count: u32,
    /// The other word for it that was typed: `kitty` for `cat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
}
