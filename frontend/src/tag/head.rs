//! What a tag is: the upper part of its page.

use std::rc::Rc;

use protocol::tag::TagPage;
use protocol::value::TagName;
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::nav::{Link, Route, TagLink};
use crate::words;

/// More special tags that are named before somebody asks for all.
const BELOW: usize = 12;

#[derive(Properties, PartialEq)]
pub struct TagHeadProps {
    pub page: Rc<TagPage>,
    pub onedit: Callback<()>,
    pub onhistory: Callback<()>,
}

#[component]
pub fn TagHead(props: &TagHeadProps) -> Html {
    let page = &props.page;
    let all = use_state_eq(|| false);
    let more = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    let hidden = match *all {
        true => 0,
        false => page.below.len().saturating_sub(BELOW),
    };
    // what follows from what it implies, beyond that itself
    let above = || {
        page.above
            .iter()
            .filter(|name| !page.implies.contains(name))
    };
    html! {
        <header class="tag-head">
            <p class="tag-kind">
                <Icon name={IconName::Tag} size={16} />
                { if page.category.is_empty() { "tag".to_owned() } else { page.category.clone() } }
            </p>
            <h1>{ page.name.to_string() }</h1>
            if page.description.is_empty() {
                <p class="tag-about is-missing">{ "Nobody has described this tag yet." }</p>
            } else {
                <p class="tag-about">{ page.description.clone() }</p>
            }
            <p class="tag-facts">
                <span>{ words::count(page.count.into(), "public picture") }</span>
                if !page.aliases.is_empty() {
                    <span>{ "also called " }{ for page.aliases.iter().enumerate().map(|(at, alias)| html! {
                        <>{ if at > 0 { ", " } else { "" } }<b>{ alias.to_string() }</b></>
                    }) }</span>
                }
            </p>
            if !page.implies.is_empty() || !page.below.is_empty() {
                <dl class="tag-ties">
                    if !page.implies.is_empty() {
                        <div><dt>{ "Is also" }</dt><dd>
                            { for page.implies.iter().map(way) }
                            if above().next().is_some() { <span class="quiet" aria-hidden="true">{ "›" }</span> }
                            { for above().map(way) }
                        </dd></div>
                    }
                    if !page.below.is_empty() {
                        <div><dt>{ "Includes" }</dt><dd>
                            { for page.below[..page.below.len() - hidden].iter().map(way) }
                            if hidden > 0 {
                                <button type="button" class="way" onclick={more}>{ format!("+ {hidden}") }<span class="unseen">{ " more tags" }</span></button>
                            }
                        </dd></div>
                    }
                </dl>
            }
            <div class="tag-actions">
                <button type="button" class="button is-small" onclick={props.onedit.reform(|_: MouseEvent| ())}><Icon name={IconName::Pencil} size={16} />{ "Edit" }</button>
                <button type="button" class="button is-small" onclick={props.onhistory.reform(|_: MouseEvent| ())}><Icon name={IconName::Clock} size={16} />{ "History" }</button>
            </div>
        </header>
    }
}

fn way(name: &TagName) -> Html {
    html! { <TagLink key={name.to_string()} name={name.to_string()} class="way" /> }
}

#[derive(Properties, PartialEq)]
pub struct NeighboursProps {
    pub page: Rc<TagPage>,
    /// Leads on among neighbourhoods rather than to the tags' pages.
    #[prop_or_default]
    pub walking: bool,
}

/// What stands beside it more often than chance.
#[component]
pub fn Neighbours(props: &NeighboursProps) -> Html {
    if props.page.related.is_empty() {
        return Html::default();
    }
    html! {
        <section class="tag-near" aria-labelledby="tag-near">
            <h2 id="tag-near">{ "Often seen with" }</h2>
            <div class="narrow-line">
                { for props.page.related.iter().map(|near| {
                    let name = near.name.as_str();
                    let title = format!("{} with both", words::count(near.count.into(), "picture"));
                    let to = if props.walking { Route::around(name) } else { Route::tag(name) };
                    html! {
                        <Link key={name.to_owned()} {to} class="way" {title}>{ name.to_owned() }<span class="tag-score">{ near.count }</span></Link>
                    }
                }) }
            </div>
        </section>
    }
}
