//! The clusters that an element is in.

use std::collections::BTreeSet;

use protocol::cluster::{Cluster, ClusterRole};
use protocol::{ClusterId, ElementId};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::cover::Cover;
use crate::api;
use crate::nav::{Link, Route};
use crate::store::use_clusters;

#[derive(Properties, PartialEq)]
pub struct WithinProps {
    pub id: ElementId,
}

/// Nothing while it is in none.
#[component]
pub fn Within(props: &WithinProps) -> Html {
    let found = use_state_eq(Vec::<Cluster>::new);
    // what was saved or removed here shows without a reload
    let clusters = use_clusters();
    let settled = clusters.now().settled(&props.id);
    // what is learnt from the answer is no reason to ask again
    let told = use_mut_ref(|| None::<(ElementId, BTreeSet<ClusterId>)>);
    use_effect_with((props.id.clone(), settled), {
        let found = found.clone();
        move |now| {
            if told.borrow().as_ref() == Some(now) {
                return;
            }
            let id = now.0.clone();
            spawn_local(async move {
                // a row that can't be had is left out: the picture is what matters
                let all = api::clusters::holding(&id).await.unwrap_or_default();
                let edits = |cluster: &&Cluster| cluster.role >= Some(ClusterRole::Editor);
                let mine = all.iter().filter(edits).map(|cluster| cluster.id.clone());
                let mine: BTreeSet<_> = mine.collect();
                told.replace(Some((id.clone(), mine.clone())));
                for cluster in &mine {
                    clusters.learn(&id, cluster, true);
                }
                found.set(all);
            });
        }
    });
    if found.is_empty() {
        return Html::default();
    }
    html! {
        <section class="block">
            <h2>{ "In clusters" }</h2>
            <ul class="within">
                { for found.iter().map(|cluster| html! {
                    <li key={cluster.id.to_string()}>
                        <Link to={Route::cluster(&cluster.id)} class="within-link">
                            <span class="within-cover"><Cover pictures={cluster.cover.clone()} small={true} /></span>
                            <span>{ cluster.name.clone() }</span>
                        </Link>
                    </li>
                }) }
            </ul>
        </section>
    }
}
