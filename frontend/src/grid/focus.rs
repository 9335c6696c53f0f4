//! Gives the focus back to the card of an element that was open over the page.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::card::card_id;
use super::layout::{Layout, Place};
use crate::nav::use_go;
use crate::store::List;

/// Time for the cards around a new scroll position to come into the page.
const SETTLE_MS: u32 = 80;

/// The element that was open last has the focus when it is closed; where
/// somebody went on to its neighbours, the page follows.
#[hook]
pub fn use_return_of_focus(grid: NodeRef, list: &List, layout: &Layout) {
    let open = use_go().opened.map(|(id, _)| id);
    let last = use_mut_ref(|| None::<(String, Place)>);
    if let Some(id) = &open {
        let at = list.entries.iter().position(|e| e.id.as_str() == id);
        if let Some(place) = at.and_then(|at| layout.places.get(at)) {
            last.replace(Some((id.clone(), *place)));
        }
    }
    use_effect_with(open.is_some(), move |is_open| {
        if !is_open && let Some((id, place)) = last.take() {
            scroll_to(&grid, place);
            Timeout::new(SETTLE_MS, move || focus(&id)).forget();
        }
    });
}

/// Only if it is out of sight.
fn scroll_to(grid: &NodeRef, place: Place) {
    let window = gloo::utils::window();
    let height = window.inner_height().ok().and_then(|h| h.as_f64());
    let (Some(grid), Some(height)) = (grid.cast::<HtmlElement>(), height) else {
        return;
    };
    let top = grid.get_bounding_client_rect().top() + place.y;
    if top + place.height < height * 0.15 || top > height * 0.85 {
        window.scroll_by_with_x_and_y(0.0, top - height / 3.0);
    }
}

fn focus(id: &str) {
    let card = gloo::utils::document().get_element_by_id(&card_id(id));
    if let Some(card) = card.and_then(|card| card.dyn_into::<HtmlElement>().ok()) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // what cannot take the focus leaves it where it is
        let _ = card.focus_with_options(&options);
    }
}
