//! The picture, and over it the box that pointers and keys move.

use protocol::visual::{Region, Subject};
use web_sys::{Element as Node, HtmlElement, HtmlImageElement};
use yew::prelude::*;

use super::file::use_address;
use super::frame::{self, HANDLES, Handle};
use super::subjects::Dots;
use crate::api::visual;
use crate::nav::Given;
use crate::picture::Picture;
use crate::sensitive::{Veil, use_exposure};

#[derive(Properties, PartialEq)]
pub struct StageProps {
    pub source: Given,
    pub region: Region,
    /// Does the box count?
    pub boxed: bool,
    pub onregion: Callback<Region>,
    /// Searches without waiting.
    pub now: Callback<()>,
    pub subjects: Vec<Subject>,
    pub onsubject: Callback<Region>,
}

#[component]
pub fn Stage(props: &StageProps) -> Html {
    match &props.source {
        Given::Element(element) => {
            let region = props.boxed.then_some(props.region);
            let dots = html! { <Dots subjects={props.subjects.clone()} {region} onchoose={props.onsubject.clone()} /> };
            html! { <OfElement element={element.clone()} over={props.clone_over()} {dots} /> }
        }
        Given::File(file) => html! { <OfFile file={file.clone()} over={props.clone_over()} /> },
        Given::Address(url) => {
            html! { <OfAddress url={url.clone()} over={props.clone_over()} /> }
        }
    }
}

impl StageProps {
    fn clone_over(&self) -> Over {
        Over {
            region: self.region,
            boxed: self.boxed,
            onregion: self.onregion.clone(),
            now: self.now.clone(),
        }
    }
}

/// All about the box.
#[derive(Clone, PartialEq)]
struct Over {
    region: Region,
    boxed: bool,
    onregion: Callback<Region>,
    now: Callback<()>,
}

#[derive(Properties, PartialEq)]
struct OfElementProps {
    element: std::rc::Rc<protocol::element::Element>,
    over: Over,
    dots: Html,
}

#[component]
fn OfElement(props: &OfElementProps) -> Html {
    let element = &props.element;
    let exposure = use_exposure(element);
    let covered = exposure.is_covered();
    html! {
        <div class="look-stage" style={ratio(element.width, element.height)}>
            <Picture element={element.clone()} sizes="(min-width: 900px) 45vw, 100vw" eager={true} {covered} />
            // nobody can place a box over what they don't see
            if !covered {
                <Frame over={props.over.clone()} />
                { props.dots.clone() }
            }
            <Veil element={element.clone()} {exposure} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OfFileProps {
    file: web_sys::File,
    over: Over,
}

#[component]
fn OfFile(props: &OfFileProps) -> Html {
    let address = use_address(&props.file);
    let broken = use_state_eq(|| false);
    let onbroken = {
        let broken = broken.clone();
        Callback::from(move |()| broken.set(true))
    };
    html! {
        <>
            <OfPicture src={address.as_str().to_owned()} alt={props.file.name()} over={props.over.clone()} {onbroken} blind={true} />
            <p class="note">
                if *broken {
                    { "Your browser can't show this format, but it can be searched for. " }
                }
                { "Your picture is looked at, not saved, so this search has no address to share." }
            </p>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct OfAddressProps {
    url: String,
    over: Over,
}

/// As the server has fetched it: the page itself goes nowhere else.
#[component]
fn OfAddress(props: &OfAddressProps) -> Html {
    let src = visual::picture_at(&props.url);
    let alt = format!("Picture at {}", props.url);
    html! { <OfPicture {src} {alt} over={props.over.clone()} blind={false} /> }
}

#[derive(Properties, PartialEq)]
struct OfPictureProps {
    src: String,
    alt: String,
    over: Over,
    /// It can't be shown.
    #[prop_or_default]
    onbroken: Callback<()>,
    /// Is there a box even then?
    blind: bool,
}

/// A picture whose size is known once the browser has read it; of formats
/// that it can't show, never.
#[component]
fn OfPicture(props: &OfPictureProps) -> Html {
    let size = use_state(|| None::<(u32, u32)>);
    let broken = use_state_eq(|| false);
    let onload = {
        let size = size.clone();
        Callback::from(move |event: Event| {
            let image: HtmlImageElement = event.target_unchecked_into();
            size.set(Some((image.natural_width(), image.natural_height())));
        })
    };
    let onerror = {
        let (broken, tell) = (broken.clone(), props.onbroken.clone());
        Callback::from(move |_: Event| {
            broken.set(true);
            tell.emit(());
        })
    };
    let (width, height) = size.unwrap_or((4, 3));
    let waiting = size.is_none() && !*broken;
    html! {
        <div class={classes!("look-stage", waiting.then_some("is-waiting"))} style={ratio(width, height)}>
            if !*broken {
                <img class="look-file" src={props.src.clone()} alt={props.alt.clone()} draggable="false" {onload} {onerror} />
            }
            if size.is_some() || (*broken && props.blind) {
                <Frame over={props.over.clone()} />
            }
        </div>
    }
}

fn ratio(width: u32, height: u32) -> String {
    let (width, height) = (width.max(1), height.max(1));
    format!("--w:{width};--h:{height};aspect-ratio:{width}/{height}")
}

#[derive(Clone, Copy, PartialEq)]
enum Pull {
    Move,
    Resize(Handle),
    Draw,
}

/// A pointer that is down: what it does, where it began and with which box.
#[derive(Clone, Copy, PartialEq)]
struct Drag {
    pull: Pull,
    from: (f32, f32),
    region: Region,
}

#[derive(Properties, PartialEq)]
struct FrameProps {
    over: Over,
}

/// A movement shorter than this, in parts of the picture, draws no box.
const CLICK: f32 = 0.02;

#[component]
fn Frame(props: &FrameProps) -> Html {
    let Over {
        region,
        boxed,
        onregion,
        now,
    } = props.over.clone();
    let node = use_node_ref();
    let held = use_node_ref();
    let drag = use_mut_ref(|| None::<Drag>);
    let down = |pull: Pull| {
        let (node, held, drag) = (node.clone(), held.clone(), drag.clone());
        Callback::from(move |event: PointerEvent| {
            let touch = event.pointer_type() == "touch";
            if event.button() != 0 || (pull == Pull::Draw && touch) {
                return;
            }
            event.prevent_default();
            event.stop_propagation();
            let Some(node) = node.cast::<Node>() else {
                return;
            };
            // whatever leaves the picture while it is held still counts
            let _ = node.set_pointer_capture(event.pointer_id());
            let from = point(&node, &event).0;
            drag.replace(Some(Drag { pull, from, region }));
            if let Some(held) = held.cast::<HtmlElement>() {
                let _ = held.focus();
            }
        })
    };
    let onpointermove = {
        let (node, drag, tell) = (node.clone(), drag.clone(), onregion.clone());
        Callback::from(move |event: PointerEvent| {
            if let (Some(drag), Some(node)) = (*drag.borrow(), node.cast::<Node>()) {
                let (to, least) = point(&node, &event);
                tell.emit(dragged(drag, to, least));
            }
        })
    };
    let onpointerup = {
        let (drag, now) = (drag.clone(), now.clone());
        Callback::from(move |_: PointerEvent| {
            if drag.take().is_some() {
                now.emit(());
            }
        })
    };
    let onpointercancel = {
        let drag = drag.clone();
        Callback::from(move |_: PointerEvent| {
            drag.take();
        })
    };
    let onkeydown = {
        let node = node.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                now.emit(());
                return;
            }
            let least = node.cast::<Node>().map_or((0.1, 0.1), |node| size(&node).1);
            let next = frame::keyed(region, &event.key(), event.shift_key(), least);
            if let Some(next) = next {
                event.prevent_default();
                onregion.emit(next);
            }
        })
    };
    if !boxed {
        return Html::default();
    }
    let style = format!(
        "left:{:.3}%;top:{:.3}%;width:{:.3}%;height:{:.3}%",
        region.x * 100.0,
        region.y * 100.0,
        region.w * 100.0,
        region.h * 100.0
    );
    html! {
        <div class="look-frame" ref={node.clone()} onpointerdown={down(Pull::Draw)} {onpointermove} {onpointerup} {onpointercancel}>
            <div class="look-shade" aria-hidden="true"><div style={style.clone()}></div></div>
            <div class="look-box" ref={held.clone()} {style} tabindex="0" role="application" aria-roledescription="selection box"
                aria-label={format!("The part that counts: {}", frame::said(region))} aria-describedby="look-help"
                onpointerdown={down(Pull::Move)} {onkeydown}>
                { for HANDLES.iter().map(|handle| html! {
                    <span class={classes!("look-handle", handle_class(*handle))} aria-hidden="true" onpointerdown={down(Pull::Resize(*handle))}></span>
                }) }
            </div>
            <span id="look-help" class="unseen">{ "Arrows move it, Shift and arrows resize it, Enter searches, Esc closes." }</span>
        </div>
    }
}

fn dragged(drag: Drag, to: (f32, f32), least: (f32, f32)) -> Region {
    let (dx, dy) = (to.0 - drag.from.0, to.1 - drag.from.1);
    match drag.pull {
        Pull::Move => frame::moved(drag.region, dx, dy),
        Pull::Resize(handle) => frame::resized(drag.region, handle, dx, dy, least),
        Pull::Draw if dx.abs().max(dy.abs()) < CLICK => drag.region,
        Pull::Draw => frame::drawn(drag.from, to, least),
    }
}

/// Where on the picture, and how small a box may be.
fn point(node: &Node, event: &PointerEvent) -> ((f32, f32), (f32, f32)) {
    let rect = node.get_bounding_client_rect();
    let ((width, height), least) = size(node);
    let x = (f64::from(event.client_x()) - rect.left()) / width;
    let y = (f64::from(event.client_y()) - rect.top()) / height;
    ((x as f32, y as f32), least)
}

fn size(node: &Node) -> ((f64, f64), (f32, f32)) {
    let rect = node.get_bounding_client_rect();
    let (width, height) = (rect.width().max(1.0), rect.height().max(1.0));
    ((width, height), frame::least(width, height))
}

fn handle_class(handle: Handle) -> &'static str {
    match (handle.x, handle.y) {
        (0, -1) => "is-n",
        (1, 0) => "is-e",
        (0, 1) => "is-s",
        (-1, 0) => "is-w",
        (-1, -1) => "is-nw",
        (1, -1) => "is-ne",
        (1, 1) => "is-se",
        _ => "is-sw",
    }
}
