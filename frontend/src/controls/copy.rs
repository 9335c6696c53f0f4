//! Copying to the clipboard.

use wasm_bindgen_futures::JsFuture;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::store::use_toasts;

/// Copies a text, then says `done`, or that the browser refused.
#[hook]
pub fn use_copy(done: &'static str) -> Callback<String> {
    let toasts = use_toasts();
    Callback::from(move |text: String| {
        let clipboard = gloo::utils::window().navigator().clipboard();
        let promise = clipboard.write_text(&text);
        let toasts = toasts.clone();
        spawn_local(async move {
            match JsFuture::from(promise).await {
                Ok(_) => toasts.say(done),
                Err(_) => toasts.say("The browser didn't allow copying"),
            }
        });
    })
}
