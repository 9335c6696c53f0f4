//! The rows as they look.

use protocol::ElementId;
use protocol::cluster::Cluster;
use yew::prelude::*;

use super::rows::{Group, Row};
use crate::cluster::cover::Cover;
use crate::cluster::visibility;
use crate::controls::{Icon, IconName};
use crate::store::use_clusters;
use crate::words;

pub const LIST_ID: &str = "picker-list";

pub fn row_id(index: usize) -> String {
    format!("picker-{index}")
}

#[derive(Properties, PartialEq)]
pub struct RowsProps {
    pub element: ElementId,
    pub groups: Vec<Group>,
    /// The row that the keyboard is at.
    pub active: usize,
    /// Do the number keys choose rows?
    pub numbered: bool,
    /// Why the new cluster was refused.
    pub refused: Option<AttrValue>,
    pub onchoose: Callback<usize>,
}

#[component]
pub fn Rows(props: &RowsProps) -> Html {
    let mut index = 0;
    html! {
        <div class="picker-list" id={LIST_ID} role="listbox" aria-multiselectable="true" aria-label="Clusters">
            { for props.groups.iter().map(|group| {
                let rows: Vec<Html> = group.rows.iter().map(|row| {
                    index += 1;
                    shown(props, row, index - 1)
                }).collect();
                let title = (!group.title.is_empty()).then_some(group.title);
                html! {
                    <div role="group" aria-label={title.unwrap_or("New cluster")} class="picker-group">
                        if let Some(title) = title { <p class="picker-title" role="presentation">{ title }</p> }
                        { for rows }
                    </div>
                }
            }) }
        </div>
    }
}

fn shown(props: &RowsProps, row: &Row, index: usize) -> Html {
    let active = props.active == index;
    match row {
        Row::Waiting => html! {
            <div class="picker-row is-waiting" id={row_id(index)} role="option" aria-selected="false" aria-disabled="true" aria-label="Looking for a cluster that fits">
                <span class="picker-cover"></span><span class="picker-text"><span></span><small></small></span>
            </div>
        },
        Row::Create(name) => html! {
            <div class={classes!("picker-row", "is-create", active.then_some("is-active"))} id={row_id(index)}
                role="option" aria-selected="false" onmousedown={hold()} onclick={choose(props, index)}>
                <span class="picker-cover is-plus"><Icon name={IconName::Plus} /></span>
                <span class="picker-text">
                    <span>{ "Create “" }<b>{ name.clone() }</b>{ "”" }</span>
                    if let Some(why) = &props.refused { <small class="is-bad" role="alert">{ why }</small> }
                </span>
            </div>
        },
        Row::Cluster { cluster, reason } => html! {
            <Choice element={props.element.clone()} cluster={cluster.clone()} reason={reason.clone()} {index} {active}
                number={(props.numbered && index < 9).then_some(index + 1)} onchoose={choose(props, index)} />
        },
    }
}

fn choose(props: &RowsProps, index: usize) -> Callback<MouseEvent> {
    props.onchoose.reform(move |_: MouseEvent| index)
}

/// The focus stays in the search field.
fn hold() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| event.prevent_default())
}

#[derive(Properties, PartialEq)]
struct ChoiceProps {
    element: ElementId,
    cluster: std::rc::Rc<Cluster>,
    reason: Option<String>,
    index: usize,
    active: bool,
    number: Option<usize>,
    onchoose: Callback<MouseEvent>,
}

#[component]
fn Choice(props: &ChoiceProps) -> Html {
    let cluster = &props.cluster;
    let mark = use_clusters().now().mark(&props.element, &cluster.id);
    let held = mark.held();
    let about = match &props.reason {
        Some(reason) => reason.clone(),
        None => words::count(cluster.count as i64, "picture"),
    };
    html! {
        <div class={classes!("picker-row", props.active.then_some("is-active"), held.then_some("is-held"))}
            id={row_id(props.index)} role="option" aria-selected={held.to_string()}
            aria-busy={mark.sending().then_some("true")} onmousedown={hold()} onclick={props.onchoose.clone()}>
            <span class="picker-cover"><Cover pictures={cluster.cover.clone()} small={true} /></span>
            <span class="picker-text">
                <span class="picker-name">
                    <span>{ cluster.name.clone() }</span>
                    <Icon name={visibility::icon(cluster.visibility)} size={14} />
                    <span class="unseen">{ visibility::words(cluster.visibility).0 }</span>
                </span>
                if let Some(why) = mark.failed() {
                    <small class="is-bad" role="alert">{ why.to_owned() }</small>
                } else {
                    <small>{ about }</small>
                }
            </span>
            if held {
                <span class="picker-check"><Icon name={IconName::Check} size={16} /></span>
            } else if let Some(number) = props.number {
                <kbd aria-hidden="true">{ number }</kbd>
            }
        </div>
    }
}
