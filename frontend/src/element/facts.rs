//! Where a picture came from and how large it is.

use std::rc::Rc;

use protocol::element::Element;
use yew::prelude::*;

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
    let via = match source.via.as_str() {
        "sample" => "Sample library",
        "import" => "Imported",
        _ => "Uploaded",
    };
    let size = (element.width > 0)
        .then(|| Html::from(format!("{} × {} pixels", element.width, element.height)));
    let seen = (!props.mine).then(|| Html::from(words::visibility(element.visibility).0));
    html! {
        <section class="block">
            <h2>{ "About" }</h2>
            <dl class="facts">
                { row("Source", Some(link(source.url.as_deref(), via))) }
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

/// The place on the web, if there is one, by its host's name.
fn link(url: Option<&str>, via: &'static str) -> Html {
    let web = url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    match web {
        Some(url) => {
            let host = url.split('/').nth(2).unwrap_or(url).to_owned();
            html! { <a href={url.to_owned()} target="_blank" rel="noopener noreferrer">{ host }</a> }
        }
        None => match url.filter(|url| !url.is_empty()) {
            Some(named) => html! { { format!("{via}, {named}") } },
            None => html! { { via } },
        },
    }
}
