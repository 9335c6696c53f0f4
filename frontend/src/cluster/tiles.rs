//! Clusters as a grid of covers.

use std::rc::Rc;

use protocol::cluster::Cluster;
use yew::prelude::*;

use super::cover::Cover;
use super::visibility;
use crate::controls::Icon;
use crate::nav::{Link, Route};
use crate::store::use_user;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct TilesProps {
    pub clusters: Vec<Rc<Cluster>>,
    pub label: AttrValue,
}

#[component]
pub fn Tiles(props: &TilesProps) -> Html {
    let me = use_user().map(|user| user.id);
    html! {
        <ul class="tiles" aria-label={props.label.clone()}>
            { for props.clusters.iter().map(|cluster| {
                let theirs = me.as_ref() != Some(&cluster.owner.id);
                html! {
                    <li key={cluster.id.to_string()} class="tile">
                        <Link to={Route::cluster(&cluster.id)} class="tile-link">
                            <span class="tile-cover"><Cover pictures={cluster.cover.clone()} /></span>
                            <span class="tile-name">{ cluster.name.clone() }</span>
                        </Link>
                        <p class="tile-about">
                            <Icon name={visibility::icon(cluster.visibility)} size={14} />
                            <span class="unseen">{ visibility::words(cluster.visibility).0 }</span>
                            <span>{ words::count(cluster.count as i64, "picture") }</span>
                            if theirs { <span class="tile-owner">{ format!("by {}", cluster.owner.display_name) }</span> }
                        </p>
                    </li>
                }
            }) }
        </ul>
    }
}

/// Grey tiles while there is nothing to show yet.
#[component]
pub fn TilesToCome() -> Html {
    html! {
        <div class="tiles is-waiting" role="status" aria-label="Loading">
            { for (0..6).map(|_| html! { <span class="tile-cover"></span> }) }
        </div>
    }
}
