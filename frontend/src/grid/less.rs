//! "See less like this", on the cards of the home feed.

use protocol::ElementId;
use protocol::cluster::Placement;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::store::{Change, ListKey, Loader, Toasts, use_library, use_loader, use_toasts};

/// Shows less like an element, from the home feed on.
#[hook]
pub fn use_see_less() -> Callback<ElementId> {
    let (library, loader, toasts) = (use_library(), use_loader(), use_toasts());
    Callback::from(move |id: ElementId| {
        let back = library.list(&ListKey::Home).placement(&id);
        if let Some(back) = back {
            see_less(loader.clone(), toasts.clone(), id, back);
        }
    })
}

/// The card goes at once; it comes back where the server refuses or somebody
/// takes it back.
fn see_less(loader: Loader, toasts: Toasts, id: ElementId, back: Placement) {
    let put_back = {
        let (loader, id) = (loader.clone(), id.clone());
        move || loader.tell(Change::Moved(ListKey::Home, id.clone(), back.clone()))
    };
    loader.tell(Change::Left(ListKey::Home, id.clone()));
    spawn_local(async move {
        if let Err(why) = api::feeds::less(&id, true).await {
            put_back();
            toasts.say(format!("Not changed: {}", why.message()));
            return;
        }
        let undo = {
            let toasts = toasts.clone();
            Callback::from(move |()| {
                put_back();
                let (id, toasts) = (id.clone(), toasts.clone());
                spawn_local(async move {
                    if let Err(why) = api::feeds::less(&id, false).await {
                        toasts.say(format!("Not taken back: {}", why.message()));
                    }
                });
            })
        };
        toasts.offer("You will see less like this", "Undo", undo);
    });
}
