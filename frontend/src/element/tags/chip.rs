//! One tag with who says so, how surely, and what can be said about it.

use protocol::element::{Tag, TagState};
use yew::prelude::*;

use super::standing::{Standing, Word};
use crate::controls::{Icon, IconName};
use crate::nav::TagLink;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct ChipProps {
    pub tag: Tag,
    /// Offers every word that fits, not only an answer to a suggestion.
    pub editing: bool,
    /// Hears what is said; nobody who may say nothing.
    pub onword: Option<Callback<(Tag, Word)>>,
}

#[component]
pub fn Chip(props: &ChipProps) -> Html {
    let tag = &props.tag;
    let name = tag.name.to_string();
    let standing = Standing::of(tag);
    let score = words::percent(tag.score);
    let (class, said) = match standing {
        Standing::Fact => ("is-fact", "a person says so".to_owned()),
        Standing::Sure => ("is-sure", format!("a model is sure, {score}")),
        Standing::Suggested => ("is-suggested", format!("suggested by a model, {score}")),
        Standing::Unsure => ("is-unsure", format!("a model is unsure, {score}")),
        Standing::Rejected => ("is-rejected", "a person says no".to_owned()),
    };
    if let Some(cause) = &tag.implied_by {
        return implied(&name, cause.as_str());
    }
    let by_model = matches!(
        standing,
        Standing::Sure | Standing::Suggested | Standing::Unsure
    );
    html! {
        <span class={classes!("tag", class)}>
            <TagLink name={name.clone()} class="tag-link" title={said.clone()}>
                if by_model { <Icon name={IconName::Spark} size={14} /> }
                <span class="tag-name">{ name }</span>
                if by_model { <span class="tag-score" aria-hidden="true">{ score }</span> }
                <span class="unseen">{ format!(", {said}") }</span>
            </TagLink>
            { buttons(props, standing) }
        </span>
    }
}

/// It came with another one and goes with it: there is nothing to say about it.
fn implied(name: &str, cause: &str) -> Html {
    let said = format!("because of {cause}");
    html! {
        <span class="tag is-implied">
            <TagLink name={name.to_owned()} class="tag-link" title={said.clone()}>
                <span class="tag-name">{ name.to_owned() }</span>
                <span class="tag-because">{ said }</span>
            </TagLink>
        </span>
    }
}

fn buttons(props: &ChipProps, standing: Standing) -> Html {
    let Some(onword) = &props.onword else {
        return Html::default();
    };
    let asks = matches!(standing, Standing::Suggested | Standing::Unsure);
    let accepts = asks || (props.editing && standing == Standing::Sure);
    let name = &props.tag.name;
    let button = |word: Word, icon: IconName, class: &'static str, label: String| {
        let (onword, tag) = (onword.clone(), props.tag.clone());
        let onclick = Callback::from(move |_: MouseEvent| onword.emit((tag.clone(), word)));
        html! {
            <button type="button" class={classes!("tag-button", class)} aria-label={label.clone()} title={label} {onclick}>
                <Icon name={icon} size={14} />
            </button>
        }
    };
    let accept = || {
        let word = Word::Put(TagState::Fact);
        button(word, IconName::Check, "is-accept", format!("Accept {name}"))
    };
    let reject = || {
        let word = Word::Put(TagState::Rejected);
        button(word, IconName::Close, "is-reject", format!("Reject {name}"))
    };
    let remove = || {
        let label = format!("Remove {name}");
        button(Word::Delete, IconName::Close, "is-reject", label)
    };
    let take_back = || {
        let word = Word::Put(TagState::Suggested);
        let label = format!("Take back the rejection of {name}");
        button(word, IconName::Undo, "is-accept", label)
    };
    match standing {
        _ if accepts => html! { <>{ accept() }{ reject() }</> },
        Standing::Fact if props.editing => remove(),
        Standing::Rejected => take_back(),
        _ => Html::default(),
    }
}
