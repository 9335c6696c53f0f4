//! What can be done with a card beside opening and saving it: liking it, and
//! a menu with the rest.

use web_sys::{Element as Node, HtmlElement};
use yew::prelude::*;

use super::menu::{About, use_card_menu};
use crate::controls::{Icon, IconName, area_of};
use crate::picture::name_of;
use crate::store::use_like;

/// The key `f` presses it.
pub const LIKE_SELECTOR: &str = ".like-button";

#[derive(Properties, PartialEq)]
pub struct ToolsProps {
    pub about: About,
    /// Height of what stands below the picture.
    pub bottom: f64,
    /// Somebody points at the card or has the focus in it.
    pub near: bool,
}

#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    let element = &props.about.element;
    let menu = use_card_menu();
    let more = use_node_ref();
    let (liked, toggle) = use_like(&element.id, props.near);
    let open = menu.is_open_for(&props.about);
    let name = name_of(element);
    let like = toggle.reform(|_: MouseEvent| ());
    let onclick = {
        let (about, more) = (props.about.clone(), more.clone());
        Callback::from(move |_: MouseEvent| {
            if let (Some(node), Some(button)) = (more.cast::<Node>(), more.cast::<HtmlElement>()) {
                menu.toggle(&about, area_of(&node), button);
            }
        })
    };
    let style = format!("bottom:calc({:.0}px + .5rem)", props.bottom);
    html! {
        <div class={classes!("card-tools", liked.then_some("is-liked"), open.then_some("is-open"))} {style}>
            <button type="button" class="card-tool like-button" aria-pressed={liked.to_string()}
                aria-label={format!("Like: {name}")} title="Like (f)" onclick={like}>
                <Icon name={IconName::Heart} size={18} />
            </button>
            <button ref={more} type="button" class="card-tool card-more" aria-haspopup="menu" aria-expanded={open.to_string()}
                aria-label={format!("More about {name}")} title="More" {onclick}>
                <Icon name={IconName::Dots} size={18} />
            </button>
        </div>
    }
}
