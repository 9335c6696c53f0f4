//! Selecting on a card: by its mark, by keys held while clicking, by a long
//! press.

use protocol::ElementId;
use yew::prelude::*;

use super::press::{LongPress, use_long_press};
use crate::controls::{Icon, IconName};
use crate::store::{ListKey, SelectionChange, use_library, use_selection};

/// Found by the key `x`.
pub const SELECT_SELECTOR: &str = ".card-check";

/// What a press on a card does, before it opens anything.
#[derive(Clone, PartialEq)]
pub struct CardPress {
    pub long: LongPress,
    /// True: the click was about the selection, and opens nothing.
    select: Callback<MouseEvent, bool>,
}

impl CardPress {
    pub fn selects(&self, event: &MouseEvent) -> bool {
        self.select.emit(event.clone())
    }
}

#[hook]
pub fn use_card_press(list: &ListKey, id: &ElementId) -> CardPress {
    let selection = use_selection();
    let library = use_library();
    let toggle = {
        let (selection, list, id) = (selection.clone(), list.clone(), id.clone());
        move || selection.tell(SelectionChange::Toggle(list.clone(), id.clone()))
    };
    let long = use_long_press({
        let toggle = toggle.clone();
        Callback::from(move |()| toggle())
    });
    let select = {
        let (long, list, id) = (long.clone(), list.clone(), id.clone());
        Callback::from(move |event: MouseEvent| {
            if event.button() != 0 {
                return false;
            }
            let held = event.ctrl_key() || event.meta_key();
            if long.was_long() {
                // it was selected when the press was long enough
            } else if event.shift_key() {
                let all = library.list(&list);
                selection.tell(SelectionChange::Range(list.clone(), all, id.clone()));
            } else if held || !selection.now().is_empty() {
                toggle();
            } else {
                return false;
            }
            event.prevent_default();
            true
        })
    };
    CardPress { long, select }
}

#[derive(Properties, PartialEq)]
pub struct CheckProps {
    pub list_key: ListKey,
    pub element: ElementId,
    pub about: AttrValue,
}

/// The mark in the corner of a card.
#[component]
pub fn Check(props: &CheckProps) -> Html {
    let selection = use_selection();
    let library = use_library();
    let on = selection.now().has(&props.element);
    let onclick = {
        let (list, id) = (props.list_key.clone(), props.element.clone());
        Callback::from(move |event: MouseEvent| {
            let change = if event.shift_key() {
                SelectionChange::Range(list.clone(), library.list(&list), id.clone())
            } else {
                SelectionChange::Toggle(list.clone(), id.clone())
            };
            selection.tell(change);
        })
    };
    html! {
        <button type="button" class={classes!("card-check", on.then_some("is-on"))} aria-pressed={on.to_string()}
            aria-label={format!("Select: {}", props.about)} title="Select (x)" {onclick}>
            <Icon name={IconName::Check} size={18} />
        </button>
    }
}
