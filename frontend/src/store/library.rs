//! All elements and lists that this page has seen.

use std::collections::HashMap;
use std::rc::Rc;

use protocol::cluster::{ClusterItem, Placement};
use protocol::element::{Element, Removed, State};
use protocol::event::StageChange;
use protocol::search::Found;
use protocol::{ElementId, Page, Timestamp, UserId};
use yew::prelude::*;

use super::departed::Departed;
use super::list::{List, ListKey, Mode, Phase};
use super::session::use_me;
use super::viewer::Viewer;

/// Lists that are kept.
const LISTS_KEPT: usize = 24;

/// The state. Shared parts are behind `Rc`, so a copy is cheap.
#[derive(Clone, Default)]
pub struct LibraryState {
    elements: HashMap<ElementId, Rc<Element>>,
    lists: HashMap<ListKey, Rc<List>>,
    /// Keys in the order of their last loading.
    order: Vec<ListKey>,
    departed: Departed,
    /// Keeps out of every list what the viewer wants hidden.
    viewer: Option<Viewer>,
    version: u64,
}

/// The state and the way to change it.
pub type Library = UseReducerHandle<LibraryState>;

/// What can happen to it.
pub enum Change {
    /// Elements as the server knows them now.
    Put(Vec<Element>),
    Stage(StageChange),
    Gone(ElementId),
    /// It was deleted here, and can be restored for a while.
    Removed(Removed),
    /// It was restored: back to where it stood.
    Restored(Box<Element>),
    /// It is public no more: in no list of others, but still its owner's.
    Hidden(ElementId, Whose),
    Loading(ListKey, Mode),
    Received(ListKey, Mode, Found),
    /// The same for what a cluster holds.
    Items(ListKey, Mode, Page<ClusterItem>),
    Failed(ListKey, String),
    /// What is shown of it is too old to be continued.
    Expired(ListKey),
    /// Puts an entry of a list elsewhere in it, or back into it.
    Moved(ListKey, ElementId, Placement),
    /// Takes an entry out of one list.
    Left(ListKey, ElementId),
    /// A new element that belongs on top of a list.
    Arrived(ListKey, Box<Element>),
    /// Somebody looks, or wants to see other things than before.
    Viewer(Viewer),
    /// What belongs into lists is another than before: all are fetched anew.
    Anew,
}

/// Whose an element is, seen from this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Mine,
    Others,
}

impl LibraryState {
    pub fn element(&self, id: &ElementId) -> Option<Rc<Element>> {
        self.elements.get(id).cloned()
    }

    /// The list, or an empty one that was never asked for.
    pub fn list(&self, key: &ListKey) -> Rc<List> {
        self.lists.get(key).cloned().unwrap_or_default()
    }

    /// Elements that were still being processed when last heard of.
    pub fn processing(&self) -> Vec<ElementId> {
        let open = |element: &&Rc<Element>| element.state == State::Processing;
        self.elements
            .values()
            .filter(open)
            .map(|e| e.id.clone())
            .collect()
    }

    pub fn knows(&self, id: &ElementId) -> bool {
        self.elements.contains_key(id)
    }

    /// Lists that were loaded, newest last.
    pub fn loaded(&self) -> Vec<ListKey> {
        self.order.clone()
    }

    fn put(&mut self, element: Element) {
        if self.is_hidden(&element) {
            self.forget(&element.id);
        }
        let old = self.elements.get(&element.id);
        if old.is_none_or(|old| **old != element) {
            self.elements.insert(element.id.clone(), Rc::new(element));
        }
    }

    fn is_hidden(&self, element: &Element) -> bool {
        self.viewer.as_ref().is_some_and(|v| v.hides(element))
    }

    /// In no list any more; whoever looks at it goes on doing so.
    fn forget(&mut self, id: &ElementId) {
        self.forget_in(id, |_| true);
    }

    fn forget_in(&mut self, id: &ElementId, which: impl Fn(&ListKey) -> bool) {
        for (key, list) in &mut self.lists {
            let holds = list.position(id).is_some() || list.waiting.contains(id);
            if holds
                && which(key)
                && let Some(stood) = Rc::make_mut(list).forget(id)
            {
                self.departed.left(id, key.clone(), stood);
            }
        }
    }

    /// Until when the deletion of one can be taken back.
    pub fn restorable(&self, id: &ElementId) -> Option<Timestamp> {
        self.departed.restorable(id)
    }

    fn restore(&mut self, element: Element) {
        let places = self.departed.back(&element.id);
        if !self.is_hidden(&element) {
            for (key, stood) in places {
                if let Some(list) = self.lists.get_mut(&key) {
                    Rc::make_mut(list).put_back(stood);
                }
            }
        }
        self.put(element);
    }

    fn edit(&mut self, key: &ListKey, edit: impl FnOnce(&mut List)) {
        let list = self.lists.entry(key.clone()).or_default();
        edit(Rc::make_mut(list));
    }

    fn touch(&mut self, key: &ListKey) {
        self.order.retain(|old| old != key);
        self.order.push(key.clone());
        if self.order.len() <= LISTS_KEPT {
            return;
        }
        // what lies over a page goes before the page below it
        let similar = |key: &ListKey| matches!(key, ListKey::Similar(_) | ListKey::Visual(_));
        let other = |key: &ListKey| {
            use ListKey::{Cluster, Ideas, Likes, Owner, Search, Topic};
            matches!(
                key,
                Search(_) | Topic(_) | Owner(_) | Likes(_) | Cluster(_) | Ideas(_)
            )
        };
        let oldest = self.order.iter().position(similar);
        if let Some(at) = oldest.or_else(|| self.order.iter().position(other)) {
            let key = self.order.remove(at);
            self.lists.remove(&key);
        }
    }

    fn clear(&mut self) {
        self.lists.clear();
        self.order.clear();
    }

    /// Elements of an account, as far as this page has seen them.
    pub fn of(&self, owner: &UserId) -> Vec<ElementId> {
        let own = self.elements.values().filter(|e| e.owner.id == *owner);
        own.map(|e| e.id.clone()).collect()
    }

    fn stage(&mut self, change: StageChange) {
        let Some(element) = self.elements.get_mut(&change.id) else {
            return;
        };
        let element = Rc::make_mut(element);
        element.state = change.state;
        let known = element
            .stages
            .iter_mut()
            .find(|s| s.name == change.stage.name);
        match known {
            Some(stage) => *stage = change.stage,
            None => element.stages.push(change.stage),
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Put(elements) => elements.into_iter().for_each(|e| self.put(e)),
            Change::Stage(change) => self.stage(change),
            Change::Gone(id) => {
                self.elements.remove(&id);
                self.forget(&id);
            }
            Change::Removed(Removed {
                id,
                restorable_until,
            }) => {
                self.elements.remove(&id);
                self.forget(&id);
                self.departed.deleted(&id, restorable_until);
            }
            Change::Restored(element) => self.restore(*element),
            Change::Hidden(id, whose) => self.forget_in(&id, |key| {
                whose == Whose::Others || *key == ListKey::Explore
            }),
            Change::Loading(key, mode) => {
                self.touch(&key);
                self.edit(&key, |list| {
                    list.phase = match mode {
                        Mode::Anew => Phase::Loading,
                        Mode::More(_) => Phase::LoadingMore,
                    };
                });
            }
            Change::Received(key, mode, page) => {
                self.edit(&key, |list| list.receive(&mode, &page));
                page.items.into_iter().for_each(|hit| self.put(hit.element));
            }
            Change::Items(key, mode, page) => {
                self.edit(&key, |list| list.receive_items(&mode, &page));
                page.items
                    .into_iter()
                    .for_each(|item| self.put(item.element));
            }
            Change::Moved(key, id, placement) => {
                self.edit(&key, |list| list.place(&id, &placement));
            }
            Change::Left(key, id) => self.edit(&key, |list| drop(list.forget(&id))),
            Change::Failed(key, why) => self.edit(&key, |list| list.phase = Phase::Failed(why)),
            Change::Expired(key) => self.edit(&key, |list| list.phase = Phase::Expired),
            Change::Arrived(_, element) if self.is_hidden(&element) => {}
            Change::Arrived(key, element) => {
                let id = element.id.clone();
                self.put(*element);
                self.edit(&key, |list| {
                    if list.loaded && list.position(&id).is_none() && !list.waiting.contains(&id) {
                        list.waiting.push(id);
                    }
                });
            }
            Change::Viewer(viewer) => {
                // what was left out so far may belong in, and the reverse: only
                // the server knows
                if self
                    .viewer
                    .as_ref()
                    .is_some_and(|old| old.lists_differ(&viewer))
                {
                    self.clear();
                }
                self.viewer = Some(viewer);
            }
            Change::Anew => self.clear(),
        }
        self.version += 1;
    }
}

impl Reducible for LibraryState {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(change);
        Rc::new(next)
    }
}

impl PartialEq for LibraryState {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn LibraryProvider(props: &ProviderProps) -> Html {
    let viewer = use_me().map(|me| Viewer::of(&me));
    let library = use_reducer(LibraryState::default);
    use_effect_with(viewer, {
        let library = library.dispatcher();
        move |viewer| {
            if let Some(viewer) = viewer.clone() {
                library.dispatch(Change::Viewer(viewer));
            }
        }
    });
    html! {
        <ContextProvider<Library> context={library}>{ props.children.clone() }</ContextProvider<Library>>
    }
}

#[hook]
pub fn use_library() -> Library {
    use_context::<Library>().expect("LibraryProvider stands above every page")
}

#[cfg(test)]
#[path = "library_tests.rs"]
mod tests;
