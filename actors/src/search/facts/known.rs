//! Looking at facts while nothing changes.

use db::Viewer;
use index::Bits;
use protocol::{ElementId, UserId};

use super::catalog::Catalog;
use super::fact::Fact;
use crate::tags::TagNo;

/// All that is known, for as long as it is looked at.
pub struct Known<'a>(&'a Catalog);

impl<'a> Known<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self(catalog)
    }

    pub fn ordinal(&self, id: &ElementId) -> Option<u32> {
        self.0.ordinals.get(id)
    }

    pub fn get(&self, id: &ElementId) -> Option<&'a Fact> {
        self.0.fact(self.ordinal(id)?)
    }

    pub fn at(&self, at: u32) -> Option<(&'a ElementId, &'a Fact)> {
        Some((self.0.ordinals.id(at)?, self.0.fact(at)?))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'a ElementId, &'a Fact)> {
        self.0.live().iter().filter_map(|at| self.at(at))
    }

    /// What is in the viewer's lists.
    pub fn visible(&self, viewer: &Viewer) -> Bits {
        self.0.visible(viewer)
    }

    /// What belongs to an account.
    pub fn owned(&self, user: &UserId) -> Bits {
        self.0.owned(user)
    }

    /// Public elements.
    pub fn public(&self) -> &'a Bits {
        self.0.public()
    }

    /// How many public elements carry a tag, or one that implies it.
    pub fn count(&self, tag: TagNo) -> u32 {
        self.0.counts().get(tag.at()).copied().unwrap_or(0)
    }

    /// What an element counts for, and how sure that is; by number.
    pub fn tags(&self, at: u32) -> impl Iterator<Item = (TagNo, f32)> + use<'a> {
        let tags = self.0.tags.of(at).iter();
        tags.map(|(tag, score)| (TagNo(*tag), *score))
    }

    /// Does it count for the tag, and how sure is that?
    pub fn tagged(&self, at: u32, tag: TagNo) -> Option<f32> {
        self.0.tags.value(at, tag.0)
    }

    /// Those within that count for a tag, with how sure that is.
    pub fn carrying(&self, tag: TagNo, within: &Bits) -> Vec<(u32, f32)> {
        self.0.tags.carrying(tag.0, within)
    }

    /// Ordinals with something of theirs as elements; those that are gone
    /// meanwhile are left out.
    pub fn named<T>(&self, found: Vec<(u32, T)>) -> Vec<(ElementId, T)> {
        let named = found.into_iter();
        let named = named.filter_map(|(at, of)| Some((self.0.ordinals.id(at)?.clone(), of)));
        named.collect()
    }
}
