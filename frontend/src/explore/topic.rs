//! One topic: `/explore/topics/{id}`.

use protocol::explore::ExploreTopic;
use yew::prelude::*;

use super::known::{use_asked, use_explore};
use super::page::Back;
use crate::controls::{Empty, IconName, use_title};
use crate::grid::Feed;
use crate::nav::{Link, Route, TagLink};
use crate::store::ListKey;

#[derive(Properties, PartialEq)]
pub struct TopicPageProps {
    pub id: String,
}

#[component]
pub fn TopicPage(props: &TopicPageProps) -> Html {
    let explore = use_explore();
    use_asked(
        |explore| explore.load_topics(),
        |state| !state.topics.is_waiting(),
    );
    let topic = explore.now().topic(&props.id);
    let waiting = explore.now().topics.is_waiting();
    let name = topic.as_ref().map(|topic| topic.name.clone());
    use_title(name.clone().unwrap_or_else(|| "Topic".into()));
    let near: Vec<ExploreTopic> = topic
        .iter()
        .flat_map(|topic| &topic.near)
        .filter_map(|id| explore.now().topic(id))
        .collect();
    let empty = html! {
        <Empty title="This topic isn't here any more" text="Topics come and go with the pictures they are made of." icon={IconName::Compass}>
            <Link to={Route::Topics} class="button is-primary">{ "See all topics" }</Link>
        </Empty>
    };
    if waiting {
        return html! { <div class="detail-loading" role="status" aria-label="Loading"></div> };
    }
    html! {
        <>
            <header class="explore-head">
                <Back to={Some(Route::Topics)} name="Topics" />
                <h1>{ name.clone().unwrap_or_else(|| "A topic".into()) }</h1>
                if let Some(topic) = topic.filter(|topic| !topic.tags.is_empty()) {
                    <div class="narrow-line" role="group" aria-label="Its tags">
                        { for topic.tags.iter().map(|tag| html! { <TagLink key={tag.to_string()} name={tag.to_string()} class="way" /> }) }
                    </div>
                }
                if !near.is_empty() {
                    <nav class="narrow-line" aria-label="Near topics">
                        <span class="quiet">{ "Near it:" }</span>
                        { for near.into_iter().map(|topic| html! {
                            <Link key={topic.id.clone()} to={Route::Topic { id: topic.id.clone() }} class="way">{ topic.name.clone() }</Link>
                        }) }
                    </nav>
                }
            </header>
            <Feed list_key={ListKey::Topic(props.id.clone())} label={name.unwrap_or_else(|| "Topic".into())} {empty} />
        </>
    }
}
