//! Keyboard shortcuts of the whole page. Silent while somebody types.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use protocol::ElementId;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent as KeyPress};
use yew::prelude::*;

use crate::cluster::SAVE_SELECTOR;
use crate::controls::focusable;
use crate::element::EDIT_SELECTOR;
use crate::grid::LIKE_SELECTOR;
use crate::nav::{Go, Route, use_go};
use crate::selection::SELECT_SELECTOR;
use crate::sensitive::TOGGLE_SELECTOR;
use crate::store::{use_selection, use_user};
use crate::visual::LOOK_SELECTOR;

/// A second key follows the first within this many milliseconds.
const CHORD_MS: f64 = 1200.0;

/// The `id` of the search field.
pub const SEARCH_ID: &str = "search";

/// All of them, as the help shows them.
pub const ALL: [(&[&str], &str); 20] = [
    (&["/"], "Search"),
    (&["?"], "This help"),
    (&["g", "h"], "Go home"),
    (&["g", "e"], "Go to Explore"),
    (&["g", "c"], "Go to your clusters"),
    (&["g", "n"], "Go to your notifications"),
    (&["g", "p"], "Go to your pictures"),
    (&["s"], "Save the picture that is open or has the focus"),
    (&["f"], "Like the picture that is open or has the focus"),
    (&["i"], "Show what is known of an open picture"),
    (
        &["e"],
        "Edit the tags of the picture that is open or has the focus",
    ),
    (&["x"], "Select the picture that has the focus"),
    (
        &["⇧ click"],
        "Select up to there; Ctrl or ⌘ click: one by one",
    ),
    (&["v"], "Show or cover a sensitive picture"),
    (&["l"], "Search in an open picture"),
    (&["j", "k"], "Next and previous in the review queue"),
    (&["1–3"], "Decide in the review queue"),
    (&["←"], "Previous picture"),
    (&["→"], "Next picture"),
    (&["Esc"], "Close, or clear the selection"),
];

#[derive(Properties, PartialEq)]
pub struct KeysProps {
    /// The help is asked for.
    pub onhelp: Callback<()>,
}

/// Listens; shows nothing.
#[component]
pub fn Keys(props: &KeysProps) -> Html {
    let go = use_go();
    let profile = use_user().map(|user| Route::profile(&user.handle));
    let selection = use_selection();
    use_effect_with(
        (go, profile, props.onhelp.clone(), selection),
        |(go, profile, help, selection)| {
            let (go, profile, help) = (go.clone(), profile.clone(), help.clone());
            let selection = selection.clone();
            let chord = Cell::new(f64::NEG_INFINITY);
            let options = EventListenerOptions::enable_prevent_default();
            let document = gloo::utils::document();
            let listener =
                EventListener::new_with_options(&document, "keydown", options, move |event| {
                    let Some(key) = event.dyn_ref::<KeyPress>() else {
                        return;
                    };
                    if typing(key) || key.ctrl_key() || key.meta_key() || key.alt_key() {
                        return;
                    }
                    let now = js_sys::Date::now();
                    let after_g = now - chord.replace(f64::NEG_INFINITY) < CHORD_MS;
                    match key.key().as_str() {
                        "h" if after_g => go.to(&Route::Home),
                        "e" if after_g => go.to(&Route::Explore),
                        "c" if after_g => go.to(&Route::Clusters),
                        "n" if after_g => go.to(&Route::Notifications),
                        "p" if after_g => profile.iter().for_each(|route| go.to(route)),
                        "g" => chord.set(now),
                        "/" => search(&go, key),
                        "?" => help.emit(()),
                        "i" => inform(),
                        "e" => {
                            // what it opens is a text field: the letter does not belong in it
                            key.prevent_default();
                            match focused_card() {
                                Some(id) => selection.edit_tags(Rc::new(vec![id])),
                                None => press(EDIT_SELECTOR),
                            }
                        }
                        "s" => {
                            key.prevent_default();
                            press_of_picture(SAVE_SELECTOR);
                        }
                        "x" => press_of_card(SELECT_SELECTOR),
                        "l" => press(LOOK_SELECTOR),
                        "v" => press_of_picture(TOGGLE_SELECTOR),
                        "f" => press_of_picture(LIKE_SELECTOR),
                        _ => {}
                    }
                });
            move || drop(listener)
        },
    );
    Html::default()
}

/// Does the key go into a text?
pub fn typing(key: &KeyPress) -> bool {
    let target = key.target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|target| {
        matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || target.is_content_editable()
    })
}

fn search(go: &Go, key: &KeyPress) {
    if go.opened.is_some() {
        return;
    }
    let field = gloo::utils::document().get_element_by_id(SEARCH_ID);
    if let Some(field) = field.and_then(|f| f.dyn_into::<HtmlInputElement>().ok()) {
        key.prevent_default();
        let _ = field.focus();
        field.select();
        // a window in the background has no focus to give, and tells of none
        field.click();
    }
}

/// The first one that is shown on what lies on top: below it nothing is to be
/// reached.
fn press(selector: &str) {
    let document = gloo::utils::document();
    let shown = |root: web_sys::Element| focusable::shown(&root, selector).into_iter().next();
    let over = document.query_selector(".overlay").ok().flatten();
    let root = over.or_else(|| document.document_element());
    if let Some(button) = root.and_then(shown) {
        button.click();
    }
}

/// A picture with what can be done about it.
const PICTURE: &str = "article, .look-stage";

/// Of the picture with the focus, or else of the one that is open.
fn press_of_picture(selector: &str) {
    let document = gloo::utils::document();
    let find = |css: &str| document.query_selector(css).ok().flatten();
    let over = find(".overlay");
    let focused = document
        .active_element()
        .and_then(|active| active.closest(PICTURE).ok().flatten());
    // where something lies over the page, nothing below it is meant
    let focused = focused.filter(|one| over.as_ref().is_none_or(|over| over.contains(Some(one))));
    let open = || match &over {
        Some(over) => over.query_selector(".detail").ok().flatten(),
        None => find(".detail, .look-stage"),
    };
    let picture = focused.or_else(open);
    let buttons = picture.map(|picture| focusable::shown(&picture, selector));
    if let Some(button) = buttons.and_then(|all| all.into_iter().next()) {
        button.click();
    }
}

/// The card that has the focus, or something in it.
fn card() -> Option<web_sys::Element> {
    let active = gloo::utils::document().active_element()?;
    active.closest("article.card").ok().flatten()
}

fn focused_card() -> Option<ElementId> {
    card()?.get_attribute("data-element")?.parse().ok()
}

fn press_of_card(selector: &str) {
    let button = card().and_then(|card| card.query_selector(selector).ok().flatten());
    if let Some(button) = button.and_then(|b| b.dyn_into::<HtmlElement>().ok()) {
        button.click();
    }
}

/// Brings the words about an open picture into sight.
fn inform() {
    let side = gloo::utils::document()
        .query_selector(".detail-side")
        .ok()
        .flatten();
    if let Some(side) = side {
        side.scroll_into_view();
    }
}
