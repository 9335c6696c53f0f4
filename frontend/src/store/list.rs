//! One list of elements as far as it is loaded.

use std::rc::Rc;

use protocol::cluster::{ClusterItem, ClusterRef};
use protocol::search::{Facet, Found, Hit, Narrowing, Why};
use protocol::value::Handle;
use protocol::{ClusterId, Cursor, ElementId, Page};

/// Which list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ListKey {
    Home,
    Explore,
    Search(String),
    /// What a topic of Explore holds.
    Topic(String),
    Owner(Handle),
    /// What an account likes, where it shows that.
    Likes(Handle),
    Similar(ElementId),
    /// What a cluster holds, section by section.
    Cluster(ClusterId),
    /// What may fit into a cluster.
    Ideas(ClusterId),
    /// A search by a picture: whose it is and what was asked of it.
    Visual(String),
}

/// How a page of a list is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// From the start; replaces what there is when it comes.
    Anew,
    /// After this place.
    More(Cursor),
}

impl Mode {
    pub fn cursor(&self) -> Option<&Cursor> {
        match self {
            Mode::Anew => None,
            Mode::More(cursor) => Some(cursor),
        }
    }
}

/// What the list is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Phase {
    /// Never asked for.
    #[default]
    Unasked,
    Loading,
    LoadingMore,
    Idle,
    /// What is shown was put together too long ago for more of it to be had.
    Expired,
    /// In words for people.
    Failed(String),
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub id: ElementId,
    pub why: Rc<[Why]>,
    /// The viewer's cluster that brought it.
    pub because: Option<Rc<ClusterRef>>,
    /// In a cluster: the section it stands in.
    pub section: Option<Rc<str>>,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct List {
    pub entries: Vec<Entry>,
    /// The first entry that is a weaker match.
    pub divider: Option<usize>,
    pub next: Option<Cursor>,
    pub hints: Vec<String>,
    /// Tags by which it can be narrowed.
    pub facets: Vec<Facet>,
    /// Colours, styles and kinds by which it can be narrowed.
    pub narrow: Narrowing,
    pub phase: Phase,
    /// Was any page ever received?
    pub loaded: bool,
    /// New ones that wait until somebody wants to see them.
    pub waiting: Vec<ElementId>,
}

impl List {
    pub fn position(&self, id: &ElementId) -> Option<usize> {
        self.entries.iter().position(|entry| entry.id == *id)
    }

    /// The entries before and after one.
    pub fn neighbours(&self, id: &ElementId) -> (Option<ElementId>, Option<ElementId>) {
        let Some(at) = self.position(id) else {
            return (None, None);
        };
        let get = |index: usize| self.entries.get(index).map(|entry| entry.id.clone());
        (at.checked_sub(1).and_then(get), get(at + 1))
    }

    /// Takes a page in. A page that answers a question asked before the list
    /// was replaced is dropped.
    pub fn receive(&mut self, mode: &Mode, page: &Found) {
        match mode {
            Mode::Anew => {
                self.entries.clear();
                self.divider = None;
                self.waiting.clear();
                self.hints.clone_from(&page.hints);
                self.facets.clone_from(&page.facets);
                self.narrow.clone_from(&page.narrow);
            }
            Mode::More(cursor) if self.next.as_ref() != Some(cursor) => return,
            Mode::More(_) => {}
        }
        let start = self.entries.len();
        for (index, hit) in page.items.iter().enumerate() {
            let weaker = page.divider_after.is_some_and(|last| index as i64 > last);
            if self.position(&hit.element.id).is_some() {
                continue;
            }
            if weaker && self.divider.is_none() {
                self.divider = Some(self.entries.len());
            }
            self.entries.push(Entry {
                id: hit.element.id.clone(),
                why: hit.why.clone().into(),
                because: hit.because.clone().map(Rc::new),
                section: None,
            });
        }
        let grew = self.entries.len() > start;
        // a page that brings nothing new would be asked for again and again
        self.next = page.next_cursor.clone().filter(|_| grew);
        self.phase = Phase::Idle;
        self.loaded = true;
    }

    /// Takes in a page of what a cluster holds.
    pub fn receive_items(&mut self, mode: &Mode, page: &Page<ClusterItem>) {
        let hit = |item: &ClusterItem| Hit {
            element: item.element.clone(),
            score: None,
            why: Vec::new(),
            because: None,
        };
        let found = Found {
            items: page.items.iter().map(hit).collect(),
            divider_after: None,
            next_cursor: page.next_cursor.clone(),
            facets: Vec::new(),
            narrow: Narrowing::default(),
            hints: Vec::new(),
        };
        self.receive(mode, &found);
        for item in &page.items {
            let at = self.position(&item.element.id);
            if let Some(entry) = at.and_then(|at| self.entries.get_mut(at)) {
                entry.section = item.section.as_deref().map(Rc::from);
            }
        }
    }

    /// Takes one out; tells where it stood.
    pub fn forget(&mut self, id: &ElementId) -> Option<Stood> {
        self.waiting.retain(|waiting| waiting != id);
        let at = self.position(id)?;
        let after = at.checked_sub(1).map(|at| self.entries[at].id.clone());
        let mut weaker = false;
        if let Some(divider) = &mut self.divider {
            weaker = at >= *divider;
            *divider -= usize::from(!weaker);
        }
        Some(Stood {
            entry: self.entries.remove(at),
            after,
            at,
            weaker,
        })
    }

    /// Puts one back where it stood: behind the same one, or, where that is
    /// gone, as far from the start.
    pub fn put_back(&mut self, stood: Stood) {
        self.waiting.retain(|waiting| *waiting != stood.entry.id);
        if !self.loaded || self.position(&stood.entry.id).is_some() {
            return;
        }
        let behind = stood.after.and_then(|id| self.position(&id));
        let at = behind.map_or(stood.at, |at| at + 1);
        let mut at = at.min(self.entries.len());
        if let Some(divider) = &mut self.divider {
            if stood.weaker {
                at = at.max(*divider);
            } else {
                at = at.min(*divider);
                *divider += 1;
            }
        }
        self.entries.insert(at, stood.entry);
    }
}

/// Where an entry stood in a list that it left.
#[derive(Debug, Clone, PartialEq)]
pub struct Stood {
    entry: Entry,
    /// The one before it.
    after: Option<ElementId>,
    at: usize,
    /// Behind the divider.
    weaker: bool,
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
