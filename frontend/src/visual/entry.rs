//! The button in the search field that asks for a picture of one's own.

use web_sys::{DataTransfer, File, HtmlInputElement};
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::nav::use_go;
use crate::upload::{ACCEPT, files};

/// The `id` of the button in the search field.
pub const ENTRY_ID: &str = "search-by-picture";

#[derive(Properties, PartialEq)]
pub struct PictureButtonProps {
    /// In the search field it is an icon that finds the focus again; elsewhere
    /// it says what it does.
    #[prop_or_default]
    pub text: Option<AttrValue>,
}

#[component]
pub fn PictureButton(props: &PictureButtonProps) -> Html {
    let go = use_go();
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
                let chosen = files(input.files()).into_iter().next();
                // the same file can be chosen again
                input.set_value("");
                if let Some(file) = chosen {
                    go.look_at_file(file);
                }
            }
        })
    };
    let button = match &props.text {
        Some(text) => html! {
            <button type="button" class="button is-primary" {onclick}><Icon name={IconName::Look} size={18} />{ text }</button>
        },
        None => html! {
            <button type="button" class="icon-button search-picture" id={ENTRY_ID} {onclick}
                aria-label="Search by picture" title="Search by picture: choose, paste or drop one">
                <Icon name={IconName::Look} />
            </button>
        },
    };
    html! {
        <>
            { button }
            <input ref={input} type="file" accept={ACCEPT} hidden={true} aria-label="Choose a picture to search by" {onchange} />
        </>
    }
}

/// The first picture of what was pasted or dropped.
pub fn picture_in(data: Option<DataTransfer>) -> Option<File> {
    files(data.and_then(|data| data.files()))
        .into_iter()
        .find(|file| file.type_().starts_with("image/"))
}
