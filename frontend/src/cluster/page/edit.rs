//! The dialog that changes a cluster.

use std::rc::Rc;

use protocol::cluster::{Cluster, ClusterPatch};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::covers::Covers;
use super::sections::{Sections, changed, drafts};
use crate::api;
use crate::cluster::form::{Draft, Fields};
use crate::controls::Dialog;
use crate::store::{List, use_clusters, use_toasts};

#[derive(Properties, PartialEq)]
pub struct EditDialogProps {
    pub cluster: Cluster,
    pub list: Rc<List>,
    pub onclose: Callback<()>,
}

#[component]
pub fn EditDialog(props: &EditDialogProps) -> Html {
    let (clusters, toasts) = (use_clusters(), use_toasts());
    // as it was when the dialog opened: what others change meanwhile is not undone
    let before = use_memo((), |()| props.cluster.clone());
    let draft = use_state_eq(|| Draft {
        name: before.name.clone(),
        description: before.description.clone(),
        visibility: before.visibility,
    });
    let sections = use_state_eq(|| drafts(&before.sections));
    let first = before.cover.first().map(|picture| picture.element.clone());
    let cover = use_state_eq(|| None);
    let busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<AttrValue>);
    let onsubmit = {
        let (draft, sections, cover) = (draft.clone(), sections.clone(), cover.clone());
        let (busy, error, close) = (busy.clone(), error.clone(), props.onclose.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if draft.name.trim().is_empty() {
                error.set(Some("A cluster needs a name.".into()));
                return;
            }
            let patch = ClusterPatch {
                sections: changed(&before.sections, &sections),
                cover: (*cover).clone(),
                ..words(&before, &draft)
            };
            if patch == ClusterPatch::default() {
                close.emit(());
                return;
            }
            busy.set(true);
            let (clusters, toasts, id) = (clusters.clone(), toasts.clone(), before.id.clone());
            let (busy, error, close) = (busy.clone(), error.clone(), close.clone());
            spawn_local(async move {
                match api::clusters::patch(&id, &patch).await {
                    Ok(cluster) => {
                        clusters.put(cluster);
                        close.emit(());
                        toasts.say("Cluster changed");
                    }
                    Err(why) => {
                        error.set(Some(why.message().into()));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let onchange = {
        let (draft, error) = (draft.clone(), error.clone());
        Callback::from(move |now| {
            error.set(None);
            draft.set(now);
        })
    };
    let resection = {
        let sections = sections.clone();
        Callback::from(move |now| sections.set(now))
    };
    let recover = {
        let cover = cover.clone();
        Callback::from(move |id| cover.set(Some(id)))
    };
    let chosen = (*cover).clone().or(first);
    html! {
        <Dialog title="Edit cluster" onclose={props.onclose.clone()}>
            <form class="dialog-form" {onsubmit} novalidate={true}>
                <Fields draft={(*draft).clone()} {onchange} error={(*error).clone()} />
                <Covers list={props.list.clone()} {chosen} onchange={recover} />
                <Sections drafts={(*sections).clone()} onchange={resection} />
                <div class="row is-end dialog-foot">
                    <button type="button" class="button" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                    <button type="submit" class="button is-primary" disabled={*busy}>{ if *busy { "Saving…" } else { "Save" } }</button>
                </div>
            </form>
        </Dialog>
    }
}

/// What has changed of the words.
fn words(before: &Cluster, draft: &Draft) -> ClusterPatch {
    let text = |old: &str, new: &str| (old != new.trim()).then(|| new.trim().to_owned());
    ClusterPatch {
        name: text(&before.name, &draft.name),
        description: text(&before.description, &draft.description),
        visibility: (before.visibility != draft.visibility).then_some(draft.visibility),
        ..ClusterPatch::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::cluster;
    use protocol::element::Visibility;

    #[test]
    fn only_what_was_changed_is_sent() {
        let before = cluster(1, "Doors");
        let draft = Draft {
            name: " Doors ".into(),
            description: String::new(),
            visibility: Visibility::Private,
        };
        assert_eq!(words(&before, &draft), ClusterPatch::default());
        let public = Draft {
            visibility: Visibility::Public,
            ..draft
        };
        let patch = words(&before, &public);
        assert_eq!(
            (patch.visibility, patch.name),
            (Some(Visibility::Public), None)
        );
    }
}
