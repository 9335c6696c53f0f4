//! One picture in a masonry.

use std::rc::Rc;

use protocol::cluster::ClusterRef;
use protocol::element::{Element, Stage, StageName, StageState, State};
use protocol::search::Why;
use yew::prelude::*;
use yew_router::Routable;

use super::layout::Place;
use super::menu::{About, use_card_menu, use_press};
use super::tools::Tools;
use crate::cluster::CardSave;
use crate::nav::{Link, Route, plain_click, use_go};
use crate::picture::{Picture, alt_text, name_of};
use crate::selection::{Check, use_card_click};
use crate::sensitive::{Badges, Veil, use_exposure};
use crate::store::{ListKey, use_user};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct CardProps {
    pub element: Rc<Element>,
    pub why: Rc<[Why]>,
    /// The viewer's cluster that brought it.
    pub because: Option<Rc<ClusterRef>>,
    pub place: Place,
    /// From 1.
    pub position: usize,
    pub list_key: ListKey,
    pub sizes: AttrValue,
    /// Height of the line that says why it is here; 0 for none.
    pub caption: f64,
    pub eager: bool,
}

#[component]
pub fn Card(props: &CardProps) -> Html {
    let go = use_go();
    let element = &props.element;
    let about = About {
        element: element.clone(),
        list: props.list_key.clone(),
        why: props.why.clone(),
        because: props.because.clone(),
    };
    let menu = use_card_menu();
    let press = use_press({
        let about = about.clone();
        Callback::from(move |(area, opener)| menu.open(&about, area, opener))
    });
    let selects = use_card_click(&props.list_key, &element.id);
    let onclick = {
        let (id, list) = (element.id.clone(), props.list_key.clone());
        let was_long = press.was_long.clone();
        Callback::from(move |event: MouseEvent| {
            // the end of a long press opens nothing: the menu is there
            if was_long.emit(()) || selects.emit(event.clone()) {
                event.prevent_default();
            } else if plain_click(&event) {
                event.prevent_default();
                go.element(&id, Some(list.clone()));
            }
        })
    };
    let place = props.place;
    let style = format!(
        "transform:translate({:.2}px,{:.2}px);width:{:.2}px;height:{:.2}px",
        place.x, place.y, place.width, place.height
    );
    let picture_height = format!("height:{:.2}px", place.height - props.caption);
    let mine = use_user().is_some_and(|user| user.id == element.owner.id);
    let title = element.title.trim();
    let exposure = use_exposure(element);
    let covered = exposure.is_covered();
    let near = use_state_eq(|| false);
    let come = {
        let near = near.setter();
        Callback::from(move |is_near| near.set(is_near))
    };
    html! {
        <article class="card" {style} data-element={element.id.to_string()} aria-posinset={props.position.to_string()} aria-setsize="-1" aria-label={name_of(element)}
            onmouseenter={come.reform(|_: MouseEvent| true)} onmouseleave={come.reform(|_: MouseEvent| false)}
            onfocusin={come.reform(|_: FocusEvent| true)} onfocusout={come.reform(|_: FocusEvent| false)}
            onpointerdown={press.onpointerdown} onpointermove={press.onpointermove} onpointerup={press.onpointerend.clone()}
            onpointercancel={press.onpointerend} oncontextmenu={press.oncontextmenu}>
            <a class="card-link" id={card_id(element.id.as_str())} href={Route::element(&element.id).to_path()}
                style={picture_height.clone()} draggable="false" {onclick}>
                <Picture element={element.clone()} sizes={props.sizes.clone()} eager={props.eager} {covered} />
                if !covered {
                    <Badges element={element.clone()} />
                }
                <span class="card-shade" aria-hidden="true">
                    if !title.is_empty() { <span class="card-title">{ title.to_owned() }</span> }
                    <span class="card-owner">{ element.owner.display_name.clone() }</span>
                </span>
                { state(element, mine) }
            </a>
            // beside the link: buttons may not stand in one
            <div class="card-veil" style={picture_height}><Veil element={element.clone()} {exposure} /></div>
            <Check list_key={props.list_key.clone()} element={element.id.clone()} about={alt_text(element)} />
            <CardSave element={element.id.clone()} about={alt_text(element)} near={*near} />
            <Tools {about} bottom={props.caption} near={*near} />
            if props.caption > 0.0 {
                if let Some(cluster) = &props.because {
                    <p class="card-why is-because" style={format!("height:{:.0}px", props.caption)} title={words::all_reasons(&props.why)}>
                        { because(&props.why) }<Link to={Route::cluster(&cluster.id)}>{ cluster.name.clone() }</Link>
                    </p>
                } else {
                    <p class="card-why" title={words::all_reasons(&props.why)}>{ words::why(&props.why) }</p>
                }
            }
        </article>
    }
}

/// The words before the cluster's name.
fn because(why: &[Why]) -> String {
    match why.first() {
        Some(Why::SharedTags { tags }) if !tags.is_empty() => {
            let few: Vec<_> = tags.iter().take(2).collect();
            format!("{}, as in ", words::listed(&few))
        }
        _ => "Because you saved to ".to_owned(),
    }
}

/// The `id` by which a card is found again when what it opened is closed.
pub fn card_id(id: &str) -> String {
    format!("card-{id}")
}

/// Says what happens to a picture that is not ready. To others it is ready as
/// soon as it can be looked at.
fn state(element: &Element, mine: bool) -> Option<Html> {
    let text = match element.state {
        State::Ready => return None,
        _ if !mine && !element.media.is_empty() => return None,
        State::Failed => "Not readable",
        State::Processing => {
            // smaller files change nothing for whoever looks at it
            let matters = |s: &&Stage| s.state != StageState::Done && s.name != StageName::Compress;
            words::stage_short(element.stages.iter().find(matters)?.name)
        }
    };
    let failed = element.state == State::Failed;
    Some(html! {
        <span class={classes!("card-state", failed.then_some("is-failed"))}>
            <span class="pulse" aria-hidden="true"></span>{ text }
        </span>
    })
}
