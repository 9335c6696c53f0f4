//! The form that changes what is said of a picture.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use protocol::element::Element;
use protocol::limits;
use wasm_bindgen::JsCast;
use web_sys::{BeforeUnloadEvent, HtmlInputElement, HtmlTextAreaElement};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::draft::{self, Draft, Word};
use crate::api;
use crate::nav::{Route, use_go};
use crate::picture::{described, name_of};
use crate::store::use_toasts;

#[derive(Properties, PartialEq)]
pub struct FormProps {
    pub element: Rc<Element>,
    /// The element as it is now, or nothing where it was left as it was.
    pub onsaved: Callback<Option<Element>>,
}

#[component]
pub fn Form(props: &FormProps) -> Html {
    let element = &props.element;
    let field = use_node_ref();
    let again = use_memo((), |()| draft::kept(&element.id));
    let typed = use_state_eq(|| (*again).clone().unwrap_or_else(|| Draft::of(element)));
    let now = typed.follow(element);
    let busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<String>);
    let asking = use_state_eq(|| false);
    use_effect_with((), {
        let field = field.clone();
        move |()| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                // what cannot take the focus leaves it where it is
                let _ = input.focus();
                input.select();
            }
        }
    });
    use_guard(element, now.is_changed());
    let change = {
        let (typed, asking, id) = (typed.clone(), asking.clone(), element.id.clone());
        Callback::from(move |next: Draft| {
            draft::keep(&id, &next);
            asking.set(false);
            typed.set(next);
        })
    };
    let save = {
        let (busy, error, onsaved) = (busy.clone(), error.clone(), props.onsaved.clone());
        let (id, patch, changed) = (element.id.clone(), now.patch(), now.is_changed());
        Callback::from(move |()| {
            if *busy {
                return;
            }
            if !changed {
                onsaved.emit(None);
                return;
            }
            busy.set(true);
            let (busy, error, onsaved) = (busy.clone(), error.clone(), onsaved.clone());
            let (id, patch) = (id.clone(), patch.clone());
            spawn_local(async move {
                match api::elements::patch(&id, &patch).await {
                    Ok(element) => {
                        draft::drop(&id);
                        onsaved.emit(Some(element));
                    }
                    Err(why) => {
                        error.set(Some(why.message()));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let leave = {
        let (onsaved, asking, changed) = (props.onsaved.clone(), asking.clone(), now.is_changed());
        Callback::from(move |()| {
            if changed {
                asking.set(true);
            } else {
                onsaved.emit(None);
            }
        })
    };
    let discard = {
        let (onsaved, id) = (props.onsaved.clone(), element.id.clone());
        Callback::from(move |_: MouseEvent| {
            draft::drop(&id);
            onsaved.emit(None);
        })
    };
    let stay = {
        let asking = asking.clone();
        Callback::from(move |_: MouseEvent| asking.set(false))
    };
    let onsubmit = {
        let save = save.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            save.emit(());
        })
    };
    let onkeydown = {
        let leave = leave.clone();
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                leave.emit(());
            }
            "Enter" if event.ctrl_key() || event.meta_key() => save.emit(()),
            _ => {}
        })
    };
    let input = |word: Word| {
        let (change, now) = (change.clone(), now.clone());
        Callback::from(move |event: InputEvent| {
            let text = event
                .target_dyn_into::<HtmlTextAreaElement>()
                .map(|area| area.value())
                .or_else(|| Some(event.target_dyn_into::<HtmlInputElement>()?.value()));
            change.emit(now.typed(word, text.unwrap_or_default()));
        })
    };
    let clash = |word: Word| clash(word, &now, element, &change);
    // until somebody writes it, what tags say stands there
    let automatic =
        described(element).filter(|_| !now.is_touched(Word::Alt) && now.text(Word::Alt).is_empty());
    let alt = automatic
        .clone()
        .unwrap_or_else(|| now.text(Word::Alt).to_owned());
    html! {
        <form class="detail-form" {onsubmit} {onkeydown}>
            if again.is_some() {
                <p class="note" role="status">{ "You had not saved these changes." }</p>
            }
            <label>{ "Title" }
                <input ref={field} value={now.text(Word::Title).to_owned()} oninput={input(Word::Title)} maxlength={limits::TITLE_MAX.to_string()} />
            </label>
            { clash(Word::Title) }
            <label>{ "Description" }
                <textarea rows="4" maxlength={limits::DESCRIPTION_MAX.to_string()} value={now.text(Word::Description).to_owned()} oninput={input(Word::Description)} />
            </label>
            { clash(Word::Description) }
            <label>
                <span>{ "Alt text" }
                    if automatic.is_some() { <span class="badge alt-automatic">{ "automatic" }</span> }
                </span>
                <textarea rows="2" maxlength={limits::ALT_MAX.to_string()} value={alt} oninput={input(Word::Alt)} aria-describedby="alt-help" />
            </label>
            <p class="field-hint" id="alt-help">
                if automatic.is_some() {
                    { "Made from the tags. Say better what the picture shows, for people who don't see it." }
                } else {
                    { "What the picture shows, for people who don't see it. Left empty, the tags say it." }
                }
            </p>
            { clash(Word::Alt) }
            if let Some(error) = &*error {
                <p class="field-error" role="alert">{ error.clone() }</p>
            }
            if *asking {
                <div class="row" role="alert">
                    <span>{ "Throw your changes away?" }</span>
                    <button type="button" class="button is-small is-danger" onclick={discard}>{ "Throw away" }</button>
                    <button type="button" class="button is-small" onclick={stay}>{ "Go on editing" }</button>
                </div>
            } else {
                <div class="row">
                    <button type="submit" class="button is-primary" disabled={*busy}>{ if *busy { "Saving…" } else { "Save" } }</button>
                    <button type="button" class="button" onclick={leave.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                </div>
            }
        </form>
    }
}

/// Somebody else changed the same meanwhile: theirs, or this one?
fn clash(word: Word, draft: &Draft, now: &Element, change: &Callback<Draft>) -> Html {
    let Some(theirs) = draft.clash(word, now) else {
        return Html::default();
    };
    let (taken, kept) = (draft.give_in(word, now), draft.insist(word, now));
    let theirs = if theirs.is_empty() {
        "It was emptied elsewhere meanwhile.".to_owned()
    } else {
        format!("Changed elsewhere meanwhile to “{theirs}”.")
    };
    html! {
        <div class="clash" role="alert">
            <p>{ theirs }</p>
            <button type="button" class="button is-small" onclick={change.reform(move |_: MouseEvent| taken.clone())}>{ "Use that" }</button>
            <button type="button" class="button is-small" onclick={change.reform(move |_: MouseEvent| kept.clone())}>{ "Keep mine" }</button>
        </div>
    }
}

/// Leaving the page asks first; going elsewhere within the app keeps what was
/// typed and says so.
#[hook]
fn use_guard(element: &Rc<Element>, changed: bool) {
    let (go, toasts) = (use_go(), use_toasts());
    use_effect_with(changed, |changed| {
        let listener = changed.then(|| {
            let options = EventListenerOptions::enable_prevent_default();
            let window = gloo::utils::window();
            EventListener::new_with_options(&window, "beforeunload", options, |event| {
                event.prevent_default();
                // older browsers ask only where this is set
                if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
                    event.set_return_value("unsaved");
                }
            })
        });
        move || drop(listener)
    });
    let name = name_of(element);
    use_effect_with(element.id.clone(), move |id| {
        let id = id.clone();
        move || {
            if draft::kept(&id).is_none() {
                return;
            }
            let back = Callback::from(move |()| go.to(&Route::element(&id)));
            let text = format!("Your changes to “{name}” are not saved yet");
            toasts.offer(text, "Go on editing", back);
        }
    });
}
