//! Covered pictures that somebody chose to see, until the page is left.

use std::collections::HashSet;
use std::rc::Rc;

use protocol::ElementId;
use yew::prelude::*;

#[derive(Clone, PartialEq, Default)]
pub struct RevealedState(HashSet<ElementId>);

pub enum Change {
    Reveal(ElementId),
    Cover(ElementId),
}

impl Reducible for RevealedState {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        match change {
            Change::Reveal(id) => next.0.insert(id),
            Change::Cover(id) => next.0.remove(&id),
        };
        Rc::new(next)
    }
}

/// What is revealed, and the way to change it.
#[derive(Clone, PartialEq)]
pub struct Revealed(UseReducerHandle<RevealedState>);

impl Revealed {
    pub fn has(&self, id: &ElementId) -> bool {
        self.0.0.contains(id)
    }

    pub fn reveal(&self, id: ElementId) {
        self.0.dispatch(Change::Reveal(id));
    }

    pub fn cover(&self, id: ElementId) {
        self.0.dispatch(Change::Cover(id));
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn RevealedProvider(props: &ProviderProps) -> Html {
    let revealed = Revealed(use_reducer(RevealedState::default));
    html! {
        <ContextProvider<Revealed> context={revealed}>{ props.children.clone() }</ContextProvider<Revealed>>
    }
}

#[hook]
pub fn use_revealed() -> Revealed {
    use_context::<Revealed>().expect("RevealedProvider stands above every page")
}
