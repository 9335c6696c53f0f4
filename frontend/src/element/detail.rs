//! An element with all that is known of it: the same over a list and as a page.

use std::rc::Rc;

use protocol::element::{Element, Stage, StageName, StageState, State};
use protocol::{ElementId, ErrorCode, Topic};
use yew::prelude::*;

use super::actions::Actions;
use super::colors::Colors;
use super::editor::Editor;
use super::facts::Facts;
use super::labels::Labels;
use super::quality::Quality;
use super::reading::Reading;
use super::removal::{Removal, Restore};
use super::sharing::Sharing;
use super::similar::Similar;
use super::stages::Stages;
use super::tags::Tags;
use crate::api::Failure;
use crate::cluster::Within;
use crate::controls::{Empty, IconName, use_title};
use crate::live::use_topic;
use crate::nav::{Link, Route};
use crate::picture::{Picture, name_of};
use crate::sensitive::{Veil, use_exposure};
use crate::store::{Change, use_library, use_loader, use_user};
use crate::visual::LookButton;

#[derive(Properties, PartialEq)]
pub struct DetailProps {
    pub id: ElementId,
    /// Does it lie over a list?
    #[prop_or_default]
    pub over: bool,
    /// It is gone, or was left.
    pub onclose: Callback<()>,
}

#[component]
pub fn Detail(props: &DetailProps) -> Html {
    let library = use_library();
    let loader = use_loader();
    let failure = use_state(|| None::<Failure>);
    let element = library.element(&props.id);
    use_topic(Some(Topic::Element(props.id.clone())));
    let fetch = {
        let (failure, loader) = (failure.clone(), loader.clone());
        Callback::from(move |id: ElementId| {
            failure.set(None);
            let failure = failure.clone();
            loader.element(id, Callback::from(move |why| failure.set(Some(why))));
        })
    };
    use_effect_with(props.id.clone(), {
        let fetch = fetch.clone();
        move |id| fetch.emit(id.clone())
    });
    let title = element.as_deref().map_or_else(String::new, name_of);
    use_title(title);
    // shown a moment ago and known no more: somebody deleted it
    let seen = use_mut_ref(|| None::<ElementId>);
    if element.is_some() {
        seen.replace(Some(props.id.clone()));
    }
    let deleted = seen.borrow().as_ref() == Some(&props.id);
    let now = js_sys::Date::now() as i64;
    let restorable = library.restorable(&props.id);
    let restorable = restorable.is_some_and(|until| until.millis() > now);

    match (element, &*failure) {
        (Some(element), _) => {
            html! { <Shown {element} over={props.over} onclose={props.onclose.clone()} /> }
        }
        (None, _) if restorable => html! {
            <Empty page={true} title="You deleted this picture" text="It can be restored for a few minutes, with its tags and its places in clusters." icon={IconName::Trash}>
                <Restore id={props.id.clone()} />
            </Empty>
        },
        (None, Some(why)) if why.code() == Some(ErrorCode::NotFound) => gone(),
        (None, None) if deleted => gone(),
        (None, Some(why)) => {
            let (fetch, id) = (fetch.clone(), props.id.clone());
            let onclick = Callback::from(move |_: MouseEvent| fetch.emit(id.clone()));
            html! {
                <Empty title="This didn't load" text={why.message()} icon={IconName::Alert}>
                    <button type="button" class="button is-primary" {onclick}>{ "Try again" }</button>
                </Empty>
            }
        }
        (None, None) => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
    }
}

fn gone() -> Html {
    html! {
        <Empty page={true} title="This picture isn't here" text="It was deleted, or it is not shared with you." icon={IconName::EyeOff}>
            <Link to={Route::Home} class="button is-primary">{ "Go home" }</Link>
        </Empty>
    }
}

#[derive(Properties, PartialEq)]
struct ShownProps {
    element: Rc<Element>,
    over: bool,
    onclose: Callback<()>,
}

#[component]
fn Shown(props: &ShownProps) -> Html {
    let element = &props.element;
    let loader = use_loader();
    let mine = use_user().is_some_and(|user| user.id == element.owner.id);
    let changed = {
        let loader = loader.clone();
        Callback::from(move |element: Element| loader.tell(Change::Put(vec![element])))
    };
    let exposure = use_exposure(element);
    // once seen unfinished, the steps stay until somebody goes on
    let open = use_mut_ref(|| None::<ElementId>);
    if unfinished(element, mine) {
        open.replace(Some(element.id.clone()));
    }
    let watched = open.borrow().as_ref() == Some(&element.id);
    // no larger than its pixels, no higher than the window leaves room for
    let (width, height) = (element.width.max(1), element.height.max(1));
    let ratio = format!("--w:{width};--h:{height};aspect-ratio:{width}/{height}");
    html! {
        <article class={classes!("detail", props.over.then_some("is-over"))}>
            <div class="detail-top">
                <div class="detail-media">
                    <div class="detail-picture" style={ratio}>
                        <Picture element={element.clone()} sizes="(min-width: 900px) 60vw, 100vw" eager={true} covered={exposure.is_covered()} />
                        <Veil element={element.clone()} {exposure} />
                        <LookButton element={element.clone()} />
                    </div>
                </div>
                <div class="detail-side">
                    <Editor element={element.clone()} {mine} changed={changed.clone()} />
                    <Actions element={element.clone()} />
                    if watched {
                        <Stages element={element.clone()} {mine} changed={changed.clone()} />
                    }
                    <Tags element={element.clone()} {mine} changed={changed.clone()} />
                    <Within id={element.id.clone()} />
                    <Labels element={element.clone()} {mine} changed={changed.clone()} />
                    <Reading element={element.clone()} />
                    <Quality element={element.clone()} />
                    <Colors colors={element.colors.clone()} />
                    if mine {
                        <Sharing element={element.clone()} changed={changed} />
                    }
                    <Facts element={element.clone()} {mine} />
                    if mine {
                        <Removal id={element.id.clone()} removed={props.onclose.clone()} />
                    }
                </div>
            </div>
            <Similar id={element.id.clone()} state={element.state} />
        </article>
    }
}

/// Is there anything to watch? Smaller files concern nobody but the owner.
fn unfinished(element: &Element, mine: bool) -> bool {
    let open = |s: &Stage| s.state != StageState::Done && (mine || s.name != StageName::Compress);
    element.state == State::Failed || element.stages.iter().any(open)
}
