//! The dialog that makes a cluster.

use protocol::cluster::{Cluster, NewCluster};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::form::{Draft, Fields};
use crate::api;
use crate::controls::Dialog;
use crate::store::{kept, use_clusters};

#[derive(Properties, PartialEq)]
pub struct NewDialogProps {
    pub onclose: Callback<()>,
    pub onmade: Callback<Cluster>,
}

#[component]
pub fn NewDialog(props: &NewDialogProps) -> Html {
    let clusters = use_clusters();
    let draft = use_state_eq(|| Draft {
        name: String::new(),
        description: String::new(),
        visibility: kept::cluster_visibility(),
    });
    let busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<AttrValue>);
    let onchange = {
        let (draft, error) = (draft.clone(), error.clone());
        Callback::from(move |now| {
            error.set(None);
            draft.set(now);
        })
    };
    let onsubmit = {
        let (draft, busy, error, made) = (
            draft.clone(),
            busy.clone(),
            error.clone(),
            props.onmade.clone(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = draft.name.trim().to_owned();
            if name.is_empty() {
                error.set(Some("Give it a name first.".into()));
                return;
            }
            busy.set(true);
            kept::set_cluster_visibility(draft.visibility);
            let new = NewCluster {
                name,
                description: draft.description.trim().to_owned(),
                visibility: draft.visibility,
                elements: Vec::new(),
            };
            let (clusters, busy, error, made) =
                (clusters.clone(), busy.clone(), error.clone(), made.clone());
            spawn_local(async move {
                match api::clusters::create(&new).await {
                    Ok(cluster) => {
                        clusters.put(cluster.clone());
                        made.emit(cluster);
                    }
                    Err(why) => {
                        error.set(Some(why.message().into()));
                        busy.set(false);
                    }
                }
            });
        })
    };
    html! {
        <Dialog title="New cluster" onclose={props.onclose.clone()}>
            <form class="dialog-form" {onsubmit} novalidate={true}>
                <Fields draft={(*draft).clone()} {onchange} error={(*error).clone()} />
                <div class="row is-end">
                    <button type="button" class="button" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                    <button type="submit" class="button is-primary" disabled={*busy}>{ if *busy { "Creating…" } else { "Create" } }</button>
                </div>
            </form>
        </Dialog>
    }
}
