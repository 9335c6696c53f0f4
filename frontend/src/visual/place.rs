//! How far down the page is: found again after Back, and never in the middle
//! of results that nobody has seen the start of.

use gloo::events::EventListener;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::store::{ListKey, scroll};

/// Room for the bar on top of the page, in CSS pixels.
const BAR: f64 = 76.0;

#[hook]
pub fn use_place(panel: NodeRef, key: &ListKey, loaded: bool) {
    let opened = use_mut_ref(|| true);
    use_effect_with((key.clone(), loaded), move |(key, loaded)| {
        let window = gloo::utils::window();
        let first = if *loaded {
            opened.replace(false)
        } else {
            *opened.borrow()
        };
        let back = scroll::came_back();
        if first && (*loaded || !back) {
            let top = if back { scroll::kept(key) } else { 0.0 };
            window.scroll_to_with_x_and_y(0.0, top);
        } else if *loaded && let Some(panel) = panel.cast::<HtmlElement>() {
            let top = panel.get_bounding_client_rect().top() - BAR;
            if top < 0.0 {
                window.scroll_by_with_x_and_y(0.0, top);
            }
        }
        let listener = loaded.then(|| {
            let key = key.clone();
            EventListener::new(&window, "scroll", move |_| {
                if let Ok(top) = gloo::utils::window().scroll_y() {
                    scroll::keep(&key, top);
                }
            })
        });
        move || drop(listener)
    });
}
