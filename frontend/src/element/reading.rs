//! Words that were read in the picture.

use std::rc::Rc;

use protocol::element::Element;
use yew::prelude::*;

use crate::controls::{Icon, IconName, use_copy};
use crate::words;

/// Texts of so many characters are shown without asking.
const SHORT: usize = 200;

#[derive(Properties, PartialEq)]
pub struct ReadingProps {
    pub element: Rc<Element>,
}

#[component]
pub fn Reading(props: &ReadingProps) -> Html {
    let copy = use_copy("Text copied");
    let text = props.element.text.trim();
    if text.is_empty() {
        return Html::default();
    }
    let lines = text.lines().count() as i64;
    let onclick = {
        let text = text.to_owned();
        Callback::from(move |_: MouseEvent| copy.emit(text.clone()))
    };
    html! {
        <section class="block">
            <h2>{ "Text in the picture" }</h2>
            <details class="fold" open={text.chars().count() <= SHORT}>
                <summary>{ words::count(lines, "line") }</summary>
                <p class="read-text" tabindex="0" role="group" aria-label="Text in the picture">{ text.to_owned() }</p>
                <button type="button" class="button is-small" {onclick}><Icon name={IconName::Copy} size={16} />{ "Copy text" }</button>
            </details>
        </section>
    }
}
