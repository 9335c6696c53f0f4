//! What a tag that is being typed may become.

use std::collections::HashSet;

use protocol::limits;
use protocol::tag::{TagHint, TagHints};

use super::Search;
use crate::PlatformError;
use crate::tags::TagNo;

/// Hints at most.
const MOST: usize = 20;
/// Letters from which a misspelt tag is recognised, and how far off it may be.
const FUZZY_FROM: usize = 4;
const FUZZY: usize = 1;

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
        let hint = |tag: TagNo, count: u32, alias: Option<&str>| TagHint {
            category: words.category(tag).to_owned(),
            name: words.name(tag).to_owned(),
            count,
            alias: alias.map(str::to_owned),
        };
        let mut hints = self.facts.with_counts(|counts| {
            let mut seen: HashSet<TagNo> = HashSet::new();
            let mut hints: Vec<TagHint> = Vec::new();
            let named = words
                .beginning(&typed)
                .filter(|(_, no)| words.tag(*no) == *no);
            let aliases = words
                .beginning(&typed)
                .filter(|(_, no)| words.tag(*no) != *no);
            for (word, no) in named.chain(aliases) {
                let tag = words.tag(no);
                let alias = (tag != no).then_some(word);
                if let Some(count) = counts.get(&tag)
                    && seen.insert(tag)
                {
                    hints.push(hint(tag, *count, alias));
                }
            }
            hints.sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
            if hints.len() < limit && typed.chars().count() >= FUZZY_FROM {
                let near = counts.iter().filter(|(tag, _)| {
                    let name = words.name(**tag);
                    strsim::osa_distance(name, &typed) <= FUZZY && !seen.contains(*tag)
                });
                let mut near: Vec<TagHint> = near.map(|(tag, n)| hint(*tag, *n, None)).collect();
                near.sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
                hints.extend(near);
            }
            hints
        });
        hints.truncate(limit);
        Ok(TagHints { items: hints })
    }
}
