//! Deleting a picture: at once, and taken back as easily.

use protocol::ElementId;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::controls::{Icon, IconName};
use crate::store::{Change, Loader, Toasts, use_loader, use_toasts};

/// Deletes and restores, and says so.
#[derive(Clone, PartialEq)]
pub struct Remover {
    loader: Loader,
    toasts: Toasts,
}

#[hook]
pub fn use_remover() -> Remover {
    Remover {
        loader: use_loader(),
        toasts: use_toasts(),
    }
}

impl Remover {
    /// `done` hears whether it is gone, before it leaves the page.
    pub fn remove(&self, id: &ElementId, done: Callback<bool>) {
        let (this, id) = (self.clone(), id.clone());
        spawn_local(async move {
            match api::elements::remove(&id).await {
                Ok(removed) => {
                    done.emit(true);
                    this.loader.tell(Change::Removed(removed));
                    let undo = {
                        let this = this.clone();
                        Callback::from(move |()| this.restore(&id, Callback::noop()))
                    };
                    this.toasts.offer("Picture deleted", "Undo", undo);
                }
                Err(why) => {
                    done.emit(false);
                    this.toasts.say(format!("Not deleted: {}", why.message()));
                }
            }
        });
    }

    /// It comes back to where it was. `done` hears whether it did.
    pub fn restore(&self, id: &ElementId, done: Callback<bool>) {
        let (this, id) = (self.clone(), id.clone());
        spawn_local(async move {
            let answer = api::elements::restore(&id).await;
            done.emit(answer.is_ok());
            match answer {
                Ok(element) => {
                    this.loader.tell(Change::Restored(Box::new(element)));
                    this.toasts.say("Picture restored");
                }
                Err(why) => this.toasts.say(format!("Not restored: {}", why.message())),
            }
        });
    }
}

#[derive(Properties, PartialEq)]
pub struct RemovalProps {
    pub id: ElementId,
    /// It is about to leave the page.
    pub removed: Callback<()>,
}

#[component]
pub fn Removal(props: &RemovalProps) -> Html {
    let remover = use_remover();
    let busy = use_state_eq(|| false);
    let onclick = {
        let (id, removed, busy) = (props.id.clone(), props.removed.clone(), busy.clone());
        Callback::from(move |_: MouseEvent| {
            busy.set(true);
            let (removed, busy) = (removed.clone(), busy.clone());
            let done = Callback::from(move |gone| {
                busy.set(false);
                if gone {
                    removed.emit(());
                }
            });
            remover.remove(&id, done);
        })
    };
    html! {
        <button type="button" class="button is-quiet is-danger" {onclick} disabled={*busy}>
            <Icon name={IconName::Trash} size={18} />{ if *busy { "Deleting…" } else { "Delete picture" } }
        </button>
    }
}

#[derive(Properties, PartialEq)]
pub struct RestoreProps {
    pub id: ElementId,
}

/// On the page of one that was deleted here a moment ago.
#[component]
pub fn Restore(props: &RestoreProps) -> Html {
    let remover = use_remover();
    let busy = use_state_eq(|| false);
    let onclick = {
        let (id, busy) = (props.id.clone(), busy.clone());
        Callback::from(move |_: MouseEvent| {
            busy.set(true);
            let busy = busy.clone();
            remover.restore(&id, Callback::from(move |_| busy.set(false)));
        })
    };
    html! {
        <button type="button" class="button is-primary" {onclick} disabled={*busy}>
            <Icon name={IconName::Undo} size={18} />{ "Restore it" }
        </button>
    }
}
