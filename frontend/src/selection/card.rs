//! Selecting on a card: by its mark, by keys held while clicking. Fingers
//! select from the card's menu, and then by a tap.

use protocol::ElementId;
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::store::{ListKey, SelectionChange, use_library, use_selection};

/// Found by the key `x`.
pub const SELECT_SELECTOR: &str = ".card-check";

/// Takes a click on a card, before it opens anything. True: the click was
/// about the selection.
#[hook]
pub fn use_card_click(list: &ListKey, id: &ElementId) -> Callback<MouseEvent, bool> {
    let selection = use_selection();
    let library = use_library();
    let (list, id) = (list.clone(), id.clone());
    Callback::from(move |event: MouseEvent| {
        if event.button() != 0 {
            return false;
        }
        let held = event.ctrl_key() || event.meta_key();
        let change = if event.shift_key() {
            SelectionChange::Range(list.clone(), library.list(&list), id.clone())
        } else if held || !selection.now().is_empty() {
            SelectionChange::Toggle(list.clone(), id.clone())
        } else {
            return false;
        };
        selection.tell(change);
        true
    })
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
