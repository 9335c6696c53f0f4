//! What counts of all that was said about an element, and what follows from
//! it: the list that everybody is shown.

use std::collections::{BTreeMap, BTreeSet};

use protocol::element::{Tag, TagBand, TagSource, TagState};

use super::sayings::Saying;
use crate::tags::Lexicon;

/// One entry per tag. A person's word comes before a model's, and no before
/// yes; what follows from a fact is a fact, and what follows from a suggestion
/// is as sure as that. What a person refused stays refused, whatever follows,
/// and makes unsure what would imply it. Facts first, then by score.
pub(super) fn settled(all: &[Saying], lexicon: &Lexicon) -> Vec<Tag> {
    let said = Said::sort(all);
    let mut entries: BTreeMap<&str, Entry> = BTreeMap::new();
    for tag in &said.refused {
        entries.insert(tag, Entry::person(TagState::Rejected));
    }
    for tag in &said.facts {
        entries.insert(tag, Entry::person(TagState::Fact));
    }
    for fact in &said.facts {
        for above in lexicon.above(fact) {
            let entry = entries.entry(above).or_insert_with(|| Entry {
                by: Some(fact),
                ..Entry::person(TagState::Fact)
            });
            entry.nearer(fact, lexicon);
        }
    }
    for (tag, (score, band)) in &said.suggested {
        if entries.contains_key(tag) {
            // a person said so, or it follows from what one said
            continue;
        }
        let refused = lexicon.above(tag).any(|above| said.refused.contains(above));
        let band = if refused { TagBand::Unsure } else { *band };
        entries.insert(tag, Entry::model(*score, band));
    }
    let stands = |tag: &&str| {
        let entry = entries.get(*tag);
        entry.is_some_and(|e| e.source == TagSource::Model && e.band != Some(TagBand::Unsure))
    };
    let standing: Vec<&str> = said.suggested.keys().copied().filter(stands).collect();
    for tag in standing {
        let (score, band) = said.suggested[tag];
        for above in lexicon.above(tag) {
            let entry = entries
                .entry(above)
                .or_insert_with(|| Entry::model(0.0, TagBand::Unsure));
            entry.lift(tag, score, band);
        }
    }
    let counting = entries
        .iter()
        .filter(|(_, e)| e.band.is_some_and(|b| b != TagBand::Unsure));
    let scores: Vec<(&str, f32)> = counting.map(|(tag, entry)| (*tag, entry.score)).collect();
    for (tag, score) in scores {
        for above in lexicon.above(tag) {
            if let Some(entry) = entries.get_mut(above) {
                entry.score = entry.score.max(score);
            }
        }
    }
    shown(entries, lexicon)
}

/// What was said of each tag, the strongest word of each kind.
struct Said<'a> {
    facts: BTreeSet<&'a str>,
    refused: BTreeSet<&'a str>,
    suggested: BTreeMap<&'a str, (f32, TagBand)>,
}

impl<'a> Said<'a> {
    fn sort(all: &'a [Saying]) -> Self {
        let mut said = Self {
            facts: BTreeSet::new(),
            refused: BTreeSet::new(),
            suggested: BTreeMap::new(),
        };
        for saying in all {
            let tag = saying.tag.0.as_str();
            match (saying.source, saying.state) {
                (TagSource::Person, TagState::Fact) => {
                    said.facts.insert(tag);
                }
                (TagSource::Person, TagState::Rejected) => {
                    said.refused.insert(tag);
                }
                (TagSource::Model, TagState::Suggested) => {
                    let band = saying.band.unwrap_or(TagBand::Suggested);
                    let kept = said.suggested.entry(tag).or_insert((saying.score, band));
                    if (sure(band), saying.score) > (sure(kept.1), kept.0) {
                        *kept = (saying.score, band);
                    }
                }
                _ => {}
            }
        }
        said.facts.retain(|tag| !said.refused.contains(tag));
        said
    }
}

struct Entry<'a> {
    source: TagSource,
    state: TagState,
    score: f32,
    band: Option<TagBand>,
    /// The tag from which it follows.
    by: Option<&'a str>,
    /// The strongest suggestion from which it follows.
    lifted: Option<(u8, f32)>,
}

impl<'a> Entry<'a> {
    fn person(state: TagState) -> Self {
        Self {
            source: TagSource::Person,
            state,
            score: 1.0,
            band: None,
            by: None,
            lifted: None,
        }
    }

    fn model(score: f32, band: TagBand) -> Self {
        Self {
            source: TagSource::Model,
            state: TagState::Suggested,
            score,
            band: Some(band),
            by: None,
            lifted: None,
        }
    }

    /// Of several facts from which it follows, the nearest is named.
    fn nearer(&mut self, fact: &'a str, lexicon: &Lexicon) {
        let Some(by) = self.by else {
            return;
        };
        let far = |tag: &str| {
            (
                lexicon.above(tag).count(),
                lexicon.name(tag).unwrap_or_default().to_owned(),
            )
        };
        if far(fact) < far(by) {
            self.by = Some(fact);
        }
    }

    /// A suggestion makes what follows from it as sure as itself, at least.
    fn lift(&mut self, tag: &'a str, score: f32, band: TagBand) {
        let Some(own) = self.band.filter(|_| self.source == TagSource::Model) else {
            return;
        };
        let lifted = self.lifted.unwrap_or((0, -1.0));
        if (sure(band), score) > lifted {
            self.lifted = Some((sure(band), score));
            // by itself it may be just as sure
            if sure(band) > sure(own) || self.by.is_some() {
                self.by = Some(tag);
            }
        }
        if sure(band) > sure(own) {
            self.band = Some(band);
        }
    }
}

fn sure(band: TagBand) -> u8 {
    match band {
        TagBand::Unsure => 0,
        TagBand::Suggested => 1,
        TagBand::Sure => 2,
    }
}

fn shown(entries: BTreeMap<&str, Entry>, lexicon: &Lexicon) -> Vec<Tag> {
    let tag = |(key, entry): (&str, Entry)| {
        Some(Tag {
            name: lexicon.get(key)?.name().ok()?,
            source: entry.source,
            score: entry.score,
            state: entry.state,
            band: entry.band,
            implied_by: entry.by.and_then(|by| lexicon.get(by)?.name().ok()),
        })
    };
    let mut tags: Vec<Tag> = entries.into_iter().filter_map(tag).collect();
    tags.sort_by(|a, b| {
        let facts = (b.state == TagState::Fact).cmp(&(a.state == TagState::Fact));
        facts
            .then_with(|| b.score.total_cmp(&a.score))
            .then_with(|| a.implied_by.is_some().cmp(&b.implied_by.is_some()))
            .then_with(|| a.name.cmp(&b.name))
    });
    tags
}

#[cfg(test)]
#[path = "settled_tests.rs"]
mod tests;
