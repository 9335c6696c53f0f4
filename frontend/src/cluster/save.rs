//! The button that opens the pop-over.

use protocol::ElementId;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::picker::use_picking;
use crate::controls::{Icon, IconName};
use crate::store::use_clusters;

/// Found by the key `s`.
pub const SAVE_SELECTOR: &str = ".save-button";

#[derive(Properties, PartialEq)]
pub struct SaveButtonProps {
    pub element: ElementId,
    /// What it is about, for who doesn't see what it stands on.
    pub about: AttrValue,
    /// The cluster that another button beside it saves to: this one chooses
    /// others.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    #[prop_or_default]
    pub class: Classes,
}

#[component]
pub fn SaveButton(props: &SaveButtonProps) -> Html {
    let picking = use_picking();
    let node = use_node_ref();
    let saved = use_clusters().now().is_saved(&props.element);
    let open = picking.is_open_at(&node);
    let onclick = {
        let (element, node) = (props.element.clone(), node.clone());
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            if let Some(button) = node.cast::<HtmlElement>() {
                picking.toggle(&element, button);
            }
        })
    };
    let (icon, text) = if saved {
        (IconName::Check, "Saved")
    } else {
        (IconName::Stack, "Save")
    };
    let label = match &props.name {
        Some(_) => format!("Choose clusters: {}", props.about),
        None => format!("{text}: {}", props.about),
    };
    html! {
        <button ref={node} type="button" aria-haspopup="dialog" aria-expanded={open.to_string()}
            aria-label={label} data-save={props.element.to_string()} {onclick}
            class={classes!("save-button", saved.then_some("is-saved"), open.then_some("is-open"), props.class.clone())}>
            if let Some(name) = &props.name {
                <span class="card-target">{ name }</span><Icon name={IconName::Down} size={16} />
            } else {
                <Icon name={icon} size={18} /><span>{ text }</span>
            }
        </button>
    }
}
