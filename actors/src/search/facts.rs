//! What is known of every element beside its vectors: derived, in memory, kept
//! fresh by events like these. Filters are answered from here, inside every
//! candidate search, so that k results stay k.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use db::{Access, FactRow, Viewer};
use protocol::element::{TagBand, TagState, Visibility};
use protocol::label::{LabelName, Verdict};
use protocol::query::{Filter, Has, Said, Style};
use protocol::value::Handle;
use protocol::{ElementId, Timestamp};

use crate::visual::{Shade, alike};

/// Part of a picture that has to be of a colour that is asked for.
const COLORED: f32 = 0.12;

/// One element.
pub struct Fact {
    access: Access,
    handle: Handle,
    shades: Vec<Shade>,
    /// Names that count, with what is thought of them.
    tags: Vec<(String, f32)>,
    ai: Said,
    nsfw: Said,
    style: Option<Style>,
    pub quality: Option<f32>,
    pub created_at: Timestamp,
    titled: bool,
    worded: bool,
}

/// All elements.
#[derive(Default)]
pub struct FactIndex(RwLock<Inner>);

#[derive(Default)]
struct Inner {
    all: HashMap<ElementId, Fact>,
    /// Public elements by tag, and all of them.
    counts: BTreeMap<String, u32>,
    public: usize,
}

/// All that is known, for as long as it is looked at.
pub struct Known<'a>(&'a Inner);

impl Known<'_> {
    pub fn get(&self, id: &ElementId) -> Option<&Fact> {
        self.0.all.get(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ElementId, &Fact)> {
        self.0.all.iter()
    }

    /// Public elements, and those of them that carry a tag.
    pub fn public(&self) -> usize {
        self.0.public
    }

    pub fn count(&self, tag: &str) -> u32 {
        self.0.counts.get(tag).copied().unwrap_or(0)
    }
}

impl Inner {
    fn remove(&mut self, id: &ElementId) {
        let Some(fact) = self.all.remove(id) else {
            return;
        };
        self.public -= usize::from(fact.is_public());
        for name in fact.public_tags() {
            if let Some(count) = self.counts.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(name);
                }
            }
        }
    }

    fn put(&mut self, id: ElementId, fact: Fact) {
        self.remove(&id);
        self.public += usize::from(fact.is_public());
        for name in fact.public_tags() {
            *self.counts.entry(name.to_owned()).or_default() += 1;
        }
        self.all.insert(id, fact);
    }
}

impl FactIndex {
    pub fn put(&self, row: &FactRow) {
        let fact = Fact::read(row);
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        inner.put(row.element.clone(), fact);
    }

    pub fn remove(&self, id: &ElementId) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        inner.remove(id);
    }

    /// The elements that the viewer may see and that pass.
    pub fn matching(
        &self,
        viewer: &Viewer,
        passes: impl Fn(&ElementId, &Fact) -> bool,
    ) -> HashSet<ElementId> {
        let inner = self.read();
        inner
            .all
            .iter()
            .filter(|(id, fact)| viewer.lists(&fact.access) && passes(id, fact))
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// The elements by something of theirs, the largest first; equals by age.
    pub fn sorted(
        &self,
        ids: impl IntoIterator<Item = ElementId>,
        by: impl Fn(&Fact) -> f64,
    ) -> Vec<ElementId> {
        let inner = self.read();
        let mut keyed: Vec<(f64, ElementId)> = ids
            .into_iter()
            .filter_map(|id| Some((by(inner.all.get(&id)?), id)))
            .collect();
        keyed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
        keyed.into_iter().map(|(_, id)| id).collect()
    }

    /// The k elements whose colours are most like these, among those that the
    /// viewer may see and that are wanted; 1 is the same.
    pub fn colored(
        &self,
        viewer: &Viewer,
        query: &[Shade],
        k: usize,
        wanted: impl Fn(&ElementId) -> bool,
    ) -> Vec<(ElementId, f32)> {
        let inner = self.read();
        let mut found: Vec<(ElementId, f32)> = inner
            .all
            .iter()
            .filter(|(id, fact)| viewer.lists(&fact.access) && wanted(id))
            .map(|(id, fact)| (id.clone(), alike(query, &fact.shades)))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| b.0.cmp(&a.0)));
        found.truncate(k);
        found
    }

    /// Looks several things up at once; nothing changes meanwhile.
    pub fn with<T>(&self, look: impl FnOnce(&Known<'_>) -> T) -> T {
        look(&Known(&self.read()))
    }

    /// How many public elements carry each tag, in alphabetical order.
    pub fn with_counts<T>(&self, look: impl FnOnce(&BTreeMap<String, u32>) -> T) -> T {
        look(&self.read().counts)
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fact {
    fn read(row: &FactRow) -> Self {
        let verdict = |name: LabelName| {
            let label = row.labels.iter().find(|label| label.label == name);
            label.map_or(Verdict::No, |label| label.verdict)
        };
        let mut tags: Vec<(String, f32)> = row
            .tags
            .iter()
            .filter(|tag| tag.state != TagState::Rejected && tag.band != Some(TagBand::Unsure))
            .map(|tag| (tag.name.to_string(), tag.score))
            .collect();
        let rejected = |name: &str| {
            let of_it = row.tags.iter().filter(|tag| tag.name.as_str() == name);
            of_it.clone().any(|tag| tag.state == TagState::Rejected)
        };
        tags.retain(|(name, _)| !rejected(name));
        Self {
            access: row.access.clone(),
            handle: row.handle.clone(),
            shades: row.colors.iter().filter_map(Shade::read).collect(),
            tags,
            ai: Said::of(verdict(LabelName::AiMade)),
            nsfw: Said::of(verdict(LabelName::Nsfw)),
            style: match verdict(LabelName::Style) {
                Verdict::Photo => Some(Style::Photo),
                Verdict::Illustration => Some(Style::Illustration),
                Verdict::Screenshot => Some(Style::Screenshot),
                _ => None,
            },
            quality: row.quality,
            created_at: row.created_at,
            titled: row.titled,
            worded: row.worded,
        }
    }

    pub fn access(&self) -> &Access {
        &self.access
    }

    pub fn is_public(&self) -> bool {
        self.access.visibility == Visibility::Public
    }

    /// What it is tagged with, and how sure that is; a name may come twice.
    pub fn tags(&self) -> &[(String, f32)] {
        &self.tags
    }

    /// Its tags, if everybody may know of them; each once.
    fn public_tags(&self) -> impl Iterator<Item = &str> {
        let public = self.is_public();
        let names = self.tags.iter().enumerate().filter(move |(at, (name, _))| {
            public && !self.tags[..*at].iter().any(|(before, _)| before == name)
        });
        names.map(|(_, (name, _))| name.as_str())
    }

    /// Does it carry the tag? `name` is one, not another word for one.
    pub fn tagged(&self, name: &str) -> Option<f32> {
        let found = self.tags.iter().find(|(tag, _)| tag == name);
        found.map(|(_, score)| *score)
    }

    /// Does it meet a condition that needs nothing else? None for those that
    /// are answered elsewhere.
    pub fn meets(&self, filter: &Filter) -> Option<bool> {
        Some(match filter {
            Filter::User(handle) => self.handle == *handle,
            Filter::Type(kind) => *kind == protocol::element::Kind::Image,
            Filter::Color(rgb) => alike(&[Shade::of(*rgb, 1.0)], &self.shades) >= COLORED,
            Filter::Ai(said) => self.ai == *said,
            Filter::Sensitive(said) => self.nsfw == *said,
            Filter::Style(style) => self.style == Some(*style),
            Filter::Before(time) => self.created_at < *time,
            Filter::After(time) => self.created_at >= *time,
            Filter::Quality(from, to) => self.quality.is_some_and(|quality| {
                (f32::from(*from)..=f32::from(*to)).contains(&quality.round())
            }),
            Filter::Has(Has::Text) => self.worded,
            Filter::Has(Has::Title) => self.titled,
            Filter::Has(Has::Tags) => !self.tags.is_empty(),
            Filter::Tag(_) | Filter::Similar(_) | Filter::Cluster(_) | Filter::Order(_) => {
                return None;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::testing::fact_row as row;

    #[test]
    fn counts_are_of_public_elements_and_follow_every_change() {
        let index = FactIndex::default();
        let counts = || index.with_counts(|counts| counts.clone().into_iter().collect::<Vec<_>>());
        index.put(&row(1, Visibility::Public, &["cat", "red"]));
        index.put(&row(2, Visibility::Public, &["cat"]));
        index.put(&row(3, Visibility::Private, &["secret"]));
        assert_eq!(counts(), [("cat".to_owned(), 2), ("red".to_owned(), 1)]);
        index.put(&row(1, Visibility::Public, &["cat"]));
        index.put(&row(2, Visibility::Private, &["cat"]));
        assert_eq!(counts(), [("cat".to_owned(), 1)]);
        index.remove(&ElementId::from_parts(1, 0));
        assert!(counts().is_empty());
    }
}
