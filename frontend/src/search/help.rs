//! The search language, with examples to try.

use protocol::query::KEYS;
use yew::prelude::*;

use crate::controls::{Icon, IconName};

/// What words do, by example.
const WORDS: [(&str, &str); 6] = [
    (
        "blue door",
        "pictures that show it, are tagged with it or speak of it",
    ),
    ("\"old town\"", "these words beside each other"),
    ("tiger OR lion", "one or the other"),
    ("sea -tag:boat", "without that; works with everything"),
    ("(cat OR dog) type:image", "parentheses keep together"),
    ("order:newest", "sorts what is found"),
];

/// One example for each key; the rest are typed.
fn example(key: &str) -> &'static str {
    match key {
        "tag" => "tag:cat",
        "type" => "type:image",
        "color" => "color:#2b5fb8",
        "ai" => "ai:no",
        "sensitive" => "sensitive:no",
        "style" => "style:illustration",
        "before" => "before:2026-01-31",
        "after" => "after:2026",
        "quality" => "quality:>70",
        "has" => "has:text",
        "order" => "order:quality",
        _ => "",
    }
}

#[derive(Properties, PartialEq)]
pub struct SearchHelpProps {
    /// Puts this into the field.
    pub ontry: Callback<AttrValue>,
    pub onclose: Callback<()>,
}

#[component]
pub fn SearchHelp(props: &SearchHelpProps) -> Html {
    let attempt = |text: AttrValue| props.ontry.reform(move |_: MouseEvent| text.clone());
    let close = props.onclose.reform(|_: MouseEvent| ());
    html! {
        <div class="search-help" id="search-help" role="region" aria-label="How to search">
            <div class="search-help-head">
                <h2>{ "How to search" }</h2>
                <button type="button" class="icon-button" aria-label="Close the help" onclick={close}><Icon name={IconName::Close} size={18} /></button>
            </div>
            <dl>
                { for WORDS.iter().map(|(words, what)| html! {
                    <div>
                        <dt><button type="button" class="try" onclick={attempt((*words).into())}>{ *words }</button></dt>
                        <dd>{ *what }</dd>
                    </div>
                }) }
            </dl>
            <h3>{ "Filters" }</h3>
            <dl>
                { for KEYS.iter().map(|(key, what)| {
                    let example = example(key);
                    let typed = if example.is_empty() { format!("{key}:") } else { example.to_owned() };
                    html! {
                        <div>
                            <dt><button type="button" class="try" onclick={attempt(typed.clone().into())}>{ typed }</button></dt>
                            <dd>{ *what }</dd>
                        </div>
                    }
                }) }
            </dl>
            <p class="quiet">{ "Paste or drop a picture, or paste its web address, to search by it." }</p>
        </div>
    }
}
