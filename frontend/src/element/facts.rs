//! What else is known of a picture: who made it, how large it is.

use std::rc::Rc;

use protocol::element::Element;
use yew::prelude::*;

use crate::picture::described;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct FactsProps {
    pub element: Rc<Element>,
    pub mine: bool,
}

#[component]
pub fn Facts(props: &FactsProps) -> Html {
    let element = &props.element;
    let source = &element.source;
    let row = |name: &'static str, value: Option<Html>| {
        value.map(|value| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> })
    };
    let text = |value: &Option<String>| value.clone().filter(|v| !v.is_empty()).map(Html::from);
    let size = (element.width > 0)
        .then(|| Html::from(format!("{} × {} pixels", element.width, element.height)));
    let seen = (!props.mine).then(|| Html::from(words::visibility(element.visibility).0));
    html! {
        <section class="block">
            <h2>{ "About" }</h2>
            <dl class="facts">
                { row("Alt text", alt(element)) }
                { row("By", text(&source.author)) }
                { row("Licence", text(&source.license)) }
                { row("File", text(&source.file_name)) }
                { row("Size", size) }
                { row("Saved", Some(Html::from(words::date(element.created_at.millis())))) }
                { row("Visible to", seen) }
            </dl>
        </section>
    }
}

/// What is read to those who don't see it.
fn alt(element: &Element) -> Option<Html> {
    let own = element.alt.trim();
    if !own.is_empty() {
        return Some(Html::from(own.to_owned()));
    }
    let words = described(element)?;
    Some(html! { <>{ words }{ " " }<span class="badge">{ "automatic" }</span></> })
}
