//! An element's own page: its address was opened directly.

use gloo::events::EventListener;
use protocol::ElementId;
use protocol::element::Neighbours;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent as KeyPress;
use yew::platform::spawn_local;
use yew::prelude::*;
use yew_router::Routable;

use super::NowherePage;
use crate::api;
use crate::controls::{Icon, IconName};
use crate::element::Detail;
use crate::nav::{Link, Route, plain_click, use_go};
use crate::shell::keys::typing;

#[derive(Properties, PartialEq)]
pub struct ElementPageProps {
    pub id: String,
}

#[component]
pub fn ElementPage(props: &ElementPageProps) -> Html {
    match props.id.parse::<ElementId>() {
        Ok(id) => html! { <Page {id} /> },
        Err(_) => html! { <NowherePage /> },
    }
}

#[derive(Properties, PartialEq)]
struct PageProps {
    id: ElementId,
}

#[component]
fn Page(props: &PageProps) -> Html {
    let go = use_go();
    let Neighbours { previous, next } = use_neighbours(&props.id);
    // something over the page has the keys for itself
    let free = go.opened.is_none();
    use_arrows(free, previous.clone(), next.clone());
    use_effect_with(props.id.clone(), |_| {
        gloo::utils::window().scroll_to_with_x_and_y(0.0, 0.0);
    });
    let onclose = {
        let go = go.clone();
        Callback::from(move |()| go.to(&Route::Home))
    };
    let step = |to: &Option<ElementId>, icon: IconName, label: &'static str| match to {
        Some(id) => {
            let (go, route) = (go.clone(), Route::element(id));
            let href = route.to_path();
            let onclick = Callback::from(move |event: MouseEvent| {
                if plain_click(&event) {
                    event.prevent_default();
                    go.replace(&route);
                }
            });
            html! { <a class="icon-button" {href} aria-label={label} title={label} {onclick}><Icon name={icon} size={20} /></a> }
        }
        None => html! {
            <span class="icon-button is-off" aria-hidden="true"><Icon name={icon} size={20} /></span>
        },
    };
    html! {
        <div class="element-page">
            <div class="element-bar">
                <Link to={Route::Home} class="back"><Icon name={IconName::Left} size={18} />{ "Home" }</Link>
                <nav class="steps" aria-label="Beside it">
                    { step(&previous, IconName::Left, "Newer picture") }
                    { step(&next, IconName::Right, "Older picture") }
                </nav>
            </div>
            <Detail id={props.id.clone()} {onclose} />
        </div>
    }
}

/// What stands beside it; nothing until that is known, or where it can't be had.
#[hook]
fn use_neighbours(id: &ElementId) -> Neighbours {
    let found = use_state_eq(|| None::<(ElementId, Neighbours)>);
    use_effect_with(id.clone(), {
        let found = found.setter();
        move |id| {
            let id = id.clone();
            spawn_local(async move {
                if let Ok(neighbours) = api::elements::neighbours(&id).await {
                    found.set(Some((id, neighbours)));
                }
            });
        }
    });
    let known = (*found).clone().filter(|(of, _)| of == id);
    known.map(|(_, neighbours)| neighbours).unwrap_or_default()
}

#[hook]
fn use_arrows(free: bool, previous: Option<ElementId>, next: Option<ElementId>) {
    let go = use_go();
    use_effect_with((free, previous, next, go), |(free, previous, next, go)| {
        let (previous, next, go) = (previous.clone(), next.clone(), go.clone());
        let listener = free.then(|| {
            EventListener::new(&gloo::utils::document(), "keydown", move |event| {
                let Some(key) = event.dyn_ref::<KeyPress>() else {
                    return;
                };
                let held = key.ctrl_key() || key.meta_key() || key.alt_key() || key.shift_key();
                if key.default_prevented() || held || typing(key) || covered() {
                    return;
                }
                let to = match key.key().as_str() {
                    "ArrowLeft" => &previous,
                    "ArrowRight" => &next,
                    _ => return,
                };
                if let Some(id) = to {
                    go.replace(&Route::element(id));
                }
            })
        });
        move || drop(listener)
    });
}

/// A dialog or a menu on top has the keyboard for itself.
fn covered() -> bool {
    let open = gloo::utils::document().query_selector("dialog[open], .picker, .card-menu");
    open.is_ok_and(|open| open.is_some())
}
