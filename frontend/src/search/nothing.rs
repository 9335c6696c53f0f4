//! Where nothing was found: the one thing to do about it, and what else may
//! have been meant.

use protocol::tag::TagHint;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::chip;
use super::pieces::Pieces;
use super::token::tokens;
use crate::api;
use crate::controls::{Empty, IconName};
use crate::nav::{Link, Route, SearchLink, TagLink};
use crate::store::use_clusters;

/// Words of a search about which tags are asked.
const WORDS: usize = 3;
/// Tags that are suggested.
const TAGS: usize = 6;

#[derive(Properties, PartialEq)]
pub struct NothingProps {
    pub pieces: Pieces,
}

#[component]
pub fn Nothing(props: &NothingProps) -> Html {
    let clusters = use_clusters();
    let near = use_near(&props.pieces.text);
    let pieces = &props.pieces;
    let words = pieces.text.trim();
    let title = match (words.is_empty(), pieces.chips.len()) {
        (true, 1) => "Nothing fits this filter".to_owned(),
        (true, _) => "Nothing fits all of these filters".to_owned(),
        (false, 0) => format!("Nothing for “{words}”"),
        (false, _) => format!("Nothing for “{words}” with these filters"),
    };
    let without = |index: usize| {
        let mut fewer = pieces.clone();
        fewer.chips.remove(index);
        fewer.write()
    };
    let several = !words.is_empty() || pieces.chips.len() > 1;
    html! {
        <Empty {title} text={if pieces.chips.is_empty() { "Try fewer or other words." } else { "" }} icon={IconName::Search}>
            if !words.is_empty() && !pieces.chips.is_empty() {
                <SearchLink words={words.to_owned()} class="button is-primary">{ "Search without filters" }</SearchLink>
            } else {
                <Link to={Route::Explore} class="button is-primary">{ "Explore instead" }</Link>
            }
            if several && !pieces.chips.is_empty() {
                <div class="suggested" role="group" aria-label="Leave one out">
                    { for pieces.chips.iter().enumerate().map(|(index, one)| html! {
                        <SearchLink words={without(index)} class="way">{ format!("without “{}”", chip::text(one, &clusters)) }</SearchLink>
                    }) }
                </div>
            }
            if !near.is_empty() {
                <div class="suggested" role="group" aria-label="Tags that may be meant">
                    <span class="quiet">{ "Tags that may be meant:" }</span>
                    { for near.iter().map(|hint| html! { <TagLink name={hint.name.clone()} class="way" /> }) }
                </div>
            }
        </Empty>
    }
}

/// Tags whose names are near to the words.
#[hook]
fn use_near(text: &str) -> Vec<TagHint> {
    let near = use_state_eq(Vec::new);
    use_effect_with(text.to_owned(), {
        let near = near.setter();
        move |text| {
            near.set(Vec::new());
            let plain = |word: &&str| word.chars().all(char::is_alphanumeric);
            let words = tokens(text).into_iter().map(|t| t.text);
            let words: Vec<String> = words.filter(plain).take(WORDS).map(str::to_owned).collect();
            spawn_local(async move {
                let mut all: Vec<TagHint> = Vec::new();
                for word in words {
                    // without an answer there is no suggestion
                    let Ok(hints) = api::tags::hints(&word, TAGS).await else {
                        continue;
                    };
                    for hint in hints.items {
                        if hint.count > 0 && all.len() < TAGS && !all.contains(&hint) {
                            all.push(hint);
                        }
                    }
                }
                near.set(all);
            });
        }
    });
    (*near).clone()
}
