//! What narrows the results: the scope, words and tags.

use protocol::limits;
use protocol::search::Facet;
use protocol::value::TagName;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::asked::{Asked, Scope};
use crate::controls::{Icon, IconName};

/// Tags that are offered.
const OFFERED: usize = 12;

const SCOPES: [(Scope, &str, &str); 3] = [
    (Scope::Part, "Part", "What the box shows"),
    (Scope::Whole, "Whole", "All of the picture"),
    (Scope::Colors, "Colours", "The colours in the box"),
];

#[derive(Properties, PartialEq)]
pub struct NarrowingProps {
    pub asked: Asked,
    pub facets: Vec<Facet>,
    /// Searches at once.
    pub onask: Callback<Asked>,
    /// Searches when the typing pauses.
    pub ontext: Callback<String>,
}

#[component]
pub fn Narrowing(props: &NarrowingProps) -> Html {
    let asked = &props.asked;
    let oninput = {
        let tell = props.ontext.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            tell.emit(input.value());
        })
    };
    let onsubmit = {
        let (ask, asked) = (props.onask.clone(), asked.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            ask.emit(asked.clone());
        })
    };
    html! {
        <form class="look-narrowing" {onsubmit}>
            <div class="look-line">
                <div class="segments look-scopes" role="radiogroup" aria-label="What counts">
                    { for SCOPES.iter().map(|scope| segment(*scope, asked, &props.onask)) }
                </div>
                <label class="look-words">
                    <Icon name={IconName::Plus} size={18} />
                    <span class="unseen">{ "And also, in words" }</span>
                    <input type="text" placeholder="and also…" enterkeyhint="search" autocomplete="off"
                        maxlength={limits::QUERY_MAX.to_string()} value={asked.text.clone()} {oninput} />
                </label>
            </div>
            { chips(props) }
        </form>
    }
}

fn segment(
    (scope, name, title): (Scope, &'static str, &'static str),
    asked: &Asked,
    ask: &Callback<Asked>,
) -> Html {
    let chosen = asked.scope == scope;
    let next = Asked {
        scope,
        ..asked.clone()
    };
    let onchange = ask.reform(move |_: Event| next.clone());
    html! {
        <label class={classes!("segment", chosen.then_some("is-chosen"))} {title}>
            <input type="radio" name="look-scope" checked={chosen} {onchange} />{ name }
        </label>
    }
}

fn chips(props: &NarrowingProps) -> Html {
    let offered = offered(&props.asked.tags, &props.facets);
    if offered.is_empty() {
        return Html::default();
    }
    html! {
        <div class="look-chips" role="group" aria-label="Only with the tag">
            { for offered.into_iter().map(|(tag, count)| {
                let on = props.asked.tags.contains(&tag);
                let next = props.asked.toggled(&tag);
                let onclick = props.onask.reform(move |_: MouseEvent| next.clone());
                html! {
                    <button key={tag.to_string()} type="button" class={classes!("look-chip", on.then_some("is-on"))} aria-pressed={on.to_string()} {onclick}>
                        if on { <Icon name={IconName::Check} size={16} /> }
                        { tag.to_string() }
                        if let (false, Some(count)) = (on, count) { <span class="tag-score">{ count.to_string() }</span> }
                    </button>
                }
            }) }
        </div>
    }
}

/// The chosen ones first: they must never be lost from sight.
fn offered(chosen: &[TagName], facets: &[Facet]) -> Vec<(TagName, Option<u32>)> {
    let mut all: Vec<(TagName, Option<u32>)> = chosen.iter().map(|t| (t.clone(), None)).collect();
    for facet in facets {
        if let Ok(tag) = facet.tag.parse::<TagName>()
            && all.len() < OFFERED.max(chosen.len())
            && !all.iter().any(|(known, _)| *known == tag)
        {
            all.push((tag, Some(facet.count)));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_tags_are_offered_even_if_nothing_carries_them() {
        let chosen = ["door".parse::<TagName>().expect("a tag")];
        let facet = |tag: &str| Facet {
            tag: tag.into(),
            count: 3,
        };
        let all = offered(&chosen, &[facet("cat"), facet("door")]);
        let names: Vec<_> = all.iter().map(|(tag, _)| tag.as_str()).collect();
        assert_eq!(names, ["door", "cat"]);
    }
}
