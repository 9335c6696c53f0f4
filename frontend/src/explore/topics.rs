//! Topics as cards.

use protocol::explore::ExploreTopic;
use yew::prelude::*;

use super::known::{Answer, use_asked, use_explore};
use super::page::{Back, failed};
use crate::cluster::{Cover, TilesToCome};
use crate::controls::{Empty, IconName, use_title};
use crate::nav::{Link, Route};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct TopicCardProps {
    pub topic: ExploreTopic,
}

#[component]
pub fn TopicCard(props: &TopicCardProps) -> Html {
    let topic = &props.topic;
    let to = Route::Topic {
        id: topic.id.clone(),
    };
    html! {
        <Link {to} class="tile-link">
            <span class="tile-cover"><Cover pictures={topic.covers.clone()} /></span>
            <span class="tile-name">{ topic.name.clone() }</span>
            <span class="tile-about">{ words::count(topic.count.into(), "picture") }</span>
        </Link>
    }
}

/// All of them: `/explore/topics`.
#[component]
pub fn TopicsPage() -> Html {
    use_title("Topics");
    let explore = use_explore();
    use_asked(
        |explore| explore.load_topics(),
        |state| !state.topics.is_waiting(),
    );
    let topics = explore.now().topics.clone();
    let body = match topics {
        Answer::Waiting => html! { <TilesToCome /> },
        Answer::Failed(why) => failed(&why, Callback::from(move |()| explore.load_topics())),
        Answer::Known(topics) if topics.items.is_empty() => html! {
            <Empty title="No topics yet" text="Topics are groups of public pictures that look alike. They appear when there are enough pictures." icon={IconName::Compass}>
                <Link to={Route::Explore} class="button is-primary">{ "See what is new" }</Link>
            </Empty>
        },
        Answer::Known(topics) => html! {
            <ul class="tiles" aria-label="Topics">
                { for topics.items.iter().map(|topic| html! {
                    <li key={topic.id.clone()} class="tile"><TopicCard topic={topic.clone()} /></li>
                }) }
            </ul>
        },
    };
    html! {
        <div class="clusters-page">
            <header class="explore-head"><Back /><h1>{ "Topics" }</h1></header>
            { body }
        </div>
    }
}
