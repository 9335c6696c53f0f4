//! A picture that is never a blank: thumbhash first, then the file.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use protocol::element::Element;
use std::rc::Rc;
use yew::prelude::*;

use super::{Sources, alt_text, base64, png, thumbhash};

thread_local! {
    static PLACEHOLDERS: RefCell<HashMap<String, AttrValue>> = RefCell::default();
    /// What has been shown already need not fade in again when it is scrolled back to.
    static SHOWN: RefCell<HashSet<String>> = RefCell::default();
}

#[derive(Properties, PartialEq)]
pub struct PictureProps {
    pub element: Rc<Element>,
    /// How wide it is shown, in CSS words (`sizes`).
    pub sizes: AttrValue,
    /// Fetched at once rather than when it comes near.
    #[prop_or_default]
    pub eager: bool,
    /// The words stand beside it already.
    #[prop_or_default]
    pub decorative: bool,
    /// Shows the placeholder alone; no file is fetched.
    #[prop_or_default]
    pub covered: bool,
}

/// Fills its parent, whose ratio is reserved by whoever lays it out.
#[component]
pub fn Picture(props: &PictureProps) -> Html {
    let element = &props.element;
    let sources = Sources::of(element).filter(|_| !props.covered);
    let key = sources.as_ref().map(|s| s.fallback.clone());
    let loaded = use_state(|| false);
    let seen = key
        .as_ref()
        .is_some_and(|key| SHOWN.with_borrow(|shown| shown.contains(key)));
    let onload = {
        let loaded = loaded.clone();
        let key = key.clone();
        Callback::from(move |_: Event| {
            if let Some(key) = key.clone() {
                SHOWN.with_borrow_mut(|shown| shown.insert(key));
            }
            loaded.set(true);
        })
    };
    let file = sources.map(|sources| {
        let avif = (!sources.avif.is_empty()).then(|| {
            html! { <source type="image/avif" srcset={sources.avif.clone()} sizes={props.sizes.clone()} /> }
        });
        let jpeg = (!sources.jpeg.is_empty()).then_some(sources.jpeg);
        let alt = if props.decorative { String::new() } else { alt_text(element) };
        html! {
            <picture>
                { avif }
                <img
                    class={classes!("picture-file", (*loaded || seen).then_some("is-loaded"))}
                    src={sources.fallback}
                    srcset={jpeg}
                    sizes={props.sizes.clone()}
                    {alt}
                    width={element.width.max(1).to_string()}
                    height={element.height.max(1).to_string()}
                    loading={if props.eager { "eager" } else { "lazy" }}
                    decoding="async"
                    draggable="false"
                    {onload}
                />
            </picture>
        }
    });
    if props.covered {
        let label = format!("{} (covered)", alt_text(element));
        return html! { <span class="picture" style={placeholder(element)} role="img" aria-label={label}></span> };
    }
    html! { <span class="picture" style={placeholder(element)}>{ file }</span> }
}

/// CSS that paints the element's thumbhash, or its colour, or nothing.
pub fn placeholder(element: &Element) -> AttrValue {
    let style = placeholder_of(&element.thumbhash);
    if !style.is_empty() {
        return style;
    }
    match element.colors.first() {
        Some(swatch) => format!("background-color:{}", swatch.hex).into(),
        None => AttrValue::Static(""),
    }
}

/// CSS that paints a thumbhash; empty for none.
pub fn placeholder_of(thumbhash: &str) -> AttrValue {
    if thumbhash.is_empty() {
        return AttrValue::default();
    }
    let known = PLACEHOLDERS.with_borrow(|known| known.get(thumbhash).cloned());
    known.or_else(|| paint(thumbhash)).unwrap_or_default()
}

fn paint(hash: &str) -> Option<AttrValue> {
    let preview = thumbhash::decode(&base64::decode(hash)?)?;
    let style: AttrValue = format!("background-image:url({})", png::data_url(&preview)).into();
    PLACEHOLDERS.with_borrow_mut(|known| known.insert(hash.to_owned(), style.clone()));
    Some(style)
}
