//! Tags by which results can be narrowed.

use std::collections::{HashMap, HashSet};

use protocol::element::{Element, TagBand, TagState};
use protocol::search::Facet;

/// Tags that are offered.
const FACETS: usize = 14;
/// One of a single result narrows nothing.
const LEAST: u32 = 2;

/// Tags that tell the results apart, the most frequent first, without those
/// that were chosen already.
pub fn facets<'a>(
    elements: impl IntoIterator<Item = &'a Element>,
    chosen: impl Fn(&str) -> bool,
) -> Vec<Facet> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    let mut all = 0;
    for element in elements {
        all += 1;
        let shown = element
            .tags
            .iter()
            .filter(|tag| tag.state != TagState::Rejected && tag.band != Some(TagBand::Unsure));
        let names: HashSet<&str> = shown.map(|tag| tag.name.as_str()).collect();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
    }
    let mut facets: Vec<Facet> = counts
        .into_iter()
        // what all have narrows nothing
        .filter(|(name, count)| *count >= LEAST && *count < all && !chosen(name))
        .map(|(tag, count)| Facet {
            tag: tag.to_owned(),
            count,
        })
        .collect();
    facets.sort_by(|a, b| (b.count, &a.tag).cmp(&(a.count, &b.tag)));
    facets.truncate(FACETS);
    facets
}
