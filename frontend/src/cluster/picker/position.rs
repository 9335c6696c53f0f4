//! Keeps the pop-over at its button while the page moves.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::controls::{Placing, Size, area_of, place_in_window};

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

const WANTED: Size = Size {
    width: 340.0,
    height: 500.0,
};

fn style(placing: Placing) -> String {
    format!("--picker-width:{}px;{}", WANTED.width, placing.style())
}

fn look(button: &HtmlElement) -> Placing {
    place_in_window(area_of(button), WANTED)
}
