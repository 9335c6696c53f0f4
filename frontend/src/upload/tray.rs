//! What becomes of each file, at the edge of the page.

use protocol::element::{State, Visibility};
use web_sys::{File, HtmlSelectElement};
use yew::prelude::*;

use super::state::{Item, Step};
use super::use_uploads;
use crate::controls::{Icon, IconName};
use crate::element::StageDots;
use crate::nav::{plain_click, use_go};
use crate::store::{kept, use_library};
use crate::words;

#[component]
pub fn Tray() -> Html {
    let uploads = use_uploads();
    let folded = use_state(|| false);
    // an element that is opened needs the room
    let go = use_go();
    use_effect_with(go.opened.is_some(), {
        let folded = folded.setter();
        move |over| {
            if *over {
                folded.set(true);
            }
        }
    });
    let items = uploads.items();
    // what was just added shows, whatever was done before
    let newest = items.last().map(|item| item.key);
    use_effect_with(newest, {
        let folded = folded.setter();
        move |newest| {
            if newest.is_some() {
                folded.set(false);
            }
        }
    });
    if items.is_empty() {
        return Html::default();
    }
    let open = items
        .iter()
        .filter(|i| !matches!(i.step, Step::Saved { .. } | Step::Refused { .. }))
        .count();
    let new = |i: &&Item<File>| {
        matches!(
            i.step,
            Step::Saved {
                duplicate: false,
                ..
            }
        )
    };
    let saved = items.iter().filter(new).count();
    let summary = if open > 0 {
        format!("Adding {}", words::count(open as i64, "picture"))
    } else if saved > 0 {
        format!("{} saved", words::count(saved as i64, "picture"))
    } else {
        "Nothing new to save".to_owned()
    };
    let fold = {
        let folded = folded.clone();
        Callback::from(move |_: MouseEvent| folded.set(!*folded))
    };
    let clear = {
        let uploads = uploads.clone();
        Callback::from(move |_: MouseEvent| uploads.clear())
    };
    html! {
        <section class={classes!("tray", folded.then_some("is-folded"))} aria-label="Uploads">
            <header class="tray-head">
                <h2><span role="status">{ summary }</span></h2>
                <button type="button" class="icon-button" onclick={fold} aria-expanded={(!*folded).to_string()}
                    aria-label={if *folded { "Show uploads" } else { "Fold uploads" }}>
                    <Icon name={if *folded { IconName::Up } else { IconName::Down }} />
                </button>
                if open == 0 {
                    <button type="button" class="icon-button" onclick={clear} aria-label="Close uploads"><Icon name={IconName::Close} /></button>
                }
            </header>
            if !*folded {
                <ul class="tray-list">
                    { for items.into_iter().rev().map(|item| html! { <Row key={item.key} item={item.clone()} /> }) }
                </ul>
                <Audience />
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    item: Item<File>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let uploads = use_uploads();
    let item = &props.item;
    let again = {
        let (uploads, key) = (uploads.clone(), item.key);
        Callback::from(move |_: MouseEvent| uploads.again(key))
    };
    let drop = {
        let (uploads, key) = (uploads.clone(), item.key);
        Callback::from(move |_: MouseEvent| uploads.drop(key))
    };
    let retry = html! {
        <button type="button" class="icon-button" aria-label="Send again" onclick={again}><Icon name={IconName::Retry} size={18} /></button>
    };
    let cancel = html! {
        <button type="button" class="icon-button" aria-label="Remove from the list" onclick={drop}><Icon name={IconName::Close} size={18} /></button>
    };
    let (body, buttons) = match &item.step {
        Step::Queued => (
            html! { <p class="tray-note">{ "Waiting for its turn" }</p> },
            cancel,
        ),
        Step::Sending(part) => {
            let text = if *part >= 1.0 {
                "Saving…".to_owned()
            } else {
                format!(
                    "{} of {}",
                    words::percent(*part as f32),
                    words::bytes(item.bytes)
                )
            };
            let bar = html! {
                <>
                    <p class="tray-note">{ text }</p>
                    <progress class="bar" max="1" value={format!("{part:.3}")} aria-label={format!("Sending {}", item.name)}></progress>
                </>
            };
            (bar, cancel)
        }
        Step::Waiting { why, .. } => (
            html! { <p class="tray-note is-warning">{ format!("{why} It is sent again by itself.") }</p> },
            html! { <>{ retry }{ cancel }</> },
        ),
        Step::Refused { why } => (
            html! { <p class="tray-note is-error" role="alert">{ why.clone() }</p> },
            html! { <>{ retry }{ cancel }</> },
        ),
        Step::Saved { id, duplicate } => (
            html! { <Saved id={id.clone()} duplicate={*duplicate} /> },
            Html::default(),
        ),
    };
    html! {
        <li class="tray-row">
            <Thumb src={item.preview.clone()} />
            <div class="tray-text">
                <p class="tray-name" title={item.name.clone()}>{ &item.name }</p>
                { body }
            </div>
            <div class="tray-buttons">{ buttons }</div>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct ThumbProps {
    src: AttrValue,
}

/// The file as the browser shows it, if it can.
#[component]
fn Thumb(props: &ThumbProps) -> Html {
    let broken = use_state_eq(|| false);
    let onerror = {
        let broken = broken.clone();
        Callback::from(move |_: Event| broken.set(true))
    };
    if *broken || props.src.is_empty() {
        return html! { <span class="tray-thumb is-blank"><Icon name={IconName::Upload} /></span> };
    }
    html! { <img class="tray-thumb" src={props.src.clone()} alt="" loading="lazy" decoding="async" {onerror} /> }
}

#[derive(Properties, PartialEq)]
struct SavedProps {
    id: protocol::ElementId,
    duplicate: bool,
}

/// From here on the element itself says how far it is.
#[component]
fn Saved(props: &SavedProps) -> Html {
    let library = use_library();
    let go = use_go();
    let element = library.element(&props.id);
    let text = match &element {
        _ if props.duplicate => "You already have this",
        Some(element) if element.state == State::Failed => "Saved, but it could not be read",
        Some(element) if element.state == State::Ready => "Done",
        Some(element) => element
            .stages
            .iter()
            .find(|s| s.state != protocol::element::StageState::Done)
            .map_or("Done", |s| words::stage(s.name).0),
        None => "Saved",
    };
    let onclick = {
        let id = props.id.clone();
        Callback::from(move |event: MouseEvent| {
            if plain_click(&event) {
                event.prevent_default();
                go.element(&id, None);
            }
        })
    };
    html! {
        <p class="tray-note">
            if let (Some(element), false) = (&element, props.duplicate) {
                <StageDots stages={element.stages.clone()} />
            }
            <span>{ text }</span>
            <a href={format!("/e/{}", props.id)} {onclick}>{ "Open" }</a>
        </p>
    }
}

/// Who may see what is added next.
#[component]
fn Audience() -> Html {
    let now = use_state(kept::upload_visibility);
    let node = use_node_ref();
    let all = [
        Visibility::Public,
        Visibility::Unlisted,
        Visibility::Private,
    ];
    let onchange = {
        let (now, node) = (now.clone(), node.clone());
        Callback::from(move |_: Event| {
            let index = node
                .cast::<HtmlSelectElement>()
                .map_or(0, |s| s.selected_index());
            if let Some(chosen) = usize::try_from(index).ok().and_then(|i| all.get(i)) {
                kept::set_upload_visibility(*chosen);
                now.set(*chosen);
            }
        })
    };
    html! {
        <label class="tray-audience">
            { "New pictures are visible to" }
            <select ref={node} {onchange}>
                { for all.map(|option| html! { <option selected={option == *now}>{ words::visibility(option).0 }</option> }) }
            </select>
        </label>
    }
}
