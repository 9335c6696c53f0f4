//! Keeps the pop-over at its button while the page moves, and closes it when
//! somebody points elsewhere.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};
use yew::prelude::*;

use super::placing::{Area, Placing, WIDTH, place};

/// CSS that places it.
#[hook]
pub fn use_position(button: &HtmlElement) -> String {
    let placing = use_state_eq(|| look(button));
    use_effect_with(button.clone(), {
        let placing = placing.setter();
        move |button| {
            let button = button.clone();
            let follow = Rc::new(move || {
                // a card that was scrolled far out of sight is in the page no more
                if button.is_connected() {
                    placing.set(look(&button));
                }
            });
            follow();
            // whatever scrolls, not the window alone
            let options = EventListenerOptions {
                phase: EventListenerPhase::Capture,
                passive: true,
            };
            let listeners = ["scroll", "resize"].map(|name| {
                let follow = follow.clone();
                let window = gloo::utils::window();
                EventListener::new_with_options(&window, name, options, move |_| follow())
            });
            move || drop(listeners)
        }
    });
    style(*placing)
}

fn style(placing: Placing) -> String {
    let edge = if placing.above { "bottom" } else { "top" };
    format!(
        "--picker-width:{WIDTH}px;left:{:.0}px;{edge}:{:.0}px;max-height:{:.0}px",
        placing.left, placing.edge, placing.height
    )
}

fn look(button: &HtmlElement) -> Placing {
    let window = gloo::utils::window();
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        let value = value.ok();
        value.and_then(|value| value.as_f64()).unwrap_or_default()
    };
    let area = button.get_bounding_client_rect();
    let area = Area {
        left: area.left(),
        top: area.top(),
        right: area.right(),
        bottom: area.bottom(),
    };
    place(
        area,
        size(window.inner_width()),
        size(window.inner_height()),
    )
}

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
