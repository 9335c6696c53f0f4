//! What a change did, so that it can be taken back.

use serde::{Deserialize, Serialize};

/// Keys are those of tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Op {
    Name { from: String, to: String },
    Description { from: String, to: String },
    Category { from: String, to: String },
    Alias { key: String, word: String, on: bool },
    Implication { to: String, on: bool },
    Merge(Merger),
    Unmerge(Merger),
}

/// What it takes to undo a merge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Merger {
    pub from: String,
    pub into: String,
    /// What was called so when it was merged.
    pub name: String,
    /// Implications that went, and those that came in their place.
    pub removed: Vec<(String, String)>,
    pub added: Vec<(String, String)>,
    /// Other words that came with it.
    pub aliases: Vec<String>,
}

impl Op {
    /// Is it for moderators, to do and to undo?
    pub fn is_for_moderators(&self) -> bool {
        !matches!(self, Op::Description { .. } | Op::Category { .. })
    }
}
