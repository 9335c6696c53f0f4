//! Home, Explore and search results.

use protocol::Topic;
use protocol::ws::Signal;
use yew::prelude::*;

use crate::controls::{Empty, Icon, IconName, use_title};
use crate::grid::{Feed, News};
use crate::live::use_signal;
use crate::nav::{Link, Route};
use crate::store::{ListKey, use_clusters, use_user};
use crate::upload::AddButton;

#[component]
pub fn HomePage() -> Html {
    use_title("Home");
    let me = use_user().map(|user| user.id);
    let signal = use_signal(me.map(Topic::Feed));
    // the feed of who keeps nothing yet is what is new for everybody
    let keeps = !use_clusters().now().mine().is_empty();
    let news = news(signal.as_deref(), keeps);
    let empty = html! {
        <Empty title="Your sky is still dark" text="Add a picture: drop it anywhere, paste it, or choose a file. A moment later you can find it by what it shows.">
            <AddButton class="button is-primary is-large"><Icon name={IconName::Plus} size={20} />{ "Add pictures" }</AddButton>
        </Empty>
    };
    html! {
        <>
            <h1 class="unseen">{ "Home" }</h1>
            <Feed list_key={ListKey::Home} label="Home" {empty} {news} />
        </>
    }
}

/// What has come since and fits; none: what arrived for everybody counts.
fn news(signal: Option<&Signal>, keeps: bool) -> Option<News> {
    match signal {
        Some(Signal::FeedNew { count, because }) if *count > 0 => Some(News {
            count: *count,
            because: because.clone(),
        }),
        _ => keeps.then(News::default),
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

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ClusterId;
    use protocol::cluster::ClusterRef;

    #[test]
    fn only_what_fits_is_new_to_who_keeps_something() {
        let because = vec![ClusterRef {
            id: ClusterId::from_parts(1, 1),
            name: "Ceramics".into(),
        }];
        let signal = |count| Signal::FeedNew {
            count,
            because: because.clone(),
        };
        let three = news(Some(&signal(3)), true).expect("news");
        assert_eq!((three.count, &three.because), (3, &because));
        assert_eq!(news(Some(&signal(0)), true), Some(News::default()));
        assert_eq!(news(None, true), Some(News::default()));
        assert_eq!(news(Some(&signal(0)), false), None, "arrivals count");
        assert_eq!(news(Some(&signal(3)), false), Some(three));
    }
}
