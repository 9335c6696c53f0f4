//! Links within the app.

use yew::prelude::*;
use yew_router::prelude::*;

use super::{Route, use_go};

/// A link within the app; other buttons and keys do what they do in a browser.
#[derive(Properties, PartialEq)]
pub struct LinkProps {
    pub to: Route,
    #[prop_or_default]
    pub class: Classes,
    /// Is it the page that is shown?
    #[prop_or_default]
    pub current: bool,
    #[prop_or_default]
    pub label: Option<AttrValue>,
    #[prop_or_default]
    pub title: Option<AttrValue>,
    #[prop_or_default]
    pub onclick: Callback<()>,
    pub children: Html,
}

#[component]
pub fn Link(props: &LinkProps) -> Html {
    let go = use_go();
    let onclick = {
        let (to, also) = (props.to.clone(), props.onclick.clone());
        Callback::from(move |event: MouseEvent| {
            if plain_click(&event) {
                event.prevent_default();
                also.emit(());
                go.to(&to);
            }
        })
    };
    html! {
        <a
            href={props.to.to_path()}
            class={props.class.clone()}
            aria-current={props.current.then_some("page")}
            aria-label={props.label.clone()}
            title={props.title.clone()}
            {onclick}
        >{ props.children.clone() }</a>
    }
}

/// Neither a new tab nor a download is wanted.
pub fn plain_click(event: &MouseEvent) -> bool {
    event.button() == 0
        && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key())
}

/// A link to the results for some words.
#[derive(Properties, PartialEq)]
pub struct SearchLinkProps {
    pub words: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    #[prop_or_default]
    pub title: Option<AttrValue>,
    pub children: Html,
}

#[component]
pub fn SearchLink(props: &SearchLinkProps) -> Html {
    let go = use_go();
    let escaped = String::from(js_sys::encode_uri_component(&props.words));
    let onclick = {
        let words = props.words.clone();
        Callback::from(move |event: MouseEvent| {
            if plain_click(&event) {
                event.prevent_default();
                go.search(&words, false);
            }
        })
    };
    html! {
        <a href={format!("/search?q={escaped}")} class={props.class.clone()} title={props.title.clone()} {onclick}>
            { props.children.clone() }
        </a>
    }
}

/// A link to a tag's page.
#[derive(Properties, PartialEq)]
pub struct TagLinkProps {
    pub name: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// The name, where nothing else is said.
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub fn TagLink(props: &TagLinkProps) -> Html {
    let bare = props.children == Html::default();
    html! {
        <Link to={Route::tag(&props.name)} class={props.class.clone()} title={props.title.clone()}>
            if bare { { props.name.clone() } } else { { props.children.clone() } }
        </Link>
    }
}
