//! Putting several pictures into a cluster.

use std::rc::Rc;

use protocol::cluster::{Cluster, NewCluster};
use protocol::element::Visibility;
use protocol::{ElementId, limits};
use web_sys::HtmlInputElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::tally::{Failed, Tally, pictures};
use crate::api::{self, Failure};
use crate::cluster::{Cover, Row, Suggested, first_choice, groups};
use crate::controls::{Dialog, Icon, IconName};
use crate::store::{Clusters, Toasts, use_clusters, use_toasts};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct AddToProps {
    pub ids: Rc<Vec<ElementId>>,
    pub onclose: Callback<()>,
    pub failed: Callback<Vec<Failed>>,
}

#[component]
pub fn AddTo(props: &AddToProps) -> Html {
    let (clusters, toasts) = (use_clusters(), use_toasts());
    let typed = use_state_eq(String::new);
    let moved = use_state_eq(|| None::<usize>);
    let busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<String>);
    use_effect_with((), {
        let clusters = clusters.clone();
        move |()| clusters.load_mine(None)
    });
    let editable = clusters.now().editable();
    let listed = groups(&typed, &editable, &Suggested::None);
    // nothing is suggested for several: each would fit elsewhere
    let listed: Vec<_> = listed
        .into_iter()
        .filter(|group| group.title != "Suggested" || editable.len() == 1)
        .collect();
    let rows: Vec<Row> = listed.iter().flat_map(|group| group.rows.clone()).collect();
    let active = moved
        .unwrap_or_else(|| first_choice(&listed))
        .min(rows.len().saturating_sub(1));
    let choose = {
        let (rows, busy, error) = (rows.clone(), busy.clone(), error.clone());
        let (ids, close) = (props.ids.clone(), props.onclose.clone());
        let saving = Saving {
            clusters: clusters.clone(),
            toasts,
            failed: props.failed.clone(),
        };
        Callback::from(move |index: usize| {
            let Some(row) = rows.get(index).cloned().filter(|_| !*busy) else {
                return;
            };
            busy.set(true);
            error.set(None);
            let (saving, ids) = (saving.clone(), ids.clone());
            let (busy, error, close) = (busy.clone(), error.clone(), close.clone());
            spawn_local(async move {
                match saving.save(&row, &ids).await {
                    Ok(()) => close.emit(()),
                    Err(why) => {
                        error.set(Some(why.message()));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let oninput = {
        let (typed, moved) = (typed.clone(), moved.clone());
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_unchecked_into::<HtmlInputElement>().value());
            moved.set(None);
        })
    };
    let onkeydown = {
        let (moved, choose, last) = (moved.clone(), choose.clone(), rows.len().saturating_sub(1));
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" => moved.set(Some((active + 1).min(last))),
                "ArrowUp" => moved.set(Some(active.saturating_sub(1))),
                "Enter" if !event.is_composing() => choose.emit(active),
                _ => return,
            }
            event.prevent_default();
        })
    };
    html! {
        <Dialog title={format!("Save {} to", pictures(props.ids.len()))} onclose={props.onclose.clone()}>
            <div class="picker-field is-inside">
                <Icon name={IconName::Search} size={18} />
                <input type="text" role="combobox" data-first="" aria-label="Find a cluster, or name a new one" placeholder="Find or name a cluster"
                    aria-autocomplete="list" aria-expanded={(!rows.is_empty()).to_string()} aria-controls="add-to-list"
                    aria-activedescendant={(!rows.is_empty()).then(|| row_id(active))}
                    autocomplete="off" enterkeyhint="done" maxlength={limits::CLUSTER_NAME_MAX.to_string()} value={(*typed).clone()} {oninput} {onkeydown} />
            </div>
            <div class="add-to" id="add-to-list" role="listbox" aria-label="Clusters" aria-busy={busy.to_string()} hidden={rows.is_empty()}>
                { for rows.iter().enumerate().map(|(index, row)| {
                    let onclick = choose.reform(move |_: MouseEvent| index);
                    shown(row, index, index == active, onclick)
                }) }
            </div>
            if rows.is_empty() {
                <p class="quiet">{ "No clusters yet. Type a name above and press Enter to make your first." }</p>
            }
            if let Some(why) = &*error { <p class="field-error" role="alert">{ why.clone() }</p> }
        </Dialog>
    }
}

fn row_id(index: usize) -> String {
    format!("add-to-{index}")
}

fn shown(row: &Row, index: usize, active: bool, onclick: Callback<MouseEvent>) -> Html {
    // the field keeps the focus
    let hold = Callback::from(|event: MouseEvent| event.prevent_default());
    let class = classes!("picker-row", active.then_some("is-active"));
    let inside = match row {
        Row::Create(name) => html! {
            <>
                <span class="picker-cover is-plus"><Icon name={IconName::Plus} /></span>
                <span class="picker-text"><span>{ "Create “" }<b>{ name.clone() }</b>{ "”" }</span><small>{ "private at first" }</small></span>
            </>
        },
        Row::Cluster { cluster, .. } => html! {
            <>
                <span class="picker-cover"><Cover pictures={cluster.cover.clone()} small={true} /></span>
                <span class="picker-text"><span>{ cluster.name.clone() }</span><small>{ words::count(cluster.count as i64, "picture") }</small></span>
            </>
        },
        Row::Waiting => Html::default(),
    };
    html! {
        <div key={index} {class} id={row_id(index)} role="option" aria-selected={active.to_string()} onmousedown={hold} {onclick}>{ inside }</div>
    }
}

#[derive(Clone)]
struct Saving {
    clusters: Clusters,
    toasts: Toasts,
    failed: Callback<Vec<Failed>>,
}

impl Saving {
    async fn save(&self, row: &Row, ids: &[ElementId]) -> Result<(), Failure> {
        let cluster = match row {
            Row::Cluster { cluster, .. } => cluster.clone(),
            Row::Create(name) => {
                let new = NewCluster {
                    name: name.clone(),
                    description: String::new(),
                    visibility: Visibility::Private,
                    elements: Vec::new(),
                };
                let cluster = api::clusters::create(&new).await?;
                self.clusters.put(cluster.clone());
                Rc::new(cluster)
            }
            Row::Waiting => return Ok(()),
        };
        let mut tally = Tally::default();
        for (at, part) in ids.chunks(limits::BULK_IDS).enumerate() {
            match api::clusters::add(&cluster.id, part).await {
                Ok(added) => {
                    for item in added.items {
                        if item.error.is_none() {
                            self.clusters.learn(&item.id, &cluster.id, true);
                        }
                        if item.error.is_none() && item.held {
                            tally.before.push(item.id);
                        } else {
                            tally.take(item.id, item.error.as_ref());
                        }
                    }
                    self.clusters.put(added.cluster);
                }
                // what went through before is told and can be undone
                Err(why) if at > 0 => {
                    part.iter()
                        .for_each(|id| tally.fail(id.clone(), why.message()));
                }
                Err(why) => return Err(why),
            }
        }
        self.told(&cluster, tally);
        Ok(())
    }

    fn told(&self, cluster: &Rc<Cluster>, tally: Tally) {
        let says = format!("{} to {}", tally.says("Saved"), cluster.name);
        if tally.done.is_empty() {
            self.toasts.say(says);
        } else {
            let (this, cluster, ids) = (self.clone(), cluster.clone(), tally.done);
            let undo = Callback::from(move |()| this.undo(cluster.clone(), ids.clone()));
            self.toasts.offer(says, "Undo", undo);
        }
        if !tally.failed.is_empty() {
            self.failed.emit(tally.failed);
        }
    }

    fn undo(&self, cluster: Rc<Cluster>, ids: Vec<ElementId>) {
        let this = self.clone();
        spawn_local(async move {
            let mut tally = Tally::default();
            for id in ids {
                match api::clusters::take_out(&cluster.id, &id).await {
                    Ok(placed) => {
                        this.clusters.learn(&id, &cluster.id, false);
                        this.clusters.put(placed.cluster);
                        tally.done.push(id);
                    }
                    Err(why) => tally.fail(id, why.message()),
                }
            }
            this.toasts
                .say(format!("{} from {}", tally.says("Removed"), cluster.name));
            if !tally.failed.is_empty() {
                this.failed.emit(tally.failed);
            }
        });
    }
}
