//! One picture while a cluster is arranged.

use std::rc::Rc;

use protocol::ElementId;
use protocol::cluster::Section;
use protocol::element::Element;
use web_sys::{HtmlElement, HtmlSelectElement};
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::picture::{Picture, alt_text};
use crate::sensitive::use_exposure;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Earlier,
    Later,
    /// To the end of a section, or of what has none.
    To(Option<String>),
    Remove,
}

/// The `id` of the control that does it.
pub fn step_id(id: &ElementId, step: &Step) -> String {
    let name = match step {
        Step::Earlier => "earlier",
        Step::Later => "later",
        Step::To(_) => "to",
        Step::Remove => "remove",
    };
    format!("{name}-{id}")
}

#[derive(Properties, PartialEq)]
pub struct TileProps {
    pub element: Rc<Element>,
    /// In its section.
    pub first: bool,
    pub last: bool,
    pub section: Option<String>,
    pub sections: Vec<Section>,
    pub step: Callback<(ElementId, Step)>,
    /// It is dragged, or dragged no more.
    pub drag: Callback<Option<ElementId>>,
    /// Something is dropped before or after it.
    pub drop: Callback<(ElementId, bool)>,
    pub dragged: bool,
}

#[component]
pub fn Tile(props: &TileProps) -> Html {
    let element = &props.element;
    let id = element.id.clone();
    let name = alt_text(element);
    let covered = use_exposure(element).is_covered();
    // the side on which something would be dropped
    let over = use_state_eq(|| None::<bool>);
    let ondragstart = {
        let (drag, id) = (props.drag.clone(), id.clone());
        Callback::from(move |event: DragEvent| {
            if let Some(data) = event.data_transfer() {
                data.set_effect_allowed("move");
                // some browsers drag nothing that carries nothing
                let _ = data.set_data("text/plain", id.as_str());
            }
            drag.emit(Some(id.clone()));
        })
    };
    let ondragend = props.drag.reform(|_: DragEvent| None);
    let ondragover = {
        let over = over.clone();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(Some(is_after(&event)));
        })
    };
    let ondragleave = {
        let over = over.clone();
        Callback::from(move |_: DragEvent| over.set(None))
    };
    let ondrop = {
        let (over, drop, id) = (over.clone(), props.drop.clone(), id.clone());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(None);
            drop.emit((id.clone(), is_after(&event)));
        })
    };
    let button = |step: Step, icon: IconName, what: &str, off: bool| {
        let (tell, id) = (props.step.clone(), id.clone());
        let dom_id = step_id(&id, &step);
        let label = format!("{what}: {name}");
        // not `disabled`: the focus would be lost at the ends
        let onclick = Callback::from(move |_: MouseEvent| {
            if !off {
                tell.emit((id.clone(), step.clone()));
            }
        });
        html! {
            <button type="button" class="icon-button" id={dom_id} aria-label={label} title={what.to_owned()}
                aria-disabled={off.then_some("true")} {onclick}><Icon name={icon} size={18} /></button>
        }
    };
    let class = classes!(
        "arrange-tile",
        props.dragged.then_some("is-dragged"),
        match *over {
            Some(true) => Some("is-after"),
            Some(false) => Some("is-before"),
            None => None,
        }
    );
    html! {
        <li {class} data-element={id.to_string()} draggable="true" {ondragstart} {ondragend} {ondragover} {ondragleave} {ondrop}>
            <div class="arrange-picture"><Picture element={element.clone()} sizes="180px" {covered} /></div>
            <div class="arrange-tools">
                { button(Step::Earlier, IconName::Left, "Move earlier", props.first) }
                { button(Step::Later, IconName::Right, "Move later", props.last) }
                if !props.sections.is_empty() {
                    { sections(props, &name) }
                }
                { button(Step::Remove, IconName::Close, "Remove from the cluster", false) }
            </div>
        </li>
    }
}

fn sections(props: &TileProps, name: &str) -> Html {
    let id = props.element.id.clone();
    let dom_id = step_id(&id, &Step::To(None));
    let onchange = {
        let tell = props.step.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let section = Some(select.value()).filter(|value| !value.is_empty());
            tell.emit((id.clone(), Step::To(section)));
        })
    };
    let now = props.section.as_deref();
    html! {
        <select class="arrange-to" id={dom_id} aria-label={format!("Section of {name}")} {onchange}>
            <option value="" selected={now.is_none()}>{ "No section" }</option>
            { for props.sections.iter().map(|section| html! {
                <option value={section.id.clone()} selected={now == Some(section.id.as_str())}>{ section.name.clone() }</option>
            }) }
        </select>
    }
}

/// Is the pointer in the right half?
fn is_after(event: &DragEvent) -> bool {
    let tile: Option<HtmlElement> = event
        .target_dyn_into::<web_sys::Element>()
        .and_then(|target| target.closest(".arrange-tile").ok().flatten())
        .and_then(|tile| wasm_bindgen::JsCast::dyn_into(tile).ok());
    tile.is_some_and(|tile| {
        let area = tile.get_bounding_client_rect();
        f64::from(event.client_x()) > area.left() + area.width() / 2.0
    })
}
