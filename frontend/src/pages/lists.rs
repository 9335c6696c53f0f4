//! Home, Explore and search results.

use yew::prelude::*;

use crate::controls::{Empty, Icon, IconName, use_title};
use crate::grid::Feed;
use crate::nav::{Link, Route};
use crate::store::ListKey;
use crate::upload::AddButton;

#[component]
pub fn HomePage() -> Html {
    use_title("Home");
    let empty = html! {
        <Empty title="Your sky is still dark" text="Add a picture: drop it anywhere, paste it, or choose a file. A moment later you can find it by what it shows.">
            <AddButton class="button is-primary is-large"><Icon name={IconName::Plus} size={20} />{ "Add pictures" }</AddButton>
        </Empty>
    };
    html! {
        <>
            <h1 class="unseen">{ "Home" }</h1>
            <Feed list_key={ListKey::Home} label="Home" {empty} />
        </>
    }
}

#[component]
pub fn ExplorePage() -> Html {
    use_title("Explore");
    let empty = html! {
        <Empty title="Nothing public yet" text="Pictures that people here share with everyone appear on this page, newest first." icon={IconName::Compass}>
            <AddButton class="button is-primary is-large"><Icon name={IconName::Plus} size={20} />{ "Add the first" }</AddButton>
        </Empty>
    };
    html! {
        <>
            <h1 class="unseen">{ "Explore" }</h1>
            <Feed list_key={ListKey::Explore} label="Explore" {empty} />
        </>
    }
}

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
    let empty = html! {
        <Empty title={format!("Nothing for “{words}”")} text="Try fewer or other words." icon={IconName::Search}>
            <Link to={Route::Explore} class="button is-primary">{ "Explore instead" }</Link>
        </Empty>
    };
    html! {
        <>
            <h1 class="unseen">{ format!("Results for {words}") }</h1>
            <Feed list_key={ListKey::Search(words)} label="Results" {empty} reasons={true} />
        </>
    }
}
