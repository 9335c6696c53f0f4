//! Deleting a picture, after a question.

use protocol::ElementId;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::controls::{Dialog, Icon, IconName};

#[derive(Properties, PartialEq)]
pub struct RemovalProps {
    pub id: ElementId,
    pub removed: Callback<()>,
}

#[component]
pub fn Removal(props: &RemovalProps) -> Html {
    let asking = use_state(|| false);
    let busy = use_state(|| false);
    let error = use_state(|| None::<String>);
    let ask = {
        let asking = asking.clone();
        Callback::from(move |_: MouseEvent| asking.set(true))
    };
    let leave = {
        let (asking, error) = (asking.clone(), error.clone());
        Callback::from(move |()| {
            asking.set(false);
            error.set(None);
        })
    };
    let remove = {
        let (id, removed) = (props.id.clone(), props.removed.clone());
        let (busy, error, asking) = (busy.clone(), error.clone(), asking.clone());
        Callback::from(move |_: MouseEvent| {
            busy.set(true);
            let (id, removed) = (id.clone(), removed.clone());
            let (busy, error, asking) = (busy.clone(), error.clone(), asking.clone());
            spawn_local(async move {
                match api::elements::remove(&id).await {
                    Ok(()) => {
                        asking.set(false);
                        removed.emit(());
                    }
                    Err(why) => error.set(Some(why.message())),
                }
                busy.set(false);
            });
        })
    };
    html! {
        <>
            <button type="button" class="button is-quiet is-danger" onclick={ask}>
                <Icon name={IconName::Trash} size={18} />{ "Delete picture" }
            </button>
            if *asking {
                <Dialog title="Delete this picture?" onclose={leave.clone()}>
                    <p>{ "It disappears for everybody, with its tags and files. This can't be undone." }</p>
                    if let Some(error) = &*error {
                        <p class="field-error" role="alert">{ error.clone() }</p>
                    }
                    <div class="row is-end">
                        <button type="button" class="button" onclick={leave.reform(|_: MouseEvent| ())}>{ "Keep it" }</button>
                        <button type="button" class="button is-danger-filled" onclick={remove} disabled={*busy}>
                            { if *busy { "Deleting…" } else { "Delete" } }
                        </button>
                    </div>
                </Dialog>
            }
        </>
    }
}
