//! What people changed about a tag, and taking it back.

use std::rc::Rc;

use protocol::tag::{TagChange, TagPage};
use protocol::{ChangeId, Cursor};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::words::{did, texts};
use crate::api;
use crate::controls::{Dialog, Icon, IconName};
use crate::nav::{Link, Route};
use crate::store::use_toasts;
use crate::words;

#[derive(Clone, PartialEq, Default)]
struct Known {
    changes: Vec<TagChange>,
    next: Option<Cursor>,
    loaded: bool,
    failed: Option<String>,
}

#[derive(Properties, PartialEq)]
pub struct HistoryProps {
    pub page: Rc<TagPage>,
    pub onclose: Callback<()>,
    /// The tag as it is after something was taken back.
    pub changed: Callback<TagPage>,
}

#[component]
pub fn History(props: &HistoryProps) -> Html {
    let toasts = use_toasts();
    let known = use_state_eq(Known::default);
    let busy = use_state_eq(|| None::<ChangeId>);
    let load = {
        let (known, tag) = (known.clone(), props.page.name.clone());
        Callback::from(move |from: Option<Cursor>| {
            let (set, tag) = (known.setter(), tag.clone());
            let before = if from.is_some() {
                known.changes.clone()
            } else {
                Vec::new()
            };
            spawn_local(async move {
                set.set(match api::tags::history(&tag, from.as_ref()).await {
                    Ok(page) => Known {
                        changes: before.into_iter().chain(page.items).collect(),
                        next: page.next_cursor,
                        loaded: true,
                        failed: None,
                    },
                    Err(why) => Known {
                        changes: before,
                        next: from,
                        loaded: true,
                        failed: Some(why.message()),
                    },
                });
            });
        })
    };
    use_effect_with(props.page.name.clone(), {
        let load = load.clone();
        move |_| load.emit(None)
    });
    let undo = {
        let (busy, load, changed) = (busy.clone(), load.clone(), props.changed.clone());
        let tag = props.page.name.clone();
        Callback::from(move |change: ChangeId| {
            if busy.is_some() {
                return;
            }
            busy.set(Some(change.clone()));
            let (busy, load, changed, tag, toasts) = (
                busy.clone(),
                load.clone(),
                changed.clone(),
                tag.clone(),
                toasts.clone(),
            );
            spawn_local(async move {
                match api::tags::undo(&tag, &change).await {
                    Ok(page) => {
                        toasts.say("Taken back");
                        // a name that was taken back makes the page another one
                        if page.name == tag {
                            load.emit(None);
                        }
                        changed.emit(page);
                    }
                    Err(why) => toasts.say(format!("Not taken back: {}", why.message())),
                }
                busy.set(None);
            });
        })
    };
    let more = {
        let (load, next) = (load.clone(), known.next.clone());
        Callback::from(move |_: MouseEvent| load.emit(next.clone()))
    };
    html! {
        <Dialog title={format!("History of “{}”", props.page.name)} onclose={props.onclose.clone()}>
            if !known.loaded {
                <p class="quiet" role="status">{ "Loading…" }</p>
            } else if known.changes.is_empty() && known.failed.is_none() {
                <p class="quiet">{ "Nobody has changed anything about this tag yet." }</p>
            }
            <ol class="changes">
                { for known.changes.iter().map(|change| {
                    let (undo, id) = (undo.clone(), change.id.clone());
                    let onclick = Callback::from(move |_: MouseEvent| undo.emit(id.clone()));
                    html! { <li key={change.id.to_string()}>{ shown(change, onclick, busy.as_ref() == Some(&change.id)) }</li> }
                }) }
            </ol>
            if let Some(why) = &known.failed {
                <p class="field-error" role="alert">{ why.clone() }</p>
            }
            if known.next.is_some() || known.failed.is_some() {
                <button type="button" class="button is-small" onclick={more}>{ if known.failed.is_some() { "Try again" } else { "Show earlier changes" } }</button>
            }
        </Dialog>
    }
}

fn shown(change: &TagChange, onclick: Callback<MouseEvent>, busy: bool) -> Html {
    let now = js_sys::Date::now() as i64;
    let undone = change.undone_by.is_some();
    html! {
        <div class={classes!("change", undone.then_some("is-undone"))}>
            <div class="change-text">
                <p>
                    if let Some(by) = &change.by {
                        <Link to={Route::profile(&by.handle)}>{ by.display_name.clone() }</Link>
                    } else {
                        <span>{ "The vocabulary" }</span>
                    }
                    { " " }<span class="change-did">{ did(change) }</span>
                </p>
                if let Some((before, after)) = texts(change) {
                    if !before.is_empty() { <p class="change-quote is-before"><del>{ before.to_owned() }</del></p> }
                    if !after.is_empty() { <p class="change-quote"><ins>{ after.to_owned() }</ins></p> }
                }
                <p class="quiet">
                    <time datetime={change.at.to_string()} title={change.at.to_string()}>{ words::ago(now, change.at.millis()) }</time>
                    if undone { { " · taken back" } }
                </p>
            </div>
            if change.undoable && !undone {
                <button type="button" class="button is-small" disabled={busy} {onclick}><Icon name={IconName::Undo} size={16} />{ "Undo" }</button>
            }
        </div>
    }
}
