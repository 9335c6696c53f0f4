//! Arranging: every picture small, to be moved by dragging, by buttons or by
//! the keyboard. Each move is kept as it is made.

use std::rc::Rc;

use protocol::ElementId;
use protocol::cluster::{Cluster, Place, Placement};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::mover::Mover;
use super::tile::{Step, Tile, step_id};
use super::touch::{Spot, use_touch};
use crate::store::{List, ListKey, Mode, Part, Phase, use_library, use_loader};

#[derive(Properties, PartialEq)]
pub struct ArrangeProps {
    pub cluster: Cluster,
    pub list: Rc<List>,
    pub mover: Mover,
}

#[component]
pub fn Arrange(props: &ArrangeProps) -> Html {
    let (library, loader) = (use_library(), use_loader());
    let (cluster, list, mover) = (&props.cluster, &props.list, &props.mover);
    let dragged = use_state_eq(|| None::<ElementId>);
    let said = use_state_eq(String::new);
    // a button whose tile moves in the page loses the focus, and gets it back
    let refocus = use_mut_ref(|| None::<String>);
    use_effect_with(list.clone(), {
        let refocus = refocus.clone();
        move |_| {
            if let Some(id) = refocus.take() {
                focus(&id);
            }
        }
    });
    let step = {
        let (list, mover, said) = (list.clone(), mover.clone(), said.clone());
        let name = cluster.name.clone();
        Callback::from(move |(id, step): (ElementId, Step)| {
            let placement = match &step {
                Step::Earlier => list.earlier(&id),
                Step::Later => list.later(&id),
                Step::To(section) => Some(Placement {
                    section: section.clone(),
                    place: Place::Last,
                }),
                Step::Remove => {
                    mover.remove(&id, &name);
                    None
                }
            };
            if let Some(placement) = placement {
                refocus.replace(Some(step_id(&id, &step)));
                said.set(told(&list, &id, &placement));
                mover.place(&id, placement);
            }
        })
    };
    let drop = {
        let (dragged, list, mover) = (dragged.clone(), list.clone(), mover.clone());
        Callback::from(move |(other, after): (ElementId, bool)| {
            let Some(id) = (*dragged).clone().filter(|id| *id != other) else {
                return;
            };
            let side = if after { Place::After } else { Place::Before };
            if let Some(placement) = list.past(other, side) {
                mover.place(&id, placement);
            }
            dragged.set(None);
        })
    };
    let drag = {
        let dragged = dragged.clone();
        Callback::from(move |id| dragged.set(id))
    };
    let root = use_node_ref();
    let put = {
        let (list, mover) = (list.clone(), mover.clone());
        let said = said.clone();
        Callback::from(move |(id, spot): (ElementId, Spot)| {
            let placement = match spot {
                Spot::Beside(other, true) => list.past(other, Place::After),
                Spot::Beside(other, false) => list.past(other, Place::Before),
                Spot::End(section) => Some(Placement {
                    section,
                    place: Place::Last,
                }),
            };
            if let Some(placement) = placement {
                said.set(told(&list, &id, &placement));
                mover.place(&id, placement);
            }
        })
    };
    use_touch(root.clone(), drag.clone(), put);
    let part = |part: Part| {
        let id = part.section.as_ref().map(|s| s.id.clone());
        let name = part.section.as_ref().map(|s| s.name.clone());
        let last = part.list.entries.len();
        let hint = match (last, part.section.is_some(), dragged.is_some()) {
            (0, false, false) => return Html::default(),
            (0, ..) => Some("Drop a picture here"),
            _ => None,
        };
        html! {
            <section class="cluster-part" key={id.clone().unwrap_or_default()}>
                <h2>{ name.unwrap_or_else(|| "Without a section".into()) }</h2>
                <ol class="arrange">
                    { for part.list.entries.iter().enumerate().filter_map(|(at, entry)| {
                        let element = library.element(&entry.id)?;
                        Some(html! {
                            <Tile key={entry.id.to_string()} {element} first={at == 0} last={at + 1 == last} section={id.clone()}
                                sections={cluster.sections.clone()} step={step.clone()} drag={drag.clone()} drop={drop.clone()}
                                dragged={dragged.as_ref() == Some(&entry.id)} />
                        })
                    }) }
                </ol>
                if let Some(hint) = hint {
                    <DropHere text={hint} section={id.clone()} ondrop={end_of(&dragged, mover, id)} />
                }
            </section>
        }
    };
    let more = match (&list.next, &list.phase) {
        (Some(next), Phase::Idle) => {
            let mode = Mode::More(next.clone());
            let (key, loader) = (ListKey::Cluster(cluster.id.clone()), loader.clone());
            let onclick =
                Callback::from(move |_: MouseEvent| loader.list(key.clone(), mode.clone()));
            html! { <p class="feed-end"><button type="button" class="button" {onclick}>{ "Show more" }</button></p> }
        }
        _ => Html::default(),
    };
    html! {
        <>
            <p class="note">{ "Drag pictures (rest a finger on one to lift it), or use the buttons below each. Every move is kept at once." }</p>
            <p class="unseen" role="status">{ (*said).clone() }</p>
            <div ref={root}>{ for list.parts(&cluster.sections).into_iter().map(part) }</div>
            { more }
        </>
    }
}

/// Puts what is dragged at the end of a section.
fn end_of(
    dragged: &UseStateHandle<Option<ElementId>>,
    mover: &Mover,
    section: Option<String>,
) -> Callback<()> {
    let (dragged, mover) = (dragged.clone(), mover.clone());
    Callback::from(move |()| {
        if let Some(id) = &*dragged {
            let placement = Placement {
                section: section.clone(),
                place: Place::Last,
            };
            mover.place(id, placement);
        }
        dragged.set(None);
    })
}

#[derive(Properties, PartialEq)]
struct DropHereProps {
    text: AttrValue,
    section: Option<String>,
    ondrop: Callback<()>,
}

#[component]
fn DropHere(props: &DropHereProps) -> Html {
    let ondrop = {
        let tell = props.ondrop.clone();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            tell.emit(());
        })
    };
    let allow = Callback::from(|event: DragEvent| event.prevent_default());
    let section = props.section.clone().unwrap_or_default();
    html! { <p class="drop-here" data-section={section} {ondrop} ondragover={allow}>{ &props.text }</p> }
}

/// Where it is after the move, for who hears it.
fn told(list: &List, id: &ElementId, placement: &Placement) -> String {
    let mut after = list.clone();
    after.place(id, placement);
    let same = |at: &usize| after.entries[*at].section.as_deref() == placement.section.as_deref();
    let part: Vec<usize> = (0..after.entries.len()).filter(same).collect();
    let at = part.iter().position(|at| after.entries[*at].id == *id);
    format!("Place {} of {}", at.map_or(0, |at| at + 1), part.len())
}

fn focus(id: &str) {
    let button = gloo::utils::document().get_element_by_id(id);
    if let Some(button) = button.and_then(|b| b.dyn_into::<HtmlElement>().ok()) {
        // what cannot take the focus leaves it where it is
        let _ = button.focus();
    }
}
