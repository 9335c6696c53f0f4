//! Asks again every few seconds while somebody looks.

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use yew::prelude::*;

/// Time between two questions, in milliseconds.
const EVERY_MS: u32 = 4_000;

/// Emits `ask` now, whenever `deps` change, and again and again while the page
/// is visible.
#[hook]
pub fn use_poll<D: PartialEq + 'static>(deps: D, ask: Callback<()>) {
    let latest = use_mut_ref(|| ask.clone());
    latest.replace(ask);
    use_effect_with(deps, move |_| {
        let ask = Rc::new(move || {
            if !gloo::utils::document().hidden() {
                let ask = latest.borrow().clone();
                ask.emit(());
            }
        });
        ask();
        let seen = {
            let ask = ask.clone();
            let document = gloo::utils::document();
            EventListener::new(&document, "visibilitychange", move |_| ask())
        };
        let timer = Interval::new(EVERY_MS, move || ask());
        move || drop((seen, timer))
    });
}
