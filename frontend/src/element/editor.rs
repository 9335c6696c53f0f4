//! Title, description and who saved it. The owner edits them in place.

use std::rc::Rc;

use protocol::ElementId;
use protocol::element::Element;
use yew::prelude::*;

use super::draft;
use super::form::Form;
use super::source::SourceLine;
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
    let element = &props.element;
    // what was not saved is gone on with
    let unsaved = |id: &ElementId| draft::kept(id).is_some();
    let editing = use_state_eq(|| unsaved(&element.id));
    use_effect_with(element.id.clone(), {
        let editing = editing.clone();
        move |id| editing.set(unsaved(id))
    });
    if *editing && props.mine {
        let (done, changed) = (editing.clone(), props.changed.clone());
        let onsaved = Callback::from(move |element: Option<Element>| {
            if let Some(element) = element {
                changed.emit(element);
            }
            done.set(false);
        });
        let key = element.id.to_string();
        return html! {
            <>
                <Form {key} element={element.clone()} {onsaved} />
                <SourceLine element={element.clone()} />
            </>
        };
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
                    <button type="button" class="icon-button" aria-label="Edit title, description and alt text" onclick={edit}>
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
            <SourceLine element={element.clone()} />
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
