//! What can take the focus.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Inside a fold that is closed.
const FOLDED: &str = "details:not([open]) > :not(summary), details:not([open]) > :not(summary) *";

/// Those below `root` that match and are shown, in the order of the page.
pub fn shown(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok())
        .filter(|one| one.offset_parent().is_some())
        .filter(|one| !one.matches(FOLDED).unwrap_or(false))
        .collect()
}

/// What cannot take the focus leaves it where it is.
pub fn focus(element: Option<&HtmlElement>) {
    if let Some(element) = element {
        let _ = element.focus();
    }
}
