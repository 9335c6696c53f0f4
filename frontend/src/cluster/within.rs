//! The clusters that an element is in.

use protocol::ElementId;
use protocol::cluster::Cluster;
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
    let settled = use_clusters().now().settled(&props.id);
    use_effect_with((props.id.clone(), settled), {
        let found = found.clone();
        move |(id, _)| {
            let id = id.clone();
            spawn_local(async move {
                // a row that can't be had is left out: the picture is what matters
                found.set(api::clusters::holding(&id).await.unwrap_or_default());
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
