//! How far down each list was, so that Back finds the place again.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use gloo::events::EventListener;

use super::ListKey;

thread_local! {
    static PLACES: RefCell<HashMap<(String, ListKey), f64>> = RefCell::default();
    static BY_HISTORY: Cell<bool> = const { Cell::new(false) };
}

/// Takes scrolling over from the browser: it restores before there is
/// anything to scroll to. To be called before the router starts to listen.
pub fn take_over() {
    let Some(window) = web_sys::window() else {
        return;
    };
    if let Ok(history) = window.history() {
        // a browser without it restores by itself, roughly right
        let _ = history.set_scroll_restoration(web_sys::ScrollRestoration::Manual);
    }
    EventListener::new(&window, "popstate", |_| BY_HISTORY.set(true)).forget();
}

/// To be said by everything that opens a page anew.
pub fn opened_anew() {
    BY_HISTORY.set(false);
}

/// Was the page that is shown reached by Back or Forward?
pub fn came_back() -> bool {
    BY_HISTORY.get()
}

/// The same list may stand on several pages: `path` is that of the page.
pub fn keep(path: &str, key: &ListKey, top: f64) {
    let place = (path.to_owned(), key.clone());
    PLACES.with_borrow_mut(|places| places.insert(place, top));
}

pub fn kept(path: &str, key: &ListKey) -> f64 {
    let place = (path.to_owned(), key.clone());
    PLACES.with_borrow(|places| places.get(&place).copied().unwrap_or(0.0))
}
