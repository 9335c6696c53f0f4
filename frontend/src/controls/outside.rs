//! Closes pop-overs when somebody points elsewhere.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};
use yew::prelude::*;

/// Tells when somebody presses anywhere but in the pop-over, at its button, or
/// on a notice (whose Undo belongs to it).
#[hook]
pub fn use_press_outside(panel: NodeRef, button: HtmlElement, tell: Callback<()>) {
    use_effect_with((), move |()| {
        let document = gloo::utils::document();
        let listener = EventListener::new(&document, "pointerdown", move |event| {
            let target = event.target().and_then(|t| t.dyn_into::<Node>().ok());
            let notices = gloo::utils::document().query_selector(".toasts");
            let notices = notices.ok().flatten().map(Node::from);
            let places = [panel.get(), Some(button.clone().into()), notices];
            let inside = |place: &Node| place.contains(target.as_ref());
            if !places.iter().flatten().any(inside) {
                tell.emit(());
            }
        });
        move || drop(listener)
    });
}
