//! What a cluster holds, under its headings.

use std::rc::Rc;

use protocol::cluster::{Cluster, ClusterRole};
use yew::prelude::*;

use crate::controls::{Empty, IconName};
use crate::grid::Grid;
use crate::nav::{Link, Route};
use crate::store::{List, ListKey, Mode, Part, Phase, use_loader};

#[derive(Properties, PartialEq)]
pub struct ItemsProps {
    pub cluster: Cluster,
    pub list: Rc<List>,
}

#[component]
pub fn Items(props: &ItemsProps) -> Html {
    let loader = use_loader();
    let (cluster, list) = (&props.cluster, &props.list);
    let key = ListKey::Cluster(cluster.id.clone());
    let more = {
        let (key, list) = (key.clone(), list.clone());
        Callback::from(move |()| {
            let mode = list.next.clone().map_or(Mode::Anew, Mode::More);
            loader.list(key.clone(), mode);
        })
    };
    let onend = {
        let (more, idle) = (more.clone(), list.phase == Phase::Idle);
        Callback::from(move |()| {
            if idle {
                more.emit(());
            }
        })
    };
    let failed = match &list.phase {
        Phase::Failed(why) => html! {
            <p class="feed-end" role="alert">
                { why.clone() }
                <button type="button" class="button" onclick={more.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
            </p>
        },
        _ => Html::default(),
    };
    if !list.loaded {
        return match list.phase {
            Phase::Failed(_) => failed,
            _ => {
                html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
            }
        };
    }
    if list.entries.is_empty() && cluster.sections.is_empty() {
        return empty(cluster);
    }
    let whole = list.next.is_none();
    html! {
        <>
            { for list.parts(&cluster.sections).into_iter().filter_map(|part| shown(&key, part, whole, &onend)) }
            { failed }
        </>
    }
}

/// A section of which nothing is loaded shows once it is known to be empty.
fn shown(key: &ListKey, part: Part, whole: bool, onend: &Callback<()>) -> Option<Html> {
    let Part { section, list } = part;
    let empty = list.entries.is_empty();
    if empty && (section.is_none() || !whole) {
        return None;
    }
    let name = section.as_ref().map(|section| section.name.clone());
    let label = name
        .clone()
        .unwrap_or_else(|| "Pictures of the cluster".into());
    let id = section.map(|section| section.id);
    Some(html! {
        <section class="cluster-part" key={id.unwrap_or_default()}>
            if let Some(name) = name {
                <h2>{ name }</h2>
            }
            if empty {
                <p class="quiet">{ "Nothing in this section yet." }</p>
            } else {
                <Grid list_key={key.clone()} {list} {label} onend={onend.clone()} />
            }
        </section>
    })
}

fn empty(cluster: &Cluster) -> Html {
    if cluster.role < Some(ClusterRole::Editor) {
        return html! { <Empty title="Nothing in it yet" text="What is saved to this cluster appears here." icon={IconName::Stack} /> };
    }
    html! {
        <Empty title="Ready for its first picture" icon={IconName::Stack}
            text="Press Save on any picture and choose this cluster. Some that may fit stand below once it holds a few.">
            <Link to={Route::Explore} class="button is-primary">{ "Find pictures" }</Link>
        </Empty>
    }
}
