//! The window's title.

use yew::prelude::*;

/// Names the page in the window's title as long as it is shown.
#[hook]
pub fn use_title(title: impl Into<AttrValue>) {
    let title: AttrValue = title.into();
    use_effect_with(title, |title| {
        let text = if title.is_empty() {
            "Asterism".to_owned()
        } else {
            format!("{title} · Asterism")
        };
        let document = gloo::utils::document();
        let before = document.title();
        document.set_title(&text);
        move || {
            // what lay over a page gives its name back
            if document.title() == text {
                document.set_title(&before);
            }
        }
    });
}
