//! Says when what is shown may be out of date.

use yew::prelude::*;

use crate::live::{Status, use_live};

/// Appears only when a cut lasts: the style sheet delays it.
#[component]
pub fn Banner() -> Html {
    let text = match use_live().status {
        Status::Offline => "Offline. Changes will appear when you're back.",
        Status::CatchingUp => "Catching up…",
        Status::Starting | Status::Online => "",
    };
    html! {
        <div class="banner-place" role="status">
            if !text.is_empty() {
                <p class="banner"><span class="pulse" aria-hidden="true"></span>{ text }</p>
            }
        </div>
    }
}
