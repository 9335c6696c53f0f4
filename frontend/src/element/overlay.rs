//! An element over the list it was opened from.

use gloo::events::EventListener;
use protocol::ElementId;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent as KeyPress};
use yew::prelude::*;

use super::Detail;
use crate::controls::{Icon, IconName, focusable};
use crate::nav::{Go, use_go};
use crate::shell::keys::typing;
use crate::store::{Mode, Phase, use_library, use_loader};

/// Shows what the address says lies over the page, if anything does.
#[component]
pub fn Overlay() -> Html {
    let go = use_go();
    match go.opened.as_ref().map(|(id, _)| id.parse::<ElementId>()) {
        Some(Ok(id)) => html! { <Open {id} /> },
        _ => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct OpenProps {
    id: ElementId,
}

#[component]
fn Open(props: &OpenProps) -> Html {
    let go = use_go();
    let library = use_library();
    let loader = use_loader();
    let panel = use_node_ref();
    let scroller = use_node_ref();
    let list_key = go
        .opened
        .as_ref()
        .and_then(|(_, opened)| opened.list.clone());
    let list = list_key.as_ref().map(|key| library.list(key));
    let (before, after) = list
        .as_ref()
        .map(|list| list.neighbours(&props.id))
        .unwrap_or_default();

    // the last one of what is loaded is no end of the list
    use_effect_with((after.is_none(), props.id.clone()), move |(at_end, _)| {
        if let (true, Some(key), Some(list)) = (*at_end, list_key, list)
            && list.phase == Phase::Idle
            && let Some(next) = list.next.clone()
        {
            loader.list(key, Mode::More(next));
        }
    });
    use_keys(&go, before.clone(), after.clone(), panel.clone());
    use_lock();
    use_effect_with(props.id.clone(), {
        let (scroller, panel) = (scroller.clone(), panel.clone());
        move |_| {
            if let Some(scroller) = scroller.cast::<HtmlElement>() {
                scroller.set_scroll_top(0);
            }
            focus(&panel);
        }
    });

    let close = {
        let go = go.clone();
        Callback::from(move |()| go.close())
    };
    let beside = {
        let (close, scroller) = (close.clone(), scroller.clone());
        Callback::from(move |event: MouseEvent| {
            if event.target() == scroller.get().map(Into::into) {
                close.emit(());
            }
        })
    };
    let step = |to: Option<ElementId>, name, label: &'static str, class: &'static str| {
        let go = go.clone();
        let missing = to.is_none();
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some(id) = &to {
                go.neighbour(id);
            }
        });
        html! {
            <button type="button" class={classes!("icon-button", "overlay-step", class)} aria-label={label} disabled={missing} {onclick}>
                <Icon {name} size={22} />
            </button>
        }
    };
    html! {
        <div class="overlay" ref={panel} role="dialog" aria-modal="true" aria-label="Picture" tabindex="-1">
            <div class="overlay-scroll" ref={scroller} onclick={beside}>
                <div class="overlay-panel">
                    <Detail id={props.id.clone()} over={true} onclose={close.clone()} />
                </div>
            </div>
            <button type="button" class="icon-button overlay-close" aria-label="Close" onclick={close.reform(|_: MouseEvent| ())}>
                <Icon name={IconName::Close} size={22} />
            </button>
            { step(before, IconName::Left, "Previous picture", "is-before") }
            { step(after, IconName::Right, "Next picture", "is-after") }
        </div>
    }
}

/// Esc, the arrows, and Tab that stays inside.
#[hook]
fn use_keys(go: &Go, before: Option<ElementId>, after: Option<ElementId>, panel: NodeRef) {
    let go = go.clone();
    use_effect_with((before, after, go), move |(before, after, go)| {
        let (before, after, go) = (before.clone(), after.clone(), go.clone());
        let options = gloo::events::EventListenerOptions::enable_prevent_default();
        let document = gloo::utils::document();
        let listener =
            EventListener::new_with_options(&document, "keydown", options, move |event| {
                let Some(key) = event.dyn_ref::<KeyPress>() else {
                    return;
                };
                if key.default_prevented() || dialog_is_open() {
                    return;
                }
                match key.key().as_str() {
                    "Tab" => stay_inside(&panel, key),
                    "Escape" if !typing(key) => go.close(),
                    "ArrowLeft" if !typing(key) => before.iter().for_each(|id| go.neighbour(id)),
                    "ArrowRight" if !typing(key) => after.iter().for_each(|id| go.neighbour(id)),
                    _ => {}
                }
            });
        move || drop(listener)
    });
}

/// A dialog on top has the keyboard for itself.
fn dialog_is_open() -> bool {
    let open = gloo::utils::document().query_selector("dialog[open]");
    open.is_ok_and(|open| open.is_some())
}

/// Tab goes round through the panel, what is offered for selected pictures and
/// any notices: all that can be done without leaving.
fn stay_inside(panel: &NodeRef, key: &KeyPress) {
    const STOPS: &str =
        "a[href], button:not([disabled]), summary, input, select, textarea, [tabindex='0']";
    let beside = |selector: &str| {
        let found = gloo::utils::document().query_selector(selector);
        found.ok().flatten()
    };
    let roots = [
        panel.cast::<web_sys::Element>(),
        beside(".select-bar"),
        beside(".toasts"),
    ];
    let groups: Vec<Vec<HtmlElement>> = roots
        .into_iter()
        .flatten()
        .map(|root| focusable::shown(&root, STOPS))
        .filter(|stops| !stops.is_empty())
        .collect();
    let active = gloo::utils::document().active_element();
    let is = |stop: &HtmlElement| active.as_ref().is_some_and(|a| **a == ***stop);
    let at = groups
        .iter()
        .enumerate()
        .find_map(|(group, stops)| Some((group, stops.iter().position(is)?)));
    let count = groups.len();
    let target = match (at, key.shift_key()) {
        (Some((group, 0)), true) => groups[(group + count - 1) % count].last(),
        (Some((group, at)), false) if at + 1 == groups[group].len() => {
            groups[(group + 1) % count].first()
        }
        // within a group the browser knows the way
        (Some(_), _) => return,
        (None, true) => groups.last().and_then(|stops| stops.last()),
        (None, false) => groups.first().and_then(|stops| stops.first()),
    };
    if target.is_some() {
        key.prevent_default();
        focusable::focus(target);
    }
}

fn focus(panel: &NodeRef) {
    if let Some(panel) = panel.cast::<HtmlElement>() {
        let _ = panel.focus();
    }
}

/// The page below neither scrolls nor takes the focus meanwhile.
#[hook]
fn use_lock() {
    use_effect_with((), |()| {
        lock(true);
        || lock(false)
    });
}

fn lock(locked: bool) {
    let document = gloo::utils::document();
    if let Some(root) = document.document_element() {
        let _ = root.toggle_attribute_with_force("data-locked", locked);
    }
    if let Some(page) = document.get_element_by_id("page") {
        let _ = if locked {
            page.set_attribute("inert", "")
        } else {
            page.remove_attribute("inert")
        };
    }
}
