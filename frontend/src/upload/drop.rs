//! Files dropped or pasted anywhere on the page.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer, DragEvent};
use yew::prelude::*;

use super::picker::files;
use super::{Uploads, use_uploads};
use crate::controls::{Icon, IconName};

/// What an event does; the flag says that something else has taken the files.
type Act = Rc<dyn Fn(&DragEvent, bool)>;

/// Listens to the whole window and says so while something is dragged over it.
#[component]
pub fn DropTarget() -> Html {
    let uploads = use_uploads();
    let over = use_state_eq(|| false);
    use_effect_with((), {
        let over = over.setter();
        move |()| {
            let listeners = listen(over, uploads);
            move || drop(listeners)
        }
    });
    if !*over {
        return Html::default();
    }
    html! {
        <div class="drop" aria-hidden="true">
            <div class="drop-card">
                <Icon name={IconName::Upload} size={40} />
                <strong>{ "Drop to save" }</strong>
                <span>{ "JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF, up to 64 MiB each" }</span>
                <span>{ "On the search field: search by it, without saving" }</span>
            </div>
        </div>
    }
}

fn listen(over: UseStateSetter<bool>, uploads: Uploads) -> Vec<EventListener> {
    let depth = Rc::new(Cell::new(0i32));
    let on = |name: &'static str, act: Act| {
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(&gloo::utils::window(), name, options, move |event| {
            if let Some(event) = event.dyn_ref::<DragEvent>()
                && event.data_transfer().is_some_and(|data| has_files(&data))
            {
                let taken = event.default_prevented();
                event.prevent_default();
                act(event, taken);
            }
        })
    };
    // entering a part of the page comes before leaving the last one: count
    let entered = {
        let (depth, over) = (depth.clone(), over.clone());
        move |_: &DragEvent, _| {
            depth.set(depth.get() + 1);
            over.set(true);
        }
    };
    let left = {
        let (depth, over) = (depth.clone(), over.clone());
        move |_: &DragEvent, _| {
            depth.set(depth.get() - 1);
            if depth.get() <= 0 {
                over.set(false);
            }
        }
    };
    let dropped = {
        let uploads = uploads.clone();
        move |event: &DragEvent, taken| {
            depth.set(0);
            over.set(false);
            // the search field searches by it instead
            if taken {
                return;
            }
            uploads.add(files(event.data_transfer().and_then(|data| data.files())));
        }
    };
    let pasted = EventListener::new(&gloo::utils::document(), "paste", move |event| {
        if event.default_prevented() {
            return;
        }
        let data = event
            .dyn_ref::<ClipboardEvent>()
            .and_then(ClipboardEvent::clipboard_data);
        let files = files(data.and_then(|data| data.files()));
        if !files.is_empty() {
            uploads.add(files);
        }
    });
    vec![
        on("dragenter", Rc::new(entered)),
        on("dragover", Rc::new(|_: &DragEvent, _| {})),
        on("dragleave", Rc::new(left)),
        on("drop", Rc::new(dropped)),
        pasted,
    ]
}

fn has_files(data: &DataTransfer) -> bool {
    data.types().iter().any(|kind| kind == "Files")
}
