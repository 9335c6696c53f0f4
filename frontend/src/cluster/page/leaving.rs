//! What is needed seldom: how much the cluster counts in the home feed,
//! leaving it, deleting it.

use protocol::cluster::{Cluster, ClusterRole, Influence};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::cluster::use_influence;
use crate::controls::{Icon, IconName, Menu};
use crate::nav::{Route, use_go};
use crate::store::{ClusterChange, use_clusters, use_toasts, use_user};

#[derive(Properties, PartialEq)]
pub struct MoreProps {
    pub cluster: Cluster,
    /// Who can see it? is asked.
    pub onaudience: Callback<()>,
}

#[component]
pub fn More(props: &MoreProps) -> Html {
    let (clusters, toasts, go, user) = (use_clusters(), use_toasts(), use_go(), use_user());
    let cluster = &props.cluster;
    let owner = cluster.role == Some(ClusterRole::Owner);
    let remove = {
        let (clusters, toasts, go) = (clusters.clone(), toasts.clone(), go.clone());
        let (id, name) = (cluster.id.clone(), cluster.name.clone());
        Callback::from(move |_: MouseEvent| {
            let (clusters, toasts, go) = (clusters.clone(), toasts.clone(), go.clone());
            let (id, name) = (id.clone(), name.clone());
            spawn_local(async move {
                if let Err(why) = api::clusters::remove(&id).await {
                    toasts.say(format!("Not deleted: {}", why.message()));
                    return;
                }
                go.replace(&Route::Clusters);
                clusters.tell(ClusterChange::Gone(id.clone()));
                let undo = {
                    let (clusters, toasts) = (clusters.clone(), toasts.clone());
                    Callback::from(move |()| {
                        let (clusters, toasts, id) = (clusters.clone(), toasts.clone(), id.clone());
                        spawn_local(async move {
                            match api::clusters::restore(&id).await {
                                Ok(cluster) => clusters.put(cluster),
                                Err(why) => toasts.say(format!("Not restored: {}", why.message())),
                            }
                        });
                    })
                };
                toasts.offer(format!("{name} deleted"), "Undo", undo);
            });
        })
    };
    let leave = {
        let (clusters, toasts) = (clusters.clone(), toasts.clone());
        let (id, name) = (cluster.id.clone(), cluster.name.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(me) = user.as_ref().map(|user| user.handle.clone()) else {
                return;
            };
            let (clusters, toasts, go) = (clusters.clone(), toasts.clone(), go.clone());
            let (id, name) = (id.clone(), name.clone());
            spawn_local(async move {
                match api::clusters::remove_member(&id, &me).await {
                    Ok(_) => {
                        go.replace(&Route::Clusters);
                        clusters.tell(ClusterChange::Gone(id));
                        toasts.say(format!("You left {name}"));
                    }
                    Err(why) => toasts.say(format!("Not left: {}", why.message())),
                }
            });
        })
    };
    let button =
        html! { <span class="icon-button cluster-more"><Icon name={IconName::Dots} /></span> };
    html! {
        <Menu label="More about this cluster" {button}>
            <InfluenceChoice cluster={cluster.clone()} />
            <hr />
            if owner {
                <button type="button" class="menu-item" onclick={props.onaudience.reform(|_: MouseEvent| ())}><Icon name={IconName::Eye} />{ "Who can see this?" }</button>
                <button type="button" class="menu-item is-danger" onclick={remove}><Icon name={IconName::Trash} />{ "Delete cluster" }</button>
            } else {
                <button type="button" class="menu-item" onclick={leave}><Icon name={IconName::Leave} />{ "Leave cluster" }</button>
            }
        </Menu>
    }
}

#[derive(Properties, PartialEq)]
struct InfluenceChoiceProps {
    cluster: Cluster,
}

/// How much it counts in the viewer's home feed.
#[component]
fn InfluenceChoice(props: &InfluenceChoiceProps) -> Html {
    let (now, choose) = use_influence(&props.cluster.id, &props.cluster.name);
    let options = [
        (Influence::Muted, "None"),
        (Influence::Normal, "Usual"),
        (Influence::Boosted, "More"),
    ];
    html! {
        <div class="influence" role="group" aria-label="How much of your home feed follows this cluster">
            <p>{ "In your home feed" }</p>
            <div class="theme">
                { for options.map(|(influence, text)| html! {
                    <button type="button" data-stay="" class={classes!("theme-option", (now == influence).then_some("is-chosen"))}
                        aria-pressed={(now == influence).to_string()} onclick={choose.reform(move |_: MouseEvent| influence)}>{ text }</button>
                }) }
            </div>
        </div>
    }
}
