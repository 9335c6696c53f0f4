//! How much the cluster that brought a card counts in the home feed.

use std::rc::Rc;

use protocol::cluster::{ClusterRef, Influence};
use yew::prelude::*;

use crate::cluster::use_influence;
use crate::controls::{Icon, IconName};

#[derive(Properties, PartialEq)]
pub struct InfluenceItemsProps {
    pub cluster: Rc<ClusterRef>,
}

#[component]
pub fn InfluenceItems(props: &InfluenceItemsProps) -> Html {
    let (now, choose) = use_influence(&props.cluster.id, &props.cluster.name);
    let options = [
        (Influence::Muted, "Nothing because of it"),
        (Influence::Normal, "As usual"),
        (Influence::Boosted, "More because of it"),
    ];
    html! {
        <>
            <hr role="separator" />
            <div role="group" class="card-menu-group" aria-labelledby="card-menu-cluster">
                <span id="card-menu-cluster" class="card-menu-title" role="presentation">{ format!("“{}” in your home", props.cluster.name) }</span>
                { for options.map(|(influence, text)| {
                    let on = now == influence;
                    html! {
                        <button type="button" role="menuitemradio" tabindex="-1" aria-checked={on.to_string()} class="menu-item"
                            onclick={choose.reform(move |_: MouseEvent| influence)}>
                            <span class="card-menu-check">if on { <Icon name={IconName::Check} size={18} /> }</span>{ text }
                        </button>
                    }
                }) }
            </div>
        </>
    }
}
