//! What is known of every element beside its vectors: derived, in memory, kept
//! fresh by events like these. Filters are answered from here, inside every
//! candidate search, so that k results stay k.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use db::{Access, FactRow, Viewer};
use protocol::element::{Tag, TagBand, TagState, Visibility};
use protocol::label::{LabelName, Verdict};
use protocol::query::{Filter, Has, Said, Style};
use protocol::value::Handle;
use protocol::{ElementId, Timestamp};

use crate::tags::{Beside, TagNo, Vocabulary, Words};
use crate::visual::{Shade, alike};

/// Part of a picture that has to be of a colour that is asked for.
const COLORED: f32 = 0.12;

/// One element.
pub struct Fact {
    access: Access,
    handle: Handle,
    shades: Vec<Shade>,
    /// What was said of it, with what is thought of that.
    said: Box<[(TagNo, f32)]>,
    /// What it is not, whatever follows.
    refused: Box<[TagNo]>,
    /// What it counts for: what was said, and all that follows. By number.
    tags: Box<[(TagNo, f32)]>,
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
pub struct FactIndex {
    vocabulary: Arc<Vocabulary>,
    inner: RwLock<Inner>,
}

#[derive(Default)]
struct Inner {
    all: HashMap<ElementId, Fact>,
    /// Public elements by what they count for, and all of them.
    counts: HashMap<TagNo, u32>,
    public: usize,
}

/// All that is known, for as long as it is looked at.
pub struct Known<'a> {
    words: &'a Words,
    inner: &'a Inner,
}

impl Known<'_> {
    pub fn words(&self) -> &Words {
        self.words
    }

    pub fn get(&self, id: &ElementId) -> Option<&Fact> {
        self.inner.all.get(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&ElementId, &Fact)> {
        self.inner.all.iter()
    }

    /// Public elements, and those of them that count for a tag.
    pub fn public(&self) -> usize {
        self.inner.public
    }

    pub fn count(&self, tag: TagNo) -> u32 {
        self.inner.counts.get(&tag).copied().unwrap_or(0)
    }
}

impl Inner {
    fn remove(&mut self, id: &ElementId) {
        let Some(fact) = self.all.remove(id) else {
            return;
        };
        self.public -= usize::from(fact.is_public());
        uncount(&mut self.counts, &fact);
    }

    fn put(&mut self, id: ElementId, fact: Fact) {
        self.remove(&id);
        self.public += usize::from(fact.is_public());
        count(&mut self.counts, &fact);
        self.all.insert(id, fact);
    }
}

fn count(counts: &mut HashMap<TagNo, u32>, fact: &Fact) {
    for tag in fact.public_tags() {
        *counts.entry(tag).or_default() += 1;
    }
}

fn uncount(counts: &mut HashMap<TagNo, u32>, fact: &Fact) {
    for tag in fact.public_tags() {
        if let Some(count) = counts.get_mut(&tag) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&tag);
            }
        }
    }
}

impl FactIndex {
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self {
            vocabulary,
            inner: RwLock::default(),
        }
    }

    /// What the numbers of tags mean.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    pub fn put(&self, row: &FactRow) {
        let names = row.tags.iter().map(|tag| tag.name.as_str());
        self.vocabulary.intern(names);
        // held until the fact is in: a change of the vocabulary comes before
        // or after it, and looks at it again
        let words = self.vocabulary.read();
        let fact = Fact::read(row, &words);
        let mut inner = self.write();
        inner.put(row.element.clone(), fact);
    }

    pub fn remove(&self, id: &ElementId) {
        self.write().remove(id);
    }

    /// Who may see it; None when it is not there.
    pub fn access(&self, id: &ElementId) -> Option<Access> {
        self.read().all.get(id).map(|fact| fact.access.clone())
    }

    /// Looks again at what carries tags from which something else follows than
    /// before.
    pub fn revise(&self, bent: &[TagNo]) {
        if bent.is_empty() {
            return;
        }
        let bent: HashSet<TagNo> = bent.iter().copied().collect();
        let words = self.vocabulary.read();
        let mut inner = self.write();
        let Inner { all, counts, .. } = &mut *inner;
        for fact in all.values_mut() {
            let said = fact.said.iter().map(|(tag, _)| tag);
            if said.chain(&fact.refused).any(|tag| bent.contains(tag)) {
                uncount(counts, fact);
                fact.tags = settled(&fact.said, &fact.refused, &words);
                count(counts, fact);
            }
        }
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

    /// The elements that the viewer may see and that count for one of the
    /// tags: each once for each of them, with what is thought of it.
    pub fn carrying(
        &self,
        viewer: &Viewer,
        tags: &[TagNo],
        wanted: impl Fn(&ElementId) -> bool,
    ) -> Vec<(ElementId, TagNo, f32)> {
        let inner = self.read();
        let mut found = Vec::new();
        for (id, fact) in &inner.all {
            let carried = tags
                .iter()
                .filter_map(|tag| Some((*tag, fact.tagged(*tag)?)));
            let mut carried = carried.peekable();
            if carried.peek().is_some() && viewer.lists(&fact.access) && wanted(id) {
                found.extend(carried.map(|(tag, score)| (id.clone(), tag, score)));
            }
        }
        found
    }

    /// How often a tag stands on public elements, and what beside it.
    pub fn beside(&self, tag: TagNo) -> Beside {
        let inner = self.read();
        let mut beside = Beside::default();
        for fact in inner.all.values() {
            if fact.access.visibility != Visibility::Public {
                continue;
            }
            beside.all += 1;
            if fact.tagged(tag).is_some() {
                beside.with += 1;
                for (other, _) in fact.tags.iter().filter(|(other, _)| *other != tag) {
                    beside.others.entry(*other).or_default().0 += 1;
                }
            }
        }
        for (other, (_, all)) in &mut beside.others {
            *all = inner.counts.get(other).copied().unwrap_or(0);
        }
        beside
    }

    /// How many public elements carry a tag, or one that implies it.
    pub fn count(&self, tag: TagNo) -> u32 {
        self.read().counts.get(&tag).copied().unwrap_or(0)
    }

    /// Looks several things up at once; nothing changes meanwhile.
    pub fn with<T>(&self, look: impl FnOnce(&Known<'_>) -> T) -> T {
        let words = self.vocabulary.read();
        let inner = self.read();
        look(&Known {
            words: &words,
            inner: &inner,
        })
    }

    /// How many public elements carry each tag, or one that implies it; those
    /// that none does are left out.
    pub fn with_counts<T>(&self, look: impl FnOnce(&HashMap<TagNo, u32>) -> T) -> T {
        look(&self.read().counts)
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an element counts for: what was said of it and all that follows, but
/// for what was refused.
fn settled(said: &[(TagNo, f32)], refused: &[TagNo], words: &Words) -> Box<[(TagNo, f32)]> {
    let mut tags: BTreeMap<TagNo, f32> = BTreeMap::new();
    for (tag, score) in said {
        for tag in words.follows(*tag) {
            let kept = tags.entry(tag).or_insert(*score);
            *kept = kept.max(*score);
        }
    }
    for tag in refused {
        tags.remove(&words.tag(*tag));
    }
    tags.into_iter().collect()
}

impl Fact {
    fn read(row: &FactRow, words: &Words) -> Self {
        let verdict = |name: LabelName| {
            let label = row.labels.iter().find(|label| label.label == name);
            label.map_or(Verdict::No, |label| label.verdict)
        };
        let numbered = |wanted: fn(&&Tag) -> bool| {
            let tags = row.tags.iter().filter(wanted);
            tags.filter_map(|tag| Some((words.resolve(tag.name.as_str())?, tag.score)))
        };
        // what only follows is worked out here, as it follows now
        let said: Box<[(TagNo, f32)]> = numbered(|tag| {
            let counts = tag.state != TagState::Rejected && tag.band != Some(TagBand::Unsure);
            counts && tag.implied_by.is_none()
        })
        .collect();
        let refused: Box<[TagNo]> = numbered(|tag| tag.state == TagState::Rejected)
            .map(|(tag, _)| tag)
            .collect();
        Self {
            access: row.access.clone(),
            handle: row.handle.clone(),
            shades: row.colors.iter().filter_map(Shade::read).collect(),
            tags: settled(&said, &refused, words),
            said,
            refused,
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

    /// What it counts for, and how sure that is; by number, each once.
    pub fn tags(&self) -> &[(TagNo, f32)] {
        &self.tags
    }

    /// Its tags, if everybody may know of them.
    fn public_tags(&self) -> impl Iterator<Item = TagNo> {
        let public = self.is_public();
        let tags = self.tags.iter().filter(move |_| public);
        tags.map(|(tag, _)| *tag)
    }

    /// Does it count for the tag, and how sure is that?
    pub fn tagged(&self, tag: TagNo) -> Option<f32> {
        let place = self.tags.binary_search_by_key(&tag, |(tag, _)| *tag);
        place.ok().map(|at| self.tags[at].1)
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
mod tests;
