//! The page at `/search/visual`: which picture it is about.

use protocol::ElementId;
use protocol::ErrorCode;
use yew::prelude::*;

use super::address::AddressField;
use super::asked::{Asked, Of};
use super::entry::PictureButton;
use super::file;
use super::view::View;
use crate::api::Failure;
use crate::controls::{Empty, IconName, use_title};
use crate::nav::{Given, Link, Place, Route};
use crate::store::{use_library, use_loader};

#[derive(Properties, PartialEq)]
pub struct VisualPageProps {
    pub place: Place,
}

#[component]
pub fn VisualPage(props: &VisualPageProps) -> Html {
    use_title("Search by picture");
    let query = &props.place.query;
    if let Some(Given::File(file)) = &props.place.given {
        return html! {
            <View key={file::name(file)} source={Given::File(file.clone())} start={Asked::default()} />
        };
    }
    match Of::read(query) {
        Some(Of::Element(id)) => {
            let given = props.place.given.clone();
            let key = id.to_string();
            html! { <OfElement {key} {id} {given} start={Asked::read(query)} /> }
        }
        Some(Of::Address(url)) => html! {
            <View key={url.clone()} source={Given::Address(url.clone())} start={Asked::read(query)} />
        },
        Some(Of::File) | None => html! {
            <div class="look-entry">
                <Empty page={true} title="Search by a picture" text="Choose one from your device, paste or drop it onto the search field, or give the address of one. It is looked at, not saved." icon={IconName::Look}>
                    <PictureButton text="Choose a picture" />
                </Empty>
                <AddressField />
            </div>
        },
    }
}

#[derive(Properties, PartialEq)]
struct OfElementProps {
    id: ElementId,
    given: Option<Given>,
    start: Asked,
}

/// Fetches the element unless it is known already.
#[component]
fn OfElement(props: &OfElementProps) -> Html {
    let library = use_library();
    let loader = use_loader();
    let failure = use_state(|| None::<Failure>);
    let element = library.element(&props.id).or_else(|| match &props.given {
        Some(Given::Element(element)) => Some(element.clone()),
        _ => None,
    });
    let fetch = {
        let (failure, id) = (failure.clone(), props.id.clone());
        Callback::from(move |()| {
            failure.set(None);
            let failure = failure.clone();
            loader.element(
                id.clone(),
                Callback::from(move |why| failure.set(Some(why))),
            );
        })
    };
    use_effect_with((), {
        let (fetch, missing) = (fetch.clone(), element.is_none());
        move |()| {
            if missing {
                fetch.emit(());
            }
        }
    });
    match (element, &*failure) {
        (Some(element), _) => {
            html! { <View source={Given::Element(element)} start={props.start.clone()} /> }
        }
        (None, Some(why)) if why.code() == Some(ErrorCode::NotFound) => html! {
            <Empty page={true} title="This picture isn't here" text="It was deleted, or it is not shared with you." icon={IconName::EyeOff}>
                <Link to={Route::Home} class="button is-primary">{ "Go home" }</Link>
            </Empty>
        },
        (None, Some(why)) => html! {
            <Empty page={true} title="This didn't load" text={why.message()} icon={IconName::Alert}>
                <button type="button" class="button is-primary" onclick={fetch.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
            </Empty>
        },
        (None, None) => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
    }
}
