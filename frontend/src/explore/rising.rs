//! Clusters that grow: on Explore and on a page of their own.

use protocol::explore::RisingCluster;
use yew::prelude::*;

use super::known::{Answer, use_asked, use_explore};
use super::page::{Back, failed};
use crate::cluster::{Cover, TilesToCome};
use crate::controls::{Empty, IconName, use_title};
use crate::nav::{Link, Route};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct RisingTileProps {
    pub rising: RisingCluster,
}

#[component]
pub fn RisingTile(props: &RisingTileProps) -> Html {
    let RisingCluster { cluster, recent } = &props.rising;
    let about = match recent {
        0 => words::count(cluster.count as i64, "picture"),
        recent => format!("{recent} new this week"),
    };
    html! {
        <Link to={Route::cluster(&cluster.id)} class="tile-link">
            <span class="tile-cover"><Cover pictures={cluster.cover.clone()} /></span>
            <span class="tile-name">{ cluster.name.clone() }</span>
            <span class="tile-about"><span>{ about }</span><span class="tile-owner">{ format!("by {}", cluster.owner.display_name) }</span></span>
        </Link>
    }
}

/// All of them: `/explore/clusters`.
#[component]
pub fn RisingPage() -> Html {
    use_title("Rising clusters");
    let explore = use_explore();
    use_asked(
        |explore| explore.load_rising(),
        |state| !state.rising.is_waiting(),
    );
    let rising = explore.now().rising.clone();
    let body = match rising {
        Answer::Waiting => html! { <TilesToCome /> },
        Answer::Failed(why) => failed(&why, Callback::from(move |()| explore.load_rising())),
        Answer::Known(all) if all.items.is_empty() => html! {
            <Empty title="No cluster grows just now" text="Public clusters appear here while people save to them and follow them." icon={IconName::Stack}>
                <Link to={Route::Clusters} class="button is-primary">{ "Your clusters" }</Link>
            </Empty>
        },
        Answer::Known(all) => html! {
            <ul class="tiles" aria-label="Rising clusters">
                { for all.items.iter().map(|rising| html! {
                    <li key={rising.cluster.id.to_string()} class="tile"><RisingTile rising={rising.clone()} /></li>
                }) }
            </ul>
        },
    };
    html! {
        <div class="clusters-page">
            <header class="explore-head"><Back /><h1>{ "Rising clusters" }</h1></header>
            { body }
        </div>
    }
}
