//! What can be taken along: the file and the address.

use std::rc::Rc;

use protocol::element::Element;
use yew::prelude::*;

use crate::cluster::SaveButton;
use crate::controls::{Icon, IconName, use_copy};
use crate::picture::{alt_text, original};
use crate::store::use_like;

#[derive(Properties, PartialEq)]
pub struct ActionsProps {
    pub element: Rc<Element>,
}

#[component]
pub fn Actions(props: &ActionsProps) -> Html {
    let copy = use_copy("Link copied");
    let element = &props.element;
    let onclick = {
        let id = element.id.clone();
        Callback::from(move |_: MouseEvent| {
            let origin = gloo::utils::window().location().origin();
            copy.emit(format!("{}/e/{id}", origin.unwrap_or_default()));
        })
    };
    let (liked, like) = use_like(&element.id, true);
    let like = like.reform(|_: MouseEvent| ());
    let file = &element.source.file_name;
    let name = file.clone().unwrap_or_else(|| element.id.to_string());
    html! {
        <div class="detail-actions">
            <SaveButton element={element.id.clone()} about={alt_text(element)} class="button is-primary" />
            <button type="button" class={classes!("button", "like-button", liked.then_some("is-liked"))} aria-pressed={liked.to_string()} title="Like (f)" onclick={like}>
                <Icon name={IconName::Heart} size={18} />{ if liked { "Liked" } else { "Like" } }
            </button>
            <button type="button" class="button" {onclick}><Icon name={IconName::Link} size={18} />{ "Copy link" }</button>
            if let Some(file) = original(element) {
                <a class="button" href={file.url.clone()} download={name}><Icon name={IconName::Download} size={18} />{ "Download" }</a>
            }
        </div>
    }
}
