//! Who can see this? For its owner.

use std::rc::Rc;

use protocol::element::{Element, ElementPatch, Visibility};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::audience::{AudienceList, Of};
use crate::cluster::visibility_icon;
use crate::controls::Icon;
use crate::store::use_toasts;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct SharingProps {
    pub element: Rc<Element>,
    pub changed: Callback<Element>,
}

#[component]
pub fn Sharing(props: &SharingProps) -> Html {
    let busy = use_state_eq(|| None::<Visibility>);
    let toasts = use_toasts();
    // what was chosen shows at once, and goes back where the server refuses
    let now = busy.unwrap_or(props.element.visibility);
    let choose = {
        let (busy, id, changed) = (
            busy.clone(),
            props.element.id.clone(),
            props.changed.clone(),
        );
        Callback::from(move |visibility: Visibility| {
            busy.set(Some(visibility));
            let (busy, id, changed, toasts) =
                (busy.clone(), id.clone(), changed.clone(), toasts.clone());
            let patch = ElementPatch {
                visibility: Some(visibility),
                ..ElementPatch::default()
            };
            spawn_local(async move {
                match api::elements::patch(&id, &patch).await {
                    Ok(element) => changed.emit(element),
                    Err(why) => toasts.say(format!("Not changed: {}", why.message())),
                }
                busy.set(None);
            });
        })
    };
    html! {
        <section class="block">
            <h2 id="who">{ "Who can see this?" }</h2>
            <div class="segments" role="radiogroup" aria-labelledby="who">
                { for [Visibility::Public, Visibility::Unlisted, Visibility::Private].map(|option| {
                    let choose = choose.clone();
                    let onchange = Callback::from(move |_: Event| choose.emit(option));
                    html! {
                        <label class={classes!("segment", (option == now).then_some("is-chosen"))}>
                            <input type="radio" name="visibility" checked={option == now} {onchange} disabled={busy.is_some()} />
                            <Icon name={visibility_icon(option)} size={16} />
                            { words::visibility(option).0 }
                        </label>
                    }
                }) }
            </div>
            <AudienceList of={Of::Element(props.element.id.clone(), props.element.visibility)} />
        </section>
    }
}
