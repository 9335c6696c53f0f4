//! The bar that says how many are selected and what can be done with them.

use std::rc::Rc;

use gloo::events::EventListener;
use protocol::ElementId;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent as KeyPress;
use yew::prelude::*;

use super::clusters::AddTo;
use super::failures::Failures;
use super::removal::Removal;
use super::tags::TagsOf;
use super::tally::{Failed, pictures};
use crate::cluster::is_picker_open;
use crate::controls::{Icon, IconName};
use crate::nav::use_go;
use crate::shell::keys::typing;
use crate::store::{SelectionChange, use_library, use_loader, use_selection, use_toasts, use_user};

/// The bar, and what opens from it.
#[component]
pub fn SelectionHost() -> Html {
    let selection = use_selection();
    let library = use_library();
    let adding = use_state_eq(|| false);
    let failed = use_state(Vec::<Failed>::new);
    let ids = selection.now().ids().clone();
    // what was deleted elsewhere meanwhile is selected no more
    let gone: Vec<ElementId> = ids
        .iter()
        .filter(|id| !library.knows(id))
        .cloned()
        .collect();
    use_effect_with(gone, {
        let selection = selection.clone();
        move |gone| {
            if !gone.is_empty() {
                selection.tell(SelectionChange::Without(gone.clone()));
            }
        }
    });
    use_escape(!ids.is_empty());
    let onfailed = {
        let failed = failed.clone();
        Callback::from(move |all: Vec<Failed>| failed.set(all))
    };
    let add = {
        let adding = adding.clone();
        Callback::from(move |()| adding.set(true))
    };
    let leave_adding = {
        let adding = adding.clone();
        Callback::from(move |()| adding.set(false))
    };
    let leave_tags = {
        let selection = selection.clone();
        Callback::from(move |()| selection.leave_tags())
    };
    let leave_failed = {
        let failed = failed.clone();
        Callback::from(move |()| failed.set(Vec::new()))
    };
    let says = match ids.len() {
        0 => String::new(),
        count => format!("{} selected", pictures(count)),
    };
    html! {
        <>
            <span class="unseen" role="status" aria-live="polite">{ says }</span>
            if !ids.is_empty() {
                <Bar ids={ids.clone()} onadd={add} failed={onfailed.clone()} />
            }
            if *adding {
                <AddTo {ids} onclose={leave_adding} failed={onfailed.clone()} />
            }
            if let Some(ids) = selection.editing.clone() {
                <TagsOf {ids} onclose={leave_tags} failed={onfailed} />
            }
            if !failed.is_empty() {
                <Failures failed={(*failed).clone()} onclose={leave_failed} />
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct BarProps {
    ids: Rc<Vec<ElementId>>,
    onadd: Callback<()>,
    failed: Callback<Vec<Failed>>,
}

#[component]
fn Bar(props: &BarProps) -> Html {
    let selection = use_selection();
    let library = use_library();
    let me = use_user().map(|user| user.id);
    let busy = use_state_eq(|| false);
    let mine = props.ids.iter().filter_map(|id| library.element(id));
    let mine = mine
        .filter(|element| Some(&element.owner.id) == me.as_ref())
        .count();
    let removal = Removal {
        loader: use_loader(),
        selection: selection.clone(),
        toasts: use_toasts(),
        failed: props.failed.clone(),
        busy: busy.setter(),
    };
    let remove = {
        let ids = props.ids.clone();
        Callback::from(move |_: MouseEvent| removal.remove(ids.to_vec()))
    };
    let tags = {
        let (selection, ids) = (selection.clone(), props.ids.clone());
        Callback::from(move |_: MouseEvent| selection.edit_tags(ids.clone()))
    };
    let clear = Callback::from(move |_: MouseEvent| selection.tell(SelectionChange::Clear));
    html! {
        <div class="select-bar" role="group" aria-label="With the selected pictures">
            <button type="button" class="icon-button" aria-label="Clear the selection" title="Clear (Esc)" onclick={clear}><Icon name={IconName::Close} /></button>
            <strong class="select-count">{ props.ids.len() }<span class="select-word">{ " selected" }</span></strong>
            <button type="button" class="button" onclick={props.onadd.reform(|_: MouseEvent| ())}><Icon name={IconName::Stack} size={18} /><span>{ "Add to cluster" }</span></button>
            <button type="button" class="button" onclick={tags}><Icon name={IconName::Tag} size={18} /><span>{ "Edit tags" }</span></button>
            if mine > 0 {
                <button type="button" class="button is-danger" disabled={*busy} onclick={remove}><Icon name={IconName::Trash} size={18} /><span>{ if *busy { "Deleting…" } else { "Delete" } }</span></button>
            }
        </div>
    }
}

/// Esc clears the selection, unless something lies over the page that it
/// closes instead.
#[hook]
fn use_escape(selected: bool) {
    let selection = use_selection();
    let over = use_go().opened.is_some();
    use_effect_with(selected && !over, move |active| {
        let listener = active.then(|| {
            EventListener::new(&gloo::utils::document(), "keydown", move |event| {
                let Some(key) = event.dyn_ref::<KeyPress>() else {
                    return;
                };
                let dialog = gloo::utils::document().query_selector("dialog[open]");
                let busy = dialog.is_ok_and(|open| open.is_some()) || is_picker_open();
                if key.key() == "Escape" && !key.default_prevented() && !typing(key) && !busy {
                    selection.tell(SelectionChange::Clear);
                }
            })
        });
        move || drop(listener)
    });
}
