//! Title, description and who saved it. The owner edits them in place.

use std::rc::Rc;

use protocol::element::{Element, ElementPatch};
use protocol::limits;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::controls::{Icon, IconName};
use crate::nav::{Link, Route};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct EditorProps {
    pub element: Rc<Element>,
    pub mine: bool,
    pub changed: Callback<Element>,
}

#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let editing = use_state_eq(|| false);
    let element = &props.element;
    use_effect_with(element.id.clone(), {
        let editing = editing.clone();
        move |_| editing.set(false)
    });
    if *editing && props.mine {
        let (done, changed) = (editing.clone(), props.changed.clone());
        let onsaved = Callback::from(move |element: Option<Element>| {
            if let Some(element) = element {
                changed.emit(element);
            }
            done.set(false);
        });
        return html! { <Form element={element.clone()} {onsaved} /> };
    }
    let edit = Callback::from(move |_: MouseEvent| editing.set(true));
    let title = element.title.trim();
    let now = js_sys::Date::now() as i64;
    html! {
        <header class="detail-head">
            <div class="detail-title">
                <h1 class={classes!(title.is_empty().then_some("is-untitled"))}>
                    { if title.is_empty() { "Untitled" } else { title } }
                </h1>
                if props.mine {
                    <button type="button" class="icon-button" aria-label="Edit title and description" onclick={edit}>
                        <Icon name={IconName::Pencil} size={18} />
                    </button>
                }
            </div>
            <p class="detail-by">
                <Link to={Route::profile(&element.owner.handle)} class="owner">
                    <span class="avatar" aria-hidden="true">{ initial(&element.owner.display_name) }</span>
                    <span>{ element.owner.display_name.clone() }</span>
                </Link>
                <time datetime={element.created_at.to_string()} title={element.created_at.to_string()}>
                    { words::ago(now, element.created_at.millis()) }
                </time>
            </p>
            if !element.description.trim().is_empty() {
                <p class="detail-description">{ element.description.clone() }</p>
            }
        </header>
    }
}

/// First letter of a name, for a round sign.
pub fn initial(name: &str) -> String {
    name.trim()
        .chars()
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default()
}

#[derive(Properties, PartialEq)]
struct FormProps {
    element: Rc<Element>,
    /// The element as it is now, or nothing where it was left as it was.
    onsaved: Callback<Option<Element>>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let element = &props.element;
    let field = use_node_ref();
    let title = use_state(|| element.title.clone());
    let description = use_state(|| element.description.clone());
    let (title_set, description_set) = (title.setter(), description.setter());
    let busy = use_state(|| false);
    let error = use_state(|| None::<String>);
    use_effect_with((), {
        let field = field.clone();
        move |()| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                let _ = input.focus();
                input.select();
            }
        }
    });
    let save = {
        let (title, description) = (title.clone(), description.clone());
        let (busy, error, onsaved, old) = (
            busy.clone(),
            error.clone(),
            props.onsaved.clone(),
            element.clone(),
        );
        Callback::from(move |()| {
            if *busy {
                return;
            }
            let patch = ElementPatch {
                title: Some(title.trim().to_owned()).filter(|t| *t != old.title),
                description: Some(description.trim().to_owned()).filter(|t| *t != old.description),
                ..ElementPatch::default()
            };
            if patch == ElementPatch::default() {
                onsaved.emit(None);
                return;
            }
            busy.set(true);
            let (busy, error, onsaved, id) =
                (busy.clone(), error.clone(), onsaved.clone(), old.id.clone());
            spawn_local(async move {
                match api::elements::patch(&id, &patch).await {
                    Ok(element) => onsaved.emit(Some(element)),
                    Err(why) => {
                        error.set(Some(why.message()));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let onsubmit = {
        let save = save.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            save.emit(());
        })
    };
    let cancel = props.onsaved.reform(|_: MouseEvent| None);
    let onkeydown = {
        let (onsaved, save) = (props.onsaved.clone(), save);
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                onsaved.emit(None);
            }
            "Enter" if event.ctrl_key() || event.meta_key() => save.emit(()),
            _ => {}
        })
    };
    let type_title = Callback::from(move |event: InputEvent| {
        title_set.set(event.target_unchecked_into::<HtmlInputElement>().value());
    });
    let type_description = Callback::from(move |event: InputEvent| {
        description_set.set(event.target_unchecked_into::<HtmlTextAreaElement>().value());
    });
    html! {
        <form class="detail-form" {onsubmit} {onkeydown}>
            <label>{ "Title" }
                <input ref={field} value={(*title).clone()} oninput={type_title} maxlength={limits::TITLE_MAX.to_string()} />
            </label>
            <label>{ "Description" }
                <textarea rows="4" maxlength={limits::DESCRIPTION_MAX.to_string()} value={(*description).clone()} oninput={type_description} />
            </label>
            if let Some(error) = &*error {
                <p class="field-error" role="alert">{ error.clone() }</p>
            }
            <div class="row">
                <button type="submit" class="button is-primary" disabled={*busy}>{ if *busy { "Saving…" } else { "Save" } }</button>
                <button type="button" class="button" onclick={cancel}>{ "Cancel" }</button>
            </div>
        </form>
    }
}
