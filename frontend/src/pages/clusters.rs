//! The viewer's clusters, and those of a profile.

use std::rc::Rc;

use protocol::ClusterId;
use protocol::cluster::Cluster;
use protocol::value::Handle;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::cluster::{NewDialog, Tiles, TilesToCome};
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::nav::{Link, Route, use_go};
use crate::store::{Phase, use_clusters};

#[component]
pub fn ClustersPage() -> Html {
    use_title("Clusters");
    let (clusters, go) = (use_clusters(), use_go());
    let making = use_state_eq(|| false);
    use_effect_with((), {
        let clusters = clusters.clone();
        move |()| clusters.load_mine(None)
    });
    let make = {
        let making = making.clone();
        Callback::from(move |_: MouseEvent| making.set(true))
    };
    let leave = {
        let making = making.clone();
        Callback::from(move |()| making.set(false))
    };
    let made = Callback::from(move |cluster: Cluster| go.to(&Route::cluster(&cluster.id)));
    let mine = clusters.now().mine();
    let phase = clusters.now().phase().clone();
    let body = match phase {
        _ if !mine.is_empty() => html! { <Tiles clusters={mine} label="Your clusters" /> },
        Phase::Failed(why) => {
            let retry = Callback::from(move |_: MouseEvent| clusters.load_mine(None));
            html! {
                <Empty title="This didn't load" text={why} icon={IconName::Alert}>
                    <button type="button" class="button is-primary" onclick={retry}>{ "Try again" }</button>
                </Empty>
            }
        }
        _ if !clusters.now().loaded() => html! { <TilesToCome /> },
        _ => html! {
            <Empty title="No clusters yet" text="A cluster keeps pictures together that belong together. Make one here, or with the Save button on any picture." icon={IconName::Stack}>
                <button type="button" class="button is-primary is-large" onclick={make.clone()}><Icon name={IconName::Plus} />{ "New cluster" }</button>
            </Empty>
        },
    };
    html! {
        <div class="clusters-page">
            <header class="page-head">
                <h1>{ "Clusters" }</h1>
                <button type="button" class="button is-primary" onclick={make}><Icon name={IconName::Plus} size={18} />{ "New cluster" }</button>
            </header>
            { tabs(false) }
            { body }
            if *making {
                <NewDialog onclose={leave} onmade={made} />
            }
        </div>
    }
}

fn tabs(followed: bool) -> Html {
    html! {
        <nav class="tabs" aria-label="Clusters">
            <Link to={Route::Clusters} class="nav-link" current={!followed}>{ "Yours" }</Link>
            <Link to={Route::Followed} class="nav-link" current={followed}>{ "Followed" }</Link>
        </nav>
    }
}

/// Those of others that the viewer follows.
#[component]
pub fn FollowedPage() -> Html {
    use_title("Followed clusters");
    let clusters = use_clusters();
    let ids = use_state_eq(|| None::<Result<Vec<ClusterId>, String>>);
    let attempt = use_state_eq(|| 0u32);
    use_effect_with(*attempt, {
        let (clusters, ids) = (clusters.clone(), ids.setter());
        move |_| {
            spawn_local(async move {
                let all = api::clusters::followed().await;
                let all = all.map(|all| {
                    let known = all.iter().map(|cluster| cluster.id.clone()).collect();
                    all.into_iter().for_each(|cluster| clusters.put(cluster));
                    known
                });
                ids.set(Some(all.map_err(|why| why.message())));
            });
        }
    });
    // what is followed no more, or gone, leaves without a reload
    let shown = |all: &[ClusterId]| -> Vec<Rc<Cluster>> {
        let all = all.iter().filter_map(|id| clusters.now().cluster(id));
        all.filter(|cluster| cluster.following).collect()
    };
    let body = match &*ids {
        None => html! { <TilesToCome /> },
        Some(Err(why)) => {
            let retry = Callback::from(move |_: MouseEvent| attempt.set(*attempt + 1));
            html! {
                <Empty title="This didn't load" text={why.clone()} icon={IconName::Alert}>
                    <button type="button" class="button is-primary" onclick={retry}>{ "Try again" }</button>
                </Empty>
            }
        }
        Some(Ok(all)) => match shown(all) {
            shown if shown.is_empty() => html! {
                <Empty title="You follow no cluster yet" icon={IconName::Stack}
                    text="Follow a cluster of somebody else, and what is saved to it finds its way into your home.">
                    <Link to={Route::Explore} class="button is-primary">{ "Find some" }</Link>
                </Empty>
            },
            shown => html! { <Tiles clusters={shown} label="Followed clusters" /> },
        },
    };
    html! {
        <div class="clusters-page">
            <header class="page-head"><h1>{ "Clusters" }</h1></header>
            { tabs(true) }
            { body }
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub struct ClustersOfProps {
    pub owner: Handle,
    pub mine: bool,
}

/// What of an account's clusters the viewer may see.
#[component]
pub fn ClustersOf(props: &ClustersOfProps) -> Html {
    let answer = use_state_eq(|| None::<Result<Vec<Rc<Cluster>>, String>>);
    use_effect_with(props.owner.clone(), {
        let answer = answer.clone();
        move |owner| {
            answer.set(None);
            let owner = owner.clone();
            spawn_local(async move {
                let all = api::clusters::owned(&owner).await;
                let all = all.map(|all| all.into_iter().map(Rc::new).collect());
                answer.set(Some(all.map_err(|why| why.message())));
            });
        }
    });
    match (*answer).clone() {
        None => html! { <TilesToCome /> },
        Some(Err(why)) => {
            html! { <Empty title="This didn't load" text={why} icon={IconName::Alert} /> }
        }
        Some(Ok(all)) if all.is_empty() => html! {
            <Empty title="No clusters to see" icon={IconName::Stack}
                text={if props.mine { "Save a picture to make your first." } else { "None of this account's clusters is shared with you." }} />
        },
        Some(Ok(all)) => html! { <Tiles clusters={all} label="Clusters" /> },
    }
}
