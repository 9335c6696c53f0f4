//! A cluster with what it holds and what may fit in.

mod arrange;
mod covers;
mod edge;
mod edit;
mod head;
mod ideas;
mod items;
mod leaving;
mod members;
mod mover;
mod presence;
mod sections;
mod share;
mod tile;
mod touch;

use protocol::cluster::{Cluster, ClusterRole};
use protocol::{ClusterId, ErrorCode, Topic};
use yew::prelude::*;

use crate::api::Failure;
use crate::audience::{AudienceList, Of};
use crate::controls::{Dialog, Empty, IconName, use_title};
use crate::grid::use_place;
use crate::live::use_topic;
use crate::nav::{Link, Route};
use crate::store::{ClusterChange, ListKey, Mode, scroll, use_clusters, use_library, use_loader};

use arrange::Arrange;
use edit::EditDialog;
use head::{Ask, Head};
use ideas::Ideas;
use items::Items;
use mover::use_mover;
use share::ShareDialog;

#[derive(Properties, PartialEq)]
pub struct ClusterPageProps {
    pub id: ClusterId,
}

#[component]
pub fn ClusterPage(props: &ClusterPageProps) -> Html {
    let clusters = use_clusters();
    let failure = use_state(|| None::<Failure>);
    let id = &props.id;
    use_topic(Some(Topic::Cluster(id.clone())));
    let fetch = {
        let (clusters, failure, id) = (clusters.clone(), failure.setter(), id.clone());
        Callback::from(move |()| {
            failure.set(None);
            let failure = failure.clone();
            let failed = Callback::from(move |why| failure.set(Some(why)));
            clusters.load(id.clone(), failed);
        })
    };
    use_effect_with(id.clone(), {
        let fetch = fetch.clone();
        move |_| fetch.emit(())
    });
    let cluster = clusters.now().cluster(id);
    let name = cluster.as_ref().map(|cluster| cluster.name.clone());
    use_title(name.unwrap_or_default());
    let gone = clusters.now().is_gone(id);
    match (cluster, &*failure) {
        (Some(cluster), _) => html! { <Shown cluster={(*cluster).clone()} /> },
        (None, Some(why)) if !gone && why.code() != Some(ErrorCode::NotFound) => html! {
            <Empty page={true} title="This didn't load" text={why.message()} icon={IconName::Alert}>
                <button type="button" class="button is-primary" onclick={fetch.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
            </Empty>
        },
        (None, None) if !gone => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
        (None, _) => html! {
            <Empty page={true} title="This cluster isn't here" text="It was deleted, or it is not shared with you." icon={IconName::EyeOff}>
                <Link to={Route::Clusters} class="button is-primary">{ "Your clusters" }</Link>
            </Empty>
        },
    }
}

#[derive(Properties, PartialEq)]
struct ShownProps {
    cluster: Cluster,
}

#[component]
fn Shown(props: &ShownProps) -> Html {
    let cluster = &props.cluster;
    let (library, loader) = (use_library(), use_loader());
    let key = ListKey::Cluster(cluster.id.clone());
    let list = library.list(&key);
    let mover = use_mover(&cluster.id);
    let asked = use_state_eq(|| None::<Ask>);
    let close = {
        let asked = asked.clone();
        Callback::from(move |()| asked.set(None))
    };
    use_effect_with(key.clone(), {
        let loaded = list.loaded;
        move |key| {
            if !loaded || !scroll::came_back() {
                loader.list(key.clone(), Mode::Anew);
            }
        }
    });
    use_place(&key, list.loaded);
    let edits = cluster.role >= Some(ClusterRole::Editor);
    let clusters = use_clusters();
    // what stands here is saved, as its Save button says everywhere
    use_effect_with((list.clone(), edits), {
        let id = cluster.id.clone();
        move |(list, edits)| {
            if *edits {
                let ids = list.entries.iter().map(|entry| entry.id.clone()).collect();
                clusters.tell(ClusterChange::Holds(id, ids));
            }
        }
    });
    let arranging = *asked == Some(Ask::Arrange) && edits;
    let ask = {
        let asked = asked.clone();
        Callback::from(move |ask| asked.set(Some(ask)))
    };
    html! {
        <div class="cluster-page">
            <Head cluster={cluster.clone()} {arranging} {ask} done={close.clone()} />
            if arranging {
                <Arrange cluster={cluster.clone()} list={list.clone()} {mover} />
            } else {
                <Items cluster={cluster.clone()} list={list.clone()} />
                if list.loaded {
                    <Ideas id={cluster.id.clone()} edits={edits} />
                }
            }
            {
                match *asked {
                    Some(Ask::Edit) => html! { <EditDialog cluster={cluster.clone()} {list} onclose={close} /> },
                    Some(Ask::Share) => html! { <ShareDialog cluster={cluster.clone()} onclose={close} /> },
                    Some(Ask::Audience) => html! {
                        <Dialog title="Who can see this?" onclose={close}>
                            <AudienceList of={Of::Cluster(cluster.id.clone())} />
                            <p class="quiet">{ "Pictures keep their own visibility: sharing the cluster shares nothing that is private." }</p>
                        </Dialog>
                    },
                    Some(Ask::Arrange) | None => Html::default(),
                }
            }
        </div>
    }
}
