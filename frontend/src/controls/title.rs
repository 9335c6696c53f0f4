//! The window's title.

use yew::prelude::*;

/// Names the page in the window's title and to screen readers.
#[hook]
pub fn use_title(title: impl Into<AttrValue>) {
    let title: AttrValue = title.into();
    use_effect_with(title, |title| {
        let text = if title.is_empty() {
            "Asterism".to_owned()
        } else {
            format!("{title} · Asterism")
        };
        gloo::utils::document().set_title(&text);
    });
}
