//! The button that adds pictures.

use web_sys::{File, FileList, HtmlInputElement};
use yew::prelude::*;

use super::use_uploads;

/// A hint for the file dialog; what comes is judged by content anyway.
pub const ACCEPT: &str = "image/*,.avif,.tif,.tiff,.bmp";

#[derive(Properties, PartialEq)]
pub struct AddButtonProps {
    pub class: Classes,
    /// Said where the button shows no text.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    pub children: Html,
}

#[component]
pub fn AddButton(props: &AddButtonProps) -> Html {
    let uploads = use_uploads();
    let input = use_node_ref();
    let onclick = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let onchange = {
        let input = input.clone();
        Callback::from(move |_: Event| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                uploads.add(files(input.files()));
                // the same file can be chosen again
                input.set_value("");
            }
        })
    };
    html! {
        <>
            <button type="button" class={props.class.clone()} aria-label={props.label.clone()} {onclick}>{ props.children.clone() }</button>
            <input ref={input} type="file" multiple={true} accept={ACCEPT} hidden={true} aria-label="Choose pictures" {onchange} />
        </>
    }
}

/// What a list of the browser holds.
pub fn files(list: Option<FileList>) -> Vec<File> {
    let list = list.as_ref();
    let count = list.map_or(0, FileList::length);
    (0..count).filter_map(|i| list?.get(i)).collect()
}
