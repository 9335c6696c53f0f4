//! What comes first, and keeping a search.

use protocol::query::Order;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::pieces::Pieces;
use crate::controls::{Icon, IconName};
use crate::nav::use_go;
use crate::store::kept;

const ORDERS: [(Order, &str); 4] = [
    (Order::Relevance, "Best match"),
    (Order::Newest, "Newest"),
    (Order::Oldest, "Oldest"),
    (Order::Quality, "Best quality"),
];

#[derive(Properties, PartialEq)]
pub struct ToolsProps {
    pub pieces: Pieces,
}

#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    let go = use_go();
    let changed = use_force_update();
    let now = props.pieces.order();
    let onchange = {
        let pieces = props.pieces.clone();
        Callback::from(move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
            if let Some(order) = Order::ALL.iter().find(|o| o.as_str() == chosen) {
                go.search(&pieces.ordered(*order).write(), false);
            }
        })
    };
    let words = props.pieces.write();
    let saved = kept::is_saved(&words);
    let star = Callback::from(move |_: MouseEvent| {
        kept::toggle_saved(&words);
        changed.force_update();
    });
    let label = if saved {
        "Saved search"
    } else {
        "Save this search"
    };
    html! {
        <div class="search-tools">
            <label class="order">
                <span class="unseen">{ "Order" }</span>
                <select {onchange}>
                    { for ORDERS.iter().map(|(order, name)| html! {
                        <option value={order.as_str()} selected={now == *order}>{ *name }</option>
                    }) }
                </select>
                <Icon name={IconName::Down} size={16} />
            </label>
            <button type="button" class={classes!("icon-button", "search-star", saved.then_some("is-on"))} aria-pressed={saved.to_string()} aria-label="Save this search" title={label} onclick={star}>
                <Icon name={IconName::Star} />
            </button>
        </div>
    }
}
