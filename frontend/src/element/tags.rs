//! Tags, with who says so and how surely.

use std::rc::Rc;

use protocol::element::{Element, State, Tag, TagSource, TagState};
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::nav::SearchLink;
use crate::words;

/// Tags that are shown before somebody asks for all.
const FIRST: usize = 10;

#[derive(Properties, PartialEq)]
pub struct TagsProps {
    pub element: Rc<Element>,
}

#[component]
pub fn Tags(props: &TagsProps) -> Html {
    let all = use_state_eq(|| false);
    let mut tags: Vec<&Tag> = props
        .element
        .tags
        .iter()
        .filter(|t| t.state != TagState::Rejected)
        .collect();
    tags.sort_by(|a, b| {
        let person = |t: &Tag| t.source == TagSource::Person;
        person(b).cmp(&person(a)).then(b.score.total_cmp(&a.score))
    });
    if tags.is_empty() {
        let text = match props.element.state {
            State::Processing => return Html::default(),
            _ => "No tags yet",
        };
        return html! { <section class="block"><h2>{ "Tags" }</h2><p class="quiet">{ text }</p></section> };
    }
    let hidden = if *all {
        0
    } else {
        tags.len().saturating_sub(FIRST)
    };
    let suggested = tags.iter().any(|t| t.source == TagSource::Model);
    let show = Callback::from(move |_: MouseEvent| all.set(true));
    html! {
        <section class="block">
            <h2>{ "Tags" }</h2>
            <ul class="tags">
                { for tags.iter().take(tags.len() - hidden).map(|tag| html! { <li>{ one(tag) }</li> }) }
                if hidden > 0 {
                    <li><button type="button" class="tag is-more" onclick={show}>{ format!("+ {hidden}") }</button></li>
                }
            </ul>
            if suggested {
                <p class="note"><Icon name={IconName::Spark} size={14} />{ "suggested by a model, with its confidence" }</p>
            }
        </section>
    }
}

fn one(tag: &Tag) -> Html {
    let name = tag.name.to_string();
    match tag.source {
        TagSource::Person => html! {
            <SearchLink words={name.clone()} class="tag is-fact" title="Added by a person"><span>{ name }</span></SearchLink>
        },
        TagSource::Model => {
            let score = words::percent(tag.score);
            let title = format!("Suggested by a model, {score} sure");
            html! {
                <SearchLink words={name.clone()} class="tag is-suggested" {title}>
                    <Icon name={IconName::Spark} size={14} />
                    <span>{ name }</span>
                    <span class="tag-score">{ score }</span>
                </SearchLink>
            }
        }
    }
}
