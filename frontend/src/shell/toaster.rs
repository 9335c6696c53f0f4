//! Shows notices politely, and not while somebody reads them.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::store::{Toast, use_toasts};

/// How long a notice stays, in milliseconds; longer where it offers something.
const STAY_MS: u32 = 6_000;
const OFFER_MS: u32 = 10_000;

#[component]
pub fn Toaster() -> Html {
    let toasts = use_toasts();
    html! {
        <div class="toasts" role="status" aria-live="polite">
            { for toasts.shown().into_iter().map(|toast| html! { <Notice key={toast.key} toast={toast.clone()} /> }) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct NoticeProps {
    toast: Toast,
}

#[component]
fn Notice(props: &NoticeProps) -> Html {
    let toasts = use_toasts();
    let held = use_state_eq(|| false);
    let toast = &props.toast;
    use_effect_with(*held, {
        let (toasts, key) = (toasts.clone(), toast.key);
        let stay = if toast.actions.is_empty() {
            STAY_MS
        } else {
            OFFER_MS
        };
        move |held| {
            let timer = (!held).then(|| Timeout::new(stay, move || toasts.drop(key)));
            move || drop(timer)
        }
    });
    let hold = |to: bool| {
        let held = held.clone();
        move || held.set(to)
    };
    let (enter, leave) = (hold(true), hold(false));
    let (focus, blur) = (hold(true), hold(false));
    let dismiss = {
        let (toasts, key) = (toasts.clone(), toast.key);
        Callback::from(move |_: MouseEvent| toasts.drop(key))
    };
    let actions = toast.actions.iter().cloned().map(|action| {
        let (toasts, key) = (toasts.clone(), toast.key);
        let onclick = Callback::from(move |_: MouseEvent| {
            toasts.drop(key);
            action.run.emit(());
        });
        html! { <button type="button" class="toast-action" {onclick}>{ action.label }</button> }
    });
    html! {
        <div class="toast"
            onmouseenter={move |_: MouseEvent| enter()} onmouseleave={move |_: MouseEvent| leave()}
            onfocusin={move |_: FocusEvent| focus()} onfocusout={move |_: FocusEvent| blur()}>
            <span>{ &toast.text }</span>
            { for actions }
            <button type="button" class="icon-button" aria-label="Dismiss" onclick={dismiss}><Icon name={IconName::Close} size={16} /></button>
        </div>
    }
}
