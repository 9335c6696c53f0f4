//! The cluster's name, whose it is, who sees it, and what can be done with it.

use protocol::cluster::{Cluster, ClusterRole};
use web_sys::HtmlElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::leaving::More;
use super::presence::Presence;
use crate::api;
use crate::cluster::visibility;
use crate::controls::{Icon, IconName, focusable};
use crate::element::initial;
use crate::nav::{Link, Route};
use crate::store::{use_clusters, use_toasts};
use crate::words;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    Edit,
    Share,
    Arrange,
    /// Who can see it?
    Audience,
}

#[derive(Properties, PartialEq)]
pub struct HeadProps {
    pub cluster: Cluster,
    pub arranging: bool,
    pub ask: Callback<Ask>,
    /// Arranging is over.
    pub done: Callback<()>,
}

#[component]
pub fn Head(props: &HeadProps) -> Html {
    let cluster = &props.cluster;
    let role = cluster.role;
    let ask = |what: Ask| props.ask.reform(move |_: MouseEvent| what);
    let (seen, seen_by) = visibility::words(cluster.visibility);
    // one of two buttons goes when the other comes: the focus stays with them
    let toggle = use_node_ref();
    let before = use_mut_ref(|| props.arranging);
    use_effect_with(props.arranging, {
        let toggle = toggle.clone();
        move |now| {
            if before.replace(*now) != *now {
                focusable::focus(toggle.cast::<HtmlElement>().as_ref());
            }
        }
    });
    html! {
        <header class="cluster-head">
            if role == Some(ClusterRole::Owner) {
                <button type="button" class="cluster-seen" title="Who can see this?" onclick={ask(Ask::Audience)}>
                    <Icon name={visibility::icon(cluster.visibility)} size={16} />{ seen }<span class="unseen">{ ". Who can see this?" }</span>
                </button>
            } else {
                <p class="cluster-seen" title={seen_by}><Icon name={visibility::icon(cluster.visibility)} size={16} />{ seen }</p>
            }
            <h1>{ cluster.name.clone() }</h1>
            if !cluster.description.trim().is_empty() {
                <p class="cluster-description">{ cluster.description.clone() }</p>
            }
            <p class="cluster-facts">
                <Link to={Route::profile(&cluster.owner.handle)} class="owner">
                    <span class="avatar" aria-hidden="true">{ initial(&cluster.owner.display_name) }</span>
                    <span>{ cluster.owner.display_name.clone() }</span>
                </Link>
                <span>{ words::count(cluster.count as i64, "picture") }</span>
                if cluster.followers > 0 {
                    <span>{ words::count(cluster.followers as i64, "follower") }</span>
                }
                if role.is_some() {
                    <MembersCount id={cluster.id.clone()} ask={ask(Ask::Share)} />
                }
            </p>
            if role.is_some() {
                <Presence id={cluster.id.clone()} />
            }
            <div class="cluster-actions">
                if props.arranging {
                    <button ref={toggle} type="button" class="button is-primary" onclick={props.done.reform(|_: MouseEvent| ())}>
                        <Icon name={IconName::Check} size={18} />{ "Done arranging" }
                    </button>
                } else {
                    if role.is_none() {
                        <Follow cluster={cluster.clone()} />
                    }
                    <button type="button" class="button" onclick={ask(Ask::Share)}><Icon name={IconName::Share} size={18} />{ "Share" }</button>
                    if role >= Some(ClusterRole::Editor) && cluster.count > 0 {
                        <button ref={toggle} type="button" class="button" onclick={ask(Ask::Arrange)}><Icon name={IconName::Grip} size={18} />{ "Arrange" }</button>
                    }
                    if role == Some(ClusterRole::Owner) {
                        <button type="button" class="button" onclick={ask(Ask::Edit)}><Icon name={IconName::Pencil} size={18} />{ "Edit" }</button>
                    }
                    if role.is_some() {
                        <More cluster={cluster.clone()} onaudience={props.ask.reform(|()| Ask::Audience)} />
                    }
                }
            </div>
        </header>
    }
}

#[derive(Properties, PartialEq)]
struct MembersCountProps {
    id: protocol::ClusterId,
    ask: Callback<MouseEvent>,
}

/// Only where there is more than its owner.
#[component]
fn MembersCount(props: &MembersCountProps) -> Html {
    let count = use_state_eq(|| 0);
    let news = use_clusters().now().news(&props.id);
    use_effect_with((props.id.clone(), news), {
        let count = count.clone();
        move |(id, _)| {
            let id = id.clone();
            spawn_local(async move {
                // a number that can't be had is left out
                if let Ok(members) = api::clusters::members(&id).await {
                    count.set(members.items.len());
                }
            });
        }
    });
    if *count < 2 {
        return Html::default();
    }
    html! {
        <button type="button" class="link-button" onclick={props.ask.clone()}>{ words::count(*count as i64, "member") }</button>
    }
}

#[derive(Properties, PartialEq)]
struct FollowProps {
    cluster: Cluster,
}

#[component]
fn Follow(props: &FollowProps) -> Html {
    let (clusters, toasts) = (use_clusters(), use_toasts());
    let wanted = use_state_eq(|| None::<bool>);
    // what was chosen shows at once, and goes back where the server refuses
    let follows = wanted.unwrap_or(props.cluster.following);
    let onclick = {
        let (id, wanted) = (props.cluster.id.clone(), wanted.clone());
        Callback::from(move |_: MouseEvent| {
            if wanted.is_some() {
                return;
            }
            wanted.set(Some(!follows));
            let (clusters, toasts) = (clusters.clone(), toasts.clone());
            let (id, wanted) = (id.clone(), wanted.clone());
            spawn_local(async move {
                match api::clusters::follow(&id, !follows).await {
                    Ok(cluster) => clusters.put(cluster),
                    Err(why) => toasts.say(format!("Not changed: {}", why.message())),
                }
                wanted.set(None);
            });
        })
    };
    html! {
        <button type="button" class={classes!("button", (!follows).then_some("is-primary"))} aria-pressed={follows.to_string()} {onclick}>
            <Icon name={if follows { IconName::Check } else { IconName::Plus }} size={18} />
            { if follows { "Following" } else { "Follow" } }
        </button>
    }
}
