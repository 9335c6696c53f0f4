//! Looking at facts while nothing changes.

use db::Viewer;
use index::Bits;
use protocol::ElementId;

use super::catalog::Catalog;
use super::fact::Fact;
use crate::tags::{TagNo, Words};

/// All that is known, for as long as it is looked at. Whoever looks does not
/// ask the vocabulary or the facts for anything else meanwhile: that could wait
/// for ever.
pub struct Known<'a> {
    words: &'a Words,
    catalog: &'a Catalog,
}

impl<'a> Known<'a> {
    pub(super) fn new(words: &'a Words, catalog: &'a Catalog) -> Self {
        Self { words, catalog }
    }

    /// What the numbers of tags mean.
    pub fn words(&self) -> &'a Words {
        self.words
    }

    pub fn ordinal(&self, id: &ElementId) -> Option<u32> {
        self.catalog.ordinals.get(id)
    }

    pub fn get(&self, id: &ElementId) -> Option<&'a Fact> {
        self.catalog.fact(self.ordinal(id)?)
    }

    pub fn at(&self, at: u32) -> Option<(&'a ElementId, &'a Fact)> {
        Some((self.catalog.ordinals.id(at)?, self.catalog.fact(at)?))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'a ElementId, &'a Fact)> {
        self.catalog.live().iter().filter_map(move |at| self.at(at))
    }

    /// What is in the viewer's lists.
    pub fn visible(&self, viewer: &Viewer) -> Bits {
        self.catalog.visible(viewer)
    }

    /// Public elements.
    pub fn public(&self) -> &'a Bits {
        self.catalog.public()
    }

    /// How many public elements carry a tag, or one that implies it.
    pub fn count(&self, tag: TagNo) -> u32 {
        self.catalog.counts().get(tag.at()).copied().unwrap_or(0)
    }

    /// What an element counts for, and how sure that is; by number.
    pub fn tags(&self, at: u32) -> impl Iterator<Item = (TagNo, f32)> + use<'a> {
        let tags = self.catalog.tags.of(at).iter();
        tags.map(|(tag, score)| (TagNo(*tag), *score))
    }

    /// Does it count for the tag, and how sure is that?
    pub fn tagged(&self, at: u32, tag: TagNo) -> Option<f32> {
        self.catalog.tags.value(at, tag.0)
    }

    /// Those within that count for a tag, with how sure that is.
    pub fn carrying(&self, tag: TagNo, within: &Bits) -> Vec<(u32, f32)> {
        self.catalog.tags.carrying(tag.0, within)
    }

    /// Ordinals with something of theirs as elements; those that are gone
    /// meanwhile are left out.
    pub fn named<T>(&self, found: Vec<(u32, T)>) -> Vec<(ElementId, T)> {
        self.catalog.named(found)
    }
}
