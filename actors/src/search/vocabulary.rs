//! What a tag that is being typed may become.

use std::collections::{BTreeMap, HashSet};

use protocol::limits;
use protocol::tag::{TagHint, TagHints};

use super::Search;
use crate::PlatformError;

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
        let vocabulary = self.library.shipped_tags();
        let category = |name: &str| {
            let known = vocabulary.tags().iter().find(|tag| tag.name == name);
            known.map_or_else(String::new, |tag| tag.category.to_string())
        };
        let hint = |name: &str, count: u32, alias: Option<&str>| TagHint {
            category: category(name),
            name: name.to_owned(),
            count,
            alias: alias.map(str::to_owned),
        };
        let mut hints = self.facts.with_counts(|counts| {
            let count = |name: &str| counts.get(name).copied().unwrap_or(0);
            let mut seen: HashSet<String> = HashSet::new();
            let mut hints: Vec<TagHint> = Vec::new();
            for (name, count) in beginning(counts, &typed) {
                if seen.insert(name.clone()) {
                    hints.push(hint(name, *count, None));
                }
            }
            for (alias, name) in self.library.aliases_from(&typed) {
                if count(name) > 0 && seen.insert(name.to_owned()) {
                    hints.push(hint(name, count(name), Some(alias)));
                }
            }
            hints.sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
            if hints.len() < limit && typed.chars().count() >= FUZZY_FROM {
                let near = counts.iter().filter(|(name, _)| {
                    strsim::osa_distance(name, &typed) <= FUZZY && !seen.contains(*name)
                });
                let mut near: Vec<TagHint> = near.map(|(name, n)| hint(name, *n, None)).collect();
                near.sort_by(|a, b| (b.count, &a.name).cmp(&(a.count, &b.name)));
                hints.extend(near);
            }
            hints
        });
        hints.truncate(limit);
        Ok(TagHints { items: hints })
    }
}

/// Those that begin so; all of them for nothing.
fn beginning<'a>(
    counts: &'a BTreeMap<String, u32>,
    typed: &'a str,
) -> impl Iterator<Item = (&'a String, &'a u32)> {
    let from = counts.range(typed.to_owned()..);
    from.take_while(move |(name, _)| name.starts_with(typed))
}
