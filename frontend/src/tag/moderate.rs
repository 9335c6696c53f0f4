//! Other words for a tag, what it implies, and making it part of another.

use std::rc::Rc;

use protocol::tag::TagPage;
use protocol::value::TagName;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::field::TagField;
use crate::api::{self, Failure, tags::Tie};
use crate::controls::{Icon, IconName};
use crate::store::use_toasts;

#[derive(Properties, PartialEq)]
pub struct ModerateProps {
    pub page: Rc<TagPage>,
    pub changed: Callback<TagPage>,
    /// What it became.
    pub merged: Callback<TagPage>,
}

#[component]
pub fn Moderate(props: &ModerateProps) -> Html {
    html! {
        <div class="tag-moderate">
            <Ties page={props.page.clone()} tie={Tie::Alias} changed={props.changed.clone()} />
            <Ties page={props.page.clone()} tie={Tie::Implication} changed={props.changed.clone()} />
            <Merge page={props.page.clone()} merged={props.merged.clone()} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct TiesProps {
    page: Rc<TagPage>,
    tie: Tie,
    changed: Callback<TagPage>,
}

#[component]
fn Ties(props: &TiesProps) -> Html {
    let busy = use_state_eq(|| false);
    let refused = use_state_eq(|| None::<AttrValue>);
    let page = &props.page;
    let (title, label, id, all) = match props.tie {
        Tie::Alias => (
            "Other words for it",
            "Add another word",
            "tag-alias",
            &page.aliases,
        ),
        Tie::Implication => (
            "Whatever carries it is also",
            "Add what it implies",
            "tag-implies",
            &page.implies,
        ),
    };
    let send = {
        let (busy, refused, changed) = (busy.clone(), refused.clone(), props.changed.clone());
        let (tag, tie) = (page.name.clone(), props.tie);
        Callback::from(move |(other, add): (TagName, bool)| {
            if *busy {
                return;
            }
            busy.set(true);
            refused.set(None);
            let (busy, refused, changed, tag) =
                (busy.clone(), refused.clone(), changed.clone(), tag.clone());
            spawn_local(async move {
                let answer = if add {
                    api::tags::tie(&tag, tie, &other).await
                } else {
                    api::tags::untie(&tag, tie, &other).await
                };
                match answer {
                    Ok(page) => changed.emit(page),
                    Err(why) => refused.set(Some(format!("“{other}”: {}", why.message()).into())),
                }
                busy.set(false);
            });
        })
    };
    let add = send.reform(|name: TagName| (name, true));
    html! {
        <section class="block" aria-label={title}>
            <h3>{ title }</h3>
            if !all.is_empty() {
                <ul class="tags">
                    { for all.iter().map(|name| {
                        let (send, other) = (send.clone(), name.clone());
                        let onclick = Callback::from(move |_: MouseEvent| send.emit((other.clone(), false)));
                        let label = format!("Remove {name}");
                        html! {
                            <li key={name.to_string()} class="tag is-fact is-editable">
                                <span class="tag-link">{ name.to_string() }</span>
                                <button type="button" class="tag-button is-reject" aria-label={label.clone()} title={label} disabled={*busy} {onclick}><Icon name={IconName::Close} size={14} /></button>
                            </li>
                        }
                    }) }
                </ul>
            }
            <TagField name={id} {label} bare={true} placeholder={label} error={(*refused).clone()} onchoose={add} />
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct MergeProps {
    page: Rc<TagPage>,
    merged: Callback<TagPage>,
}

/// Asks again before it is done: it concerns every picture with the tag.
#[component]
fn Merge(props: &MergeProps) -> Html {
    let toasts = use_toasts();
    let into = use_state_eq(|| None::<TagName>);
    let busy = use_state_eq(|| false);
    let refused = use_state_eq(|| None::<AttrValue>);
    let choose = {
        let (into, refused) = (into.clone(), refused.clone());
        Callback::from(move |name: TagName| {
            refused.set(None);
            into.set(Some(name));
        })
    };
    let leave = {
        let into = into.clone();
        Callback::from(move |_: MouseEvent| into.set(None))
    };
    let merge = {
        let (into, busy, refused) = (into.clone(), busy.clone(), refused.clone());
        let (tag, merged) = (props.page.name.clone(), props.merged.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(other) = (*into).clone().filter(|_| !*busy) else {
                return;
            };
            busy.set(true);
            let (into, busy, refused) = (into.clone(), busy.clone(), refused.clone());
            let (tag, merged, toasts) = (tag.clone(), merged.clone(), toasts.clone());
            spawn_local(async move {
                match api::tags::merge(&tag, other.clone()).await {
                    Ok(page) => {
                        toasts.say(format!("“{tag}” is part of “{other}” now"));
                        merged.emit(page);
                    }
                    Err(why) => {
                        refused.set(Some(told(&why)));
                        into.set(None);
                        busy.set(false);
                    }
                }
            });
        })
    };
    html! {
        <section class="block" aria-label="Make it part of another tag">
            <h3>{ "Make it part of another tag" }</h3>
            if let Some(other) = &*into {
                <p>{ format!("Everything tagged “{}” will be tagged “{other}”, and “{}” becomes another word for that. It can be undone in the history of “{other}”.", props.page.name, props.page.name) }</p>
                <div class="row">
                    <button type="button" class="button is-small is-danger" onclick={merge} disabled={*busy}><Icon name={IconName::Merge} size={16} />{ if *busy { "Merging…" } else { "Merge" } }</button>
                    <button type="button" class="button is-small" onclick={leave}>{ "Cancel" }</button>
                </div>
            } else {
                <TagField name="tag-into" label="The other tag" bare={true} placeholder="The other tag" error={(*refused).clone()} onchoose={choose} />
            }
        </section>
    }
}

fn told(why: &Failure) -> AttrValue {
    why.message().into()
}
