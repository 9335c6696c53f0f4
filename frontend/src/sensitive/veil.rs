//! The cover of a picture: what it is, why, and the way to see it.

use std::rc::Rc;

use protocol::element::Element;
use protocol::label::{LabelPreferences, Treatment};
use web_sys::HtmlElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::exposure::{Covered, Exposure, showing};
use crate::controls::{Icon, IconName};
use crate::picture::alt_text;
use crate::store::{Session, Toasts, use_me, use_revealed, use_session, use_toasts};
use crate::words;

/// The button that lifts a cover or puts it back; the key `v` presses it.
pub const TOGGLE_SELECTOR: &str = ".veil-show, .veil-again";

#[derive(Properties, PartialEq)]
pub struct VeilProps {
    pub element: Rc<Element>,
    pub exposure: Exposure,
}

/// Lies over a picture; where it was lifted, the way to put it back.
#[component]
pub fn Veil(props: &VeilProps) -> Html {
    let revealed = use_revealed();
    let button = use_node_ref();
    // whoever toggles with the keyboard finds the counterpart under the focus
    let toggled = use_mut_ref(|| false);
    use_effect_with(props.exposure.revealed, {
        let (button, toggled) = (button.clone(), toggled.clone());
        move |_| {
            if toggled.replace(false)
                && let Some(button) = button.cast::<HtmlElement>()
            {
                let _ = button.focus();
            }
        }
    });
    let Some(why) = &props.exposure.why else {
        return Html::default();
    };
    let toggle = {
        let (id, now) = (props.element.id.clone(), props.exposure.revealed);
        Callback::from(move |_: MouseEvent| {
            toggled.replace(true);
            if now {
                revealed.cover(id.clone());
            } else {
                revealed.reveal(id.clone());
            }
        })
    };
    let name = alt_text(&props.element);
    if props.exposure.revealed {
        return html! {
            <button ref={button} type="button" class="icon-button veil-again" onclick={toggle}
                aria-label={format!("Cover again, {name}")} title="Cover again (v)">
                <Icon name={IconName::EyeOff} size={16} />
            </button>
        };
    }
    let said = words::verdict(why.label.label, why.label.verdict);
    let reason = words::reason(&why.label);
    html! {
        <div class="veil" role="group" aria-label={format!("Covered: {said}")}>
            <div class="veil-inside">
                <p class="veil-label"><Icon name={IconName::EyeOff} size={16} />{ said }</p>
                <p class="veil-reason" title={reason.clone()}>{ reason }</p>
                <button ref={button} type="button" class="veil-show" onclick={toggle} aria-label={format!("Show, {name}")} title="Show (v)">{ "Show" }</button>
                if why.wish.is_some() {
                    <Always why={why.clone()} />
                }
            </div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct AlwaysProps {
    why: Covered,
}

/// Ends the covering of such pictures altogether.
#[component]
fn Always(props: &AlwaysProps) -> Html {
    let session = use_session();
    let toasts = use_toasts();
    let busy = use_state_eq(|| false);
    let Some(before) = use_me().map(|me| me.preferences.labels) else {
        return Html::default();
    };
    let what = words::when_covered(&props.why.label);
    let onclick = {
        let after = showing(before, &props.why.label);
        let busy = busy.clone();
        Callback::from(move |_: MouseEvent| {
            let (session, toasts, busy) = (session.clone(), toasts.clone(), busy.clone());
            busy.set(true);
            spawn_local(async move {
                match session.prefer(after).await {
                    Ok(()) => {
                        let undo = undo(session, toasts.clone(), before);
                        toasts.offer(format!("From now on {what} are shown"), "Undo", undo);
                    }
                    Err(why) => {
                        toasts.say(format!("Not changed: {}", why.message()));
                        busy.set(false);
                    }
                }
            });
        })
    };
    html! {
        <>
            if props.why.wish == Some(Treatment::Hide) {
                <p class="veil-hidden">{ format!("Your settings leave {what} out of lists.") }</p>
            }
            <button type="button" class="veil-always" {onclick} disabled={*busy}>{ format!("Always show {what}") }</button>
        </>
    }
}

fn undo(session: Session, toasts: Toasts, before: LabelPreferences) -> Callback<()> {
    Callback::from(move |()| {
        let (session, toasts) = (session.clone(), toasts.clone());
        spawn_local(async move {
            if let Err(why) = session.prefer(before).await {
                toasts.say(format!("Not changed: {}", why.message()));
            }
        });
    })
}
