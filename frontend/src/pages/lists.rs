//! Home.

use protocol::Topic;
use protocol::ws::Signal;
use yew::prelude::*;

use crate::controls::{Empty, Icon, IconName, use_title};
use crate::grid::{Feed, News};
use crate::live::use_signal;
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
        Some(_) => keeps.then(News::default),
        // nobody said what fits: what arrived counts
        None => None,
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
        assert_eq!(news(None, true), None, "nobody said what fits");
        assert_eq!(news(Some(&signal(0)), false), None, "arrivals count");
        assert_eq!(news(Some(&signal(3)), false), Some(three));
    }
}
