//! Esc leaves the search.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent as KeyPress};
use yew::prelude::*;

use crate::shell::keys::typing;

/// Not while something lies over it, nor out of a text.
#[hook]
pub fn use_escape(covered: bool, leave: Callback<()>) {
    use_effect_with((covered, leave), |(covered, leave)| {
        let listener = (!covered).then(|| {
            let leave = leave.clone();
            EventListener::new(&gloo::utils::document(), "keydown", move |event| {
                let Some(key) = event.dyn_ref::<KeyPress>() else {
                    return;
                };
                if key.key() == "Escape" && !key.default_prevented() && !busy(key) {
                    leave.emit(());
                }
            })
        });
        move || drop(listener)
    });
}

/// Is the key meant for a text, a menu or a dialog?
fn busy(key: &KeyPress) -> bool {
    let radio = key
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        .is_some_and(|input| input.type_() == "radio");
    let open = gloo::utils::document().query_selector("dialog[open], .menu-list");
    (typing(key) && !radio) || open.is_ok_and(|open| open.is_some())
}
