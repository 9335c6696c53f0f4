//! The order of what a cluster holds: its parts, and moving within them.

use std::rc::Rc;

use protocol::ElementId;
use protocol::cluster::{Place, Placement, Section};

use super::list::{Entry, List};

/// What stands under one heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// None: what stands before the first heading.
    pub section: Option<Section>,
    pub list: Rc<List>,
}

impl List {
    /// The list under its headings, in their order. A section that is known no
    /// more counts as none.
    pub fn parts(&self, sections: &[Section]) -> Vec<Part> {
        let known = |entry: &Entry| {
            let id = entry.section.as_deref()?;
            sections.iter().any(|s| s.id == id).then(|| id.to_owned())
        };
        let last = self.entries.last().map(known);
        let headings = std::iter::once(None).chain(sections.iter().map(Some));
        headings
            .map(|section| {
                let id = section.map(|s| s.id.clone());
                let entries = self.entries.iter().filter(|entry| known(entry) == id);
                let ends = last.as_ref() == Some(&id);
                let list = List {
                    entries: entries.cloned().collect(),
                    // more of the whole comes when its last part is seen
                    next: self.next.clone().filter(|_| ends),
                    divider: None,
                    facets: Vec::new(),
                    hints: Vec::new(),
                    narrow: Default::default(),
                    waiting: Vec::new(),
                    phase: self.phase.clone(),
                    loaded: self.loaded,
                };
                Part {
                    section: section.cloned(),
                    list: Rc::new(list),
                }
            })
            .collect()
    }

    /// Where it stands, in words that put it back there.
    pub fn placement(&self, id: &ElementId) -> Option<Placement> {
        let entry = &self.entries[self.position(id)?];
        let before = self.beside(id, false);
        Some(Placement {
            section: entry.section.as_deref().map(str::to_owned),
            place: before.map_or(Place::First, Place::After),
        })
    }

    /// One place nearer to the start of its section.
    pub fn earlier(&self, id: &ElementId) -> Option<Placement> {
        self.past(self.beside(id, false)?, Place::Before)
    }

    /// One place nearer to the end of its section.
    pub fn later(&self, id: &ElementId) -> Option<Placement> {
        self.past(self.beside(id, true)?, Place::After)
    }

    /// Next to another one, in its section.
    pub fn past(
        &self,
        other: ElementId,
        place: impl FnOnce(ElementId) -> Place,
    ) -> Option<Placement> {
        let entry = &self.entries[self.position(&other)?];
        Some(Placement {
            section: entry.section.as_deref().map(str::to_owned),
            place: place(other),
        })
    }

    /// Does what the server does with the same words. What is not in the list
    /// comes into it.
    pub fn place(&mut self, id: &ElementId, placement: &Placement) {
        let section: Option<Rc<str>> = placement.section.as_deref().map(Rc::from);
        let old = self.position(id);
        let stays = old.is_some_and(|at| self.entries[at].section == section);
        if placement.place == Place::Usual && stays {
            return;
        }
        let entry = match old {
            Some(at) => Entry {
                section: section.clone(),
                ..self.entries.remove(at)
            },
            None => Entry {
                id: id.clone(),
                why: Rc::new([]),
                because: None,
                section: section.clone(),
            },
        };
        let first = self.entries.iter().position(|e| e.section == section);
        let last = self.entries.iter().rposition(|e| e.section == section);
        let after_last = last.map_or(self.entries.len(), |at| at + 1);
        let at = match &placement.place {
            Place::Usual | Place::First => first.unwrap_or(after_last),
            Place::Last => after_last,
            Place::After(other) => self.position(other).map_or(after_last, |at| at + 1),
            Place::Before(other) => self.position(other).unwrap_or(after_last),
        };
        self.entries.insert(at, entry);
    }

    /// The one before or after it in its section.
    fn beside(&self, id: &ElementId, after: bool) -> Option<ElementId> {
        let at = self.position(id)?;
        let same = |entry: &&Entry| entry.section == self.entries[at].section;
        let found = if after {
            self.entries[at + 1..].iter().find(same)
        } else {
            self.entries[..at].iter().rev().find(same)
        };
        found.map(|entry| entry.id.clone())
    }
}

#[cfg(test)]
#[path = "arranging_tests.rs"]
mod tests;
