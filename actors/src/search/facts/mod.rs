//! What is known of every element beside its vectors and texts: derived, in
//! memory, kept fresh by events like these. Filters are answered from here,
//! inside every candidate search, so that k results stay k.

mod catalog;
mod fact;
mod hues;
mod known;
mod narrowing;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use db::{FactRow, Viewer};
use index::{Bits, Shade};
use protocol::query::Filter;
use protocol::value::Handle;
use protocol::{ElementId, UserId};

use crate::tags::{Beside, TagNo, Vocabulary};
use catalog::Catalog;
pub use fact::Fact;
pub(super) use hues::asked;
pub use known::Known;

/// All elements, by ordinals that are the same in every index in memory. The
/// vocabulary is held before this, and this before vectors.
#[derive(Default)]
pub struct FactIndex {
    vocabulary: Arc<Vocabulary>,
    catalog: RwLock<Catalog>,
}

impl FactIndex {
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self {
            vocabulary,
            catalog: RwLock::default(),
        }
    }

    /// What the numbers of tags mean.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// Takes over what is known of an element; returns its ordinal.
    pub fn put(&self, row: &FactRow) -> u32 {
        let names = row.tags.iter().map(|tag| tag.name.as_str());
        self.vocabulary.intern(names);
        // held until the fact is in: a change of the vocabulary comes before
        // or after it, and looks at it again
        let words = self.vocabulary.read();
        self.write().put(row, &words)
    }

    /// Forgets an element; returns what was its ordinal, which nobody else gets
    /// for a while.
    pub fn remove(&self, id: &ElementId) -> Option<u32> {
        self.write().remove(id)
    }

    /// Looks again at what carries tags from which something else follows than
    /// before.
    pub fn revise(&self, bent: &[TagNo]) {
        if bent.is_empty() {
            return;
        }
        let bent: HashSet<TagNo> = bent.iter().copied().collect();
        let words = self.vocabulary.read();
        self.write().revise(&|tag| bent.contains(tag), &words);
    }

    /// Elements that are known.
    pub fn len(&self) -> usize {
        self.read().live().len()
    }

    /// How many elements of an account are in the viewer's lists.
    pub fn count_of(&self, owner: &UserId, viewer: &Viewer) -> u64 {
        self.read().count_of(owner, viewer)
    }

    /// The newest k elements of some accounts in the viewer's lists.
    pub fn newest_of<'a>(
        &self,
        owners: impl Iterator<Item = &'a UserId>,
        viewer: &Viewer,
        k: usize,
    ) -> Vec<ElementId> {
        let catalog = self.read();
        let mut within = catalog.of_owners(owners);
        within.and(&catalog.visible(viewer));
        let newest = catalog.created.first(k, &within, true);
        let named = catalog.named(newest.into_iter().map(|at| (at, ())).collect());
        named.into_iter().map(|(id, ())| id).collect()
    }

    /// An account is called so from now on.
    pub fn name(&self, owner: &UserId, handle: &Handle) {
        self.write().name(owner, handle);
    }

    /// The ordinal of an element that is known.
    pub fn ordinal(&self, id: &ElementId) -> Option<u32> {
        self.read().ordinals.get(id)
    }

    pub fn ordinals(&self, ids: &[ElementId]) -> Vec<Option<u32>> {
        let catalog = self.read();
        ids.iter().map(|id| catalog.ordinals.get(id)).collect()
    }

    /// Those of these that are known.
    pub fn bits(&self, ids: &[ElementId]) -> Bits {
        self.ordinals(ids).into_iter().flatten().collect()
    }

    /// Ordinals with something of theirs as elements; those that are gone
    /// meanwhile are left out.
    pub fn named<T>(&self, found: Vec<(u32, T)>) -> Vec<(ElementId, T)> {
        self.read().named(found)
    }

    /// What is in the viewer's lists.
    pub fn visible(&self, viewer: &Viewer) -> Bits {
        self.read().visible(viewer)
    }

    /// What is in the viewer's lists, meets all of some conditions and none of
    /// others, and does not count for unwanted tags. Conditions that need more
    /// than facts are left out.
    pub fn meeting(
        &self,
        viewer: &Viewer,
        all: &[Filter],
        none: &[Filter],
        unwanted: &[TagNo],
    ) -> Bits {
        let words = self.vocabulary.read();
        let catalog = self.read();
        let mut within = catalog.visible(viewer);
        for filter in all {
            if let Some(found) = catalog.meeting(filter, &within, &words) {
                within = found;
            }
        }
        for filter in none {
            if let Some(found) = catalog.meeting(filter, &within, &words) {
                within.without(&found);
            }
        }
        for tag in unwanted {
            within.without(&catalog.tags.holders(tag.0));
        }
        within
    }

    /// The k of those within whose colours are most like these, best first; 1
    /// is the same.
    pub fn colored(&self, shades: &[Shade], k: usize, within: &Bits) -> Vec<(u32, f32)> {
        self.read().colored(shades, k, within)
    }

    /// Those within that count for one of the tags: each once for each of them,
    /// with what is thought of it.
    pub fn carrying(&self, tags: &[TagNo], within: &Bits) -> Vec<(u32, TagNo, f32)> {
        let catalog = self.read();
        let each = tags.iter().flat_map(|tag| {
            let carrying = catalog.tags.carrying(tag.0, within).into_iter();
            carrying.map(move |(at, score)| (at, *tag, score))
        });
        each.collect()
    }

    /// The first k of those within, in an order.
    pub fn first(&self, k: usize, within: &Bits, by: Sorted) -> Vec<u32> {
        let catalog = self.read();
        match by {
            Sorted::Newest => catalog.created.first(k, within, true),
            Sorted::Oldest => catalog.created.first(k, within, false),
            Sorted::Quality => catalog.quality.first(k, within, true),
        }
    }

    /// How often a tag stands on public elements, and what beside it.
    pub fn beside(&self, tag: TagNo) -> Beside {
        let catalog = self.read();
        let mut with = catalog.tags.holders(tag.0);
        with.and(catalog.public());
        let others = catalog.tags.counts(&with).into_iter();
        let others = others.filter(|(other, _)| *other != tag.0);
        Beside {
            all: catalog.public().len() as u32,
            with: with.len() as u32,
            others: others
                .map(|(other, both)| (TagNo(other), (both, catalog.counts()[other as usize])))
                .collect(),
        }
    }

    /// How many public elements carry a tag, or one that implies it.
    pub fn count(&self, tag: TagNo) -> u32 {
        self.read().counts().get(tag.at()).copied().unwrap_or(0)
    }

    /// By tag: how many public elements carry it, or one that implies it.
    pub fn with_counts<T>(&self, look: impl FnOnce(&[u32]) -> T) -> T {
        look(self.read().counts())
    }

    /// Looks several things up at once; nothing changes meanwhile.
    pub fn with<T>(&self, look: impl FnOnce(&Known<'_>) -> T) -> T {
        let words = self.vocabulary.read();
        look(&Known::new(&words, &self.read()))
    }

    fn read(&self) -> RwLockReadGuard<'_, Catalog> {
        self.catalog.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Catalog> {
        self.catalog.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sorted {
    Newest,
    Oldest,
    Quality,
}
