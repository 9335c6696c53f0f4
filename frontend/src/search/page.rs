//! The results for some words.

use yew::prelude::*;

use super::narrow::Narrow;
use super::nothing::Nothing;
use super::order::Tools;
use super::pieces::Pieces;
use crate::controls::{Empty, IconName, use_title};
use crate::grid::{Feed, use_shown};
use crate::nav::{Link, Route};
use crate::store::{ListKey, Phase, use_library};

#[derive(Properties, PartialEq)]
pub struct SearchPageProps {
    pub words: String,
}

#[component]
pub fn SearchPage(props: &SearchPageProps) -> Html {
    let words = props.words.trim().to_owned();
    use_title(if words.is_empty() {
        "Search".to_owned()
    } else {
        words.clone()
    });
    if words.is_empty() {
        return html! {
            <Empty page={true} title="What are you looking for?" text="Type what a picture shows, a tag, or words of its title." icon={IconName::Search}>
                <Link to={Route::Explore} class="button">{ "Explore instead" }</Link>
            </Empty>
        };
    }
    html! { <Results {words} /> }
}

#[derive(Properties, PartialEq)]
struct ResultsProps {
    words: String,
}

#[component]
fn Results(props: &ResultsProps) -> Html {
    let library = use_library();
    let wanted = ListKey::Search(props.words.clone());
    let shown = use_shown(&wanted);
    let list = library.list(&shown);
    let pieces = Pieces::read(&props.words);
    let empty = html! { <Nothing pieces={pieces.clone()} /> };
    // their place is kept while they are waited for, so that nothing moves
    let bare = list.loaded && list.phase == Phase::Idle && list.entries.is_empty();
    html! {
        <>
            <h1 class="unseen">{ format!("Results for {}", props.words) }</h1>
            <div class={classes!("results-head", bare.then_some("is-bare"))}>
                <Narrow pieces={pieces.clone()} facets={list.facets.clone()} narrow={list.narrow.clone()}>
                    <Tools {pieces} />
                </Narrow>
            </div>
            <Feed list_key={wanted} label="Results" {empty} reasons={true} />
        </>
    }
}
