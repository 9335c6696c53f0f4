//! Disagreeing with a model.

use protocol::element::Element;
use protocol::label::Label;
use protocol::{ElementId, limits};
use web_sys::HtmlTextAreaElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::controls::{Dialog, Icon, IconName};
use crate::store::use_toasts;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct AppealButtonProps {
    pub id: ElementId,
    pub label: Label,
    pub changed: Callback<Element>,
}

#[component]
pub fn AppealButton(props: &AppealButtonProps) -> Html {
    let open = use_state_eq(|| false);
    let said = words::verdict(props.label.label, props.label.verdict);
    let show = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(true))
    };
    let close = {
        let open = open.clone();
        Callback::from(move |()| open.set(false))
    };
    html! {
        <>
            <button type="button" class="button is-small" onclick={show} aria-label={format!("Appeal: {said}")}>
                <Icon name={IconName::Flag} size={16} />{ "Appeal" }
            </button>
            if *open {
                <Form id={props.id.clone()} label={props.label.clone()} changed={props.changed.clone()} onclose={close} />
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    id: ElementId,
    label: Label,
    changed: Callback<Element>,
    onclose: Callback<()>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let toasts = use_toasts();
    let field = use_node_ref();
    let busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<String>);
    let onsubmit = {
        let (field, busy, error) = (field.clone(), busy.clone(), error.clone());
        let (id, label) = (props.id.clone(), props.label.label);
        let (changed, close) = (props.changed.clone(), props.onclose.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let area = field.cast::<HtmlTextAreaElement>();
            let note = area.as_ref().map(HtmlTextAreaElement::value);
            let note = note.unwrap_or_default().trim().to_owned();
            if *busy {
                return;
            }
            if note.is_empty() {
                error.set(Some("Say in a few words why it is wrong.".into()));
                if let Some(area) = area {
                    let _ = area.focus();
                }
                return;
            }
            busy.set(true);
            let (busy, error, toasts) = (busy.clone(), error.clone(), toasts.clone());
            let (id, changed, close) = (id.clone(), changed.clone(), close.clone());
            spawn_local(async move {
                match api::elements::appeal(&id, label, &note).await {
                    Ok(element) => {
                        toasts.say("Appeal sent. A moderator will look at it.");
                        close.emit(());
                        changed.emit(element);
                    }
                    Err(why) => {
                        error.set(Some(why.message()));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let said = words::verdict(props.label.label, props.label.verdict);
    html! {
        <Dialog title="Appeal this label" onclose={props.onclose.clone()}>
            <form class="detail-form" {onsubmit}>
                <p>{ format!("The models say: {said} ({}). A moderator decides, and the answer also holds for copies of this picture.", words::certainty(&props.label)) }</p>
                <label for="appeal-note">{ "Why is it wrong?" }</label>
                <textarea ref={field} id="appeal-note" rows="4" maxlength={limits::NOTE_MAX.to_string()} autofocus={true}
                    aria-invalid={error.is_some().then_some("true")} aria-describedby={error.is_some().then_some("appeal-error")} />
                if let Some(error) = &*error {
                    <p class="field-error" id="appeal-error" role="alert">{ error.clone() }</p>
                }
                <div class="row is-end">
                    <button type="button" class="button" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                    <button type="submit" class="button is-primary" disabled={*busy}>{ if *busy { "Sending…" } else { "Send appeal" } }</button>
                </div>
            </form>
        </Dialog>
    }
}
