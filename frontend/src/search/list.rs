//! What the field offers, as it looks.

use yew::prelude::*;

use super::offers::{Group, Offer};
use crate::controls::{Icon, IconName};
use crate::store::kept;

pub const LIST_ID: &str = "search-list";

pub fn offer_id(index: usize) -> String {
    format!("search-{index}")
}

#[derive(Properties, PartialEq)]
pub struct OffersProps {
    pub groups: Vec<Group>,
    /// The one that the keyboard is at.
    pub active: Option<usize>,
    /// Something newer was asked.
    pub stale: bool,
    pub hidden: bool,
    pub onchoose: Callback<usize>,
    /// Saves a search or forgets that it was saved.
    pub onstar: Callback<String>,
    pub onforget: Callback<String>,
}

#[component]
pub fn Offers(props: &OffersProps) -> Html {
    let mut index = 0;
    html! {
        <div class={classes!("search-list", props.stale.then_some("is-stale"))} id={LIST_ID} role="listbox" aria-label="Suggestions" hidden={props.hidden}>
            { for props.groups.iter().map(|group| {
                let rows: Vec<Html> = group.offers.iter().map(|offer| {
                    index += 1;
                    row(props, offer, index - 1)
                }).collect();
                html! {
                    <div role="group" aria-label={group.title}>
                        <p class="search-title" role="presentation">{ group.title }</p>
                        { for rows }
                    </div>
                }
            }) }
        </div>
    }
}

fn row(props: &OffersProps, offer: &Offer, index: usize) -> Html {
    let choose = props.onchoose.reform(move |_: MouseEvent| index);
    // the field keeps the focus
    let hold = Callback::from(|event: MouseEvent| event.prevent_default());
    html! {
        <div key={index} class="search-row" id={offer_id(index)} role="option" aria-selected={(props.active == Some(index)).to_string()}
            onmousedown={hold} onclick={choose}>
            if let Some(color) = &offer.swatch {
                <span class="hue is-large" style={format!("background:{color}")}></span>
            } else if let Some(icon) = offer.icon {
                <Icon name={icon} size={16} />
            }
            <span class="search-name">{ offer.name.clone() }</span>
            if let Some(alias) = &offer.alias {
                <span class="search-alias"><span aria-hidden="true">{ "← " }</span><span class="unseen">{ "also called " }</span>{ alias.clone() }</span>
            }
            <span class="search-about">{ offer.about.clone() }</span>
            if offer.kept { { keeping(props, &offer.name) } }
        </div>
    }
}

/// For the mouse; the keyboard has Delete, and results have a star of their
/// own.
fn keeping(props: &OffersProps, words: &str) -> Html {
    let saved = kept::is_saved(words);
    let act = |tell: &Callback<String>| {
        let (tell, words) = (tell.clone(), words.to_owned());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            tell.emit(words.clone());
        })
    };
    html! {
        <>
            <span class={classes!("search-act", saved.then_some("is-on"))} aria-hidden="true" title={if saved { "Don't save any more" } else { "Save this search" }} onclick={act(&props.onstar)}>
                <Icon name={IconName::Star} size={16} />
            </span>
            <span class="search-act" aria-hidden="true" title="Forget (Delete)" onclick={act(&props.onforget)}><Icon name={IconName::Close} size={16} /></span>
        </>
    }
}
