//! "See less like this", on the cards of the home feed.

use protocol::ElementId;
use protocol::cluster::Placement;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::controls::{Icon, IconName};
use crate::store::{Change, ListKey, Loader, Toasts, use_library, use_loader, use_toasts};

#[derive(Properties, PartialEq)]
pub struct LessButtonProps {
    pub element: ElementId,
    /// Height of what stands below the picture.
    pub bottom: f64,
}

#[component]
pub fn LessButton(props: &LessButtonProps) -> Html {
    let (library, loader, toasts) = (use_library(), use_loader(), use_toasts());
    let onclick = {
        let id = props.element.clone();
        Callback::from(move |_: MouseEvent| {
            let back = library.list(&ListKey::Home).placement(&id);
            if let Some(back) = back {
                see_less(loader.clone(), toasts.clone(), id.clone(), back);
            }
        })
    };
    let text = "See less like this";
    let style = format!("bottom:calc({:.0}px + .5rem)", props.bottom);
    html! {
        <button type="button" class="card-less" aria-label={text} title={text} {style} {onclick}>
            <Icon name={IconName::Less} size={18} />
        </button>
    }
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
