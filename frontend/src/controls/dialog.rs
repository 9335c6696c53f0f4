//! A small modal dialog. The browser's own `<dialog>` keeps the focus inside,
//! closes on Esc and gives the focus back.

use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::prelude::*;

use super::{Icon, IconName, focusable};

#[derive(Properties, PartialEq)]
pub struct DialogProps {
    pub title: AttrValue,
    pub onclose: Callback<()>,
    pub children: Html,
}

/// Open as long as it is shown.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    use_effect_with((), {
        let node = node.clone();
        move |()| {
            let dialog = node.cast::<HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                // refused only for a dialog that is open or not in the page
                let _ = dialog.show_modal();
                // the browser would begin with the button that closes it
                let first = dialog.query_selector("[data-first]").ok().flatten();
                let first = first.and_then(|first| first.dyn_into::<HtmlElement>().ok());
                focusable::focus(first.as_ref());
            }
            move || {
                if let Some(dialog) = dialog {
                    dialog.close();
                }
            }
        }
    });
    let oncancel = {
        let close = props.onclose.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            close.emit(());
        })
    };
    let onclick = {
        let (close, node) = (props.onclose.clone(), node.clone());
        Callback::from(move |event: MouseEvent| {
            // a click beside the content hits the dialog itself
            if event.target() == node.get().map(Into::into) {
                close.emit(());
            }
        })
    };
    let dismiss = props.onclose.reform(|_: MouseEvent| ());
    html! {
        <dialog class="dialog" ref={node} aria-labelledby="dialog-title" {oncancel} {onclick}>
            <div class="dialog-body">
                <header class="dialog-head">
                    <h2 id="dialog-title">{ &props.title }</h2>
                    <button type="button" class="icon-button" aria-label="Close" onclick={dismiss}>
                        <Icon name={IconName::Close} />
                    </button>
                </header>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
