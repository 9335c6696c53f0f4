//! Pictures that somebody selected to do something with all of them.

use std::rc::Rc;

use protocol::ElementId;
use yew::prelude::*;

use super::list::{List, ListKey};
use crate::nav::use_go;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct SelectionState {
    /// In the order in which they were selected.
    ids: Rc<Vec<ElementId>>,
    /// The last one that was selected, and where: ranges begin there.
    anchor: Option<(ListKey, ElementId)>,
}

pub enum Change {
    Toggle(ListKey, ElementId),
    /// From the anchor to this one, both included.
    Range(ListKey, Rc<List>, ElementId),
    /// These leave it: they are gone, or done with.
    Without(Vec<ElementId>),
    Clear,
}

impl SelectionState {
    pub fn ids(&self) -> &Rc<Vec<ElementId>> {
        &self.ids
    }

    pub fn has(&self, id: &ElementId) -> bool {
        self.ids.contains(id)
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Toggle(key, id) => self.toggle(key, id),
            Change::Range(key, list, id) => {
                let from = self.anchor.as_ref().filter(|(of, _)| *of == key);
                let from = from.and_then(|(_, anchor)| list.position(anchor));
                let (Some(from), Some(to)) = (from, list.position(&id)) else {
                    return self.toggle(key, id);
                };
                let ids = Rc::make_mut(&mut self.ids);
                for entry in &list.entries[from.min(to)..=from.max(to)] {
                    if !ids.contains(&entry.id) {
                        ids.push(entry.id.clone());
                    }
                }
                self.anchor = Some((key, id));
            }
            Change::Without(gone) => {
                Rc::make_mut(&mut self.ids).retain(|id| !gone.contains(id));
            }
            Change::Clear => *self = Self::default(),
        }
    }

    fn toggle(&mut self, key: ListKey, id: ElementId) {
        let ids = Rc::make_mut(&mut self.ids);
        match ids.iter().position(|old| *old == id) {
            Some(at) => {
                ids.remove(at);
            }
            None => ids.push(id.clone()),
        }
        self.anchor = Some((key, id));
    }
}

impl Reducible for SelectionState {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(change);
        Rc::new(next)
    }
}

/// The selection and the ways to change it.
#[derive(Clone, PartialEq)]
pub struct Selection {
    state: UseReducerHandle<SelectionState>,
    /// What the tags are to be edited of.
    pub editing: Option<Rc<Vec<ElementId>>>,
    set_editing: UseStateSetter<Option<Rc<Vec<ElementId>>>>,
}

impl Selection {
    pub fn now(&self) -> &SelectionState {
        &self.state
    }

    pub fn tell(&self, change: Change) {
        self.state.dispatch(change);
    }

    /// Opens the editor of tags for these, selected or not.
    pub fn edit_tags(&self, ids: Rc<Vec<ElementId>>) {
        self.set_editing.set(Some(ids));
    }

    pub fn leave_tags(&self) {
        self.set_editing.set(None);
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

/// Another page has other pictures: what was selected before is forgotten.
#[component]
pub fn SelectionProvider(props: &ProviderProps) -> Html {
    let state = use_reducer(SelectionState::default);
    let editing = use_state_eq(|| None);
    let here = use_go().here;
    use_effect_with((here.route, here.query), {
        let state = state.dispatcher();
        move |_| state.dispatch(Change::Clear)
    });
    let selection = Selection {
        state,
        editing: (*editing).clone(),
        set_editing: editing.setter(),
    };
    html! {
        <ContextProvider<Selection> context={selection}>{ props.children.clone() }</ContextProvider<Selection>>
    }
}

#[hook]
pub fn use_selection() -> Selection {
    use_context::<Selection>().expect("SelectionProvider stands above every page")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Mode;
    use crate::store::testing::{id, page};

    fn list(ids: &[u64]) -> Rc<List> {
        let mut list = List::default();
        list.receive(&Mode::Anew, &page(ids, None, None));
        Rc::new(list)
    }

    fn ids(state: &SelectionState) -> Vec<ElementId> {
        state.ids().to_vec()
    }

    #[test]
    fn a_range_goes_from_the_last_one_either_way() {
        let all = list(&[1, 2, 3, 4, 5]);
        let mut state = SelectionState::default();
        state.apply(Change::Toggle(ListKey::Home, id(4)));
        state.apply(Change::Range(ListKey::Home, all.clone(), id(2)));
        assert_eq!(ids(&state), [id(4), id(2), id(3)]);
        state.apply(Change::Range(ListKey::Home, all, id(1)));
        assert_eq!(ids(&state), [id(4), id(2), id(3), id(1)]);
    }

    #[test]
    fn a_range_without_a_beginning_in_its_list_is_one_picture() {
        let mut state = SelectionState::default();
        state.apply(Change::Range(ListKey::Home, list(&[1, 2]), id(2)));
        assert_eq!(ids(&state), [id(2)]);
        state.apply(Change::Range(ListKey::Explore, list(&[5, 6, 7]), id(7)));
        assert_eq!(ids(&state), [id(2), id(7)]);
    }

    #[test]
    fn toggling_twice_is_nothing_and_what_is_gone_leaves() {
        let mut state = SelectionState::default();
        for n in [1, 2, 1, 3] {
            state.apply(Change::Toggle(ListKey::Home, id(n)));
        }
        assert_eq!(ids(&state), [id(2), id(3)]);
        state.apply(Change::Without(vec![id(2)]));
        assert!(state.has(&id(3)) && !state.has(&id(2)));
        state.apply(Change::Clear);
        assert!(state.is_empty());
    }
}
