//! The picture that is searched in, with the box over it.

use std::rc::Rc;

use protocol::element::Element;
use protocol::visual::Region;
use web_sys::HtmlImageElement;
use yew::prelude::*;

use super::file::use_address;
use super::grip::{Frame, Over};
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
}

#[component]
pub fn Stage(props: &StageProps) -> Html {
    match &props.source {
        Given::Element(element) => {
            html! { <OfElement element={element.clone()} over={props.over()} /> }
        }
        Given::File(file) => html! { <OfFile file={file.clone()} over={props.over()} /> },
    }
}

impl StageProps {
    fn over(&self) -> Over {
        Over {
            region: self.region,
            boxed: self.boxed,
            onregion: self.onregion.clone(),
            now: self.now.clone(),
        }
    }
}

#[derive(Properties, PartialEq)]
struct OfElementProps {
    element: Rc<Element>,
    over: Over,
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
    // known once the browser has read it; of formats that it can't show, never
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
        let broken = broken.clone();
        Callback::from(move |_: Event| broken.set(true))
    };
    let (width, height) = size.unwrap_or((4, 3));
    html! {
        <>
            <div class="look-stage" style={ratio(width, height)}>
                if !*broken {
                    <img class="look-file" src={address.as_str().to_owned()} alt={props.file.name()} draggable="false" {onload} {onerror} />
                }
                if size.is_some() || *broken {
                    <Frame over={props.over.clone()} />
                }
            </div>
            <p class="note">
                if *broken {
                    { "Your browser can't show this format, but it can be searched for. " }
                }
                { "Your picture is looked at, not saved, so this search has no address to share." }
            </p>
        </>
    }
}

fn ratio(width: u32, height: u32) -> String {
    let (width, height) = (width.max(1), height.max(1));
    format!("--w:{width};--h:{height};aspect-ratio:{width}/{height}")
}
