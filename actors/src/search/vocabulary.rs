//! What a tag that is being typed may become.

use protocol::limits;
use protocol::tag::{TagHint, TagHints};

use super::Search;
use crate::PlatformError;
use crate::tags::TagNo;

/// Hints at most.
const MOST: usize = 20;

impl Search {
    /// Tags whose name, or another word for them, begins with a text; where
    /// there are few, also those that are spelt nearly so. Counts are of public
    /// elements alone: private ones tell nobody what they carry.
    ///
    /// # Errors
    /// `invalid_field` for a text that is too long.
    pub fn tag_hints(&self, text: &str, limit: usize) -> Result<TagHints, PlatformError> {
        if text.chars().count() > limits::TAG_MAX {
            let detail = format!("at most {} characters", limits::TAG_MAX);
            return Err(super::refused("prefix", &detail));
        }
        let typed = text
            .trim()
            .trim_start_matches('-')
            .to_lowercase()
            .replace('_', " ");
        let limit = limit.clamp(1, MOST);
        let words = self.facts.vocabulary().read();
        let found = self
            .facts
            .with_counts(|counts| words.complete(&typed, limit, counts));
        let hint = |completion: index::Completion| {
            let tag = TagNo(completion.meant);
            TagHint {
                category: words.category(tag).to_owned(),
                name: words.name(tag).to_owned(),
                count: completion.weight,
                alias: completion.other.then(|| completion.word.to_string()),
            }
        };
        Ok(TagHints {
            items: found.into_iter().map(hint).collect(),
        })
    }
}
