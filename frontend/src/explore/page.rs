//! `/explore`: a way into everything that is public.

use std::rc::Rc;

use protocol::explore::{ExploreTopics, RisingClusters};
use protocol::tag::TagHint;
use yew::prelude::*;

use super::colors::Palette;
use super::known::{use_asked, use_explore};
use super::rising::RisingTile;
use super::topics::TopicCard;
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::grid::Feed;
use crate::nav::{Link, Route};
use crate::store::ListKey;
use crate::upload::AddButton;

/// Cards of one row; the rest is behind "All".
const CARDS: usize = 12;

#[component]
pub fn ExplorePage() -> Html {
    use_title("Explore");
    let explore = use_explore();
    use_asked(
        |explore| {
            explore.load_topics();
            explore.load_rising();
            explore.load_tags();
        },
        |state| state.is_settled(),
    );
    // all at once: what comes later would push down what is looked at
    if !explore.now().is_settled() {
        return html! { <ToCome /> };
    }
    let state = explore.now();
    let empty = html! {
        <Empty title="Nothing public yet" text="Pictures that people here share with everyone appear on this page, newest first." icon={IconName::Compass}>
            <AddButton class="button is-primary is-large"><Icon name={IconName::Plus} size={20} />{ "Add the first" }</AddButton>
        </Empty>
    };
    html! {
        <div class="explore">
            <h1 class="unseen">{ "Explore" }</h1>
            { state.topics.known().map(topics) }
            <section class="explore-part" aria-labelledby="explore-colors">
                <div class="section-head"><h2 id="explore-colors">{ "Colours" }</h2></div>
                <Palette />
            </section>
            { state.tags.known().map(tags) }
            { state.rising.known().map(rising) }
            <section aria-labelledby="explore-new">
                <div class="section-head"><h2 id="explore-new">{ "Newest" }</h2></div>
                <Feed list_key={ListKey::Explore} label="Newest" {empty} />
            </section>
        </div>
    }
}

fn topics(topics: &Rc<ExploreTopics>) -> Html {
    if topics.items.is_empty() {
        return Html::default();
    }
    html! {
        <section class="explore-part" aria-labelledby="explore-topics">
            <div class="section-head">
                <h2 id="explore-topics">{ "Topics" }</h2>
                <Link to={Route::Topics} class="text-button" label="All topics">{ "All" }</Link>
            </div>
            <ul class="strip">
                { for topics.items.iter().take(CARDS).map(|topic| html! {
                    <li key={topic.id.clone()} class="strip-item"><TopicCard topic={topic.clone()} /></li>
                }) }
            </ul>
        </section>
    }
}

fn rising(rising: &Rc<RisingClusters>) -> Html {
    if rising.items.is_empty() {
        return Html::default();
    }
    html! {
        <section class="explore-part" aria-labelledby="explore-rising">
            <div class="section-head">
                <h2 id="explore-rising">{ "Rising clusters" }</h2>
                <Link to={Route::Rising} class="text-button" label="All rising clusters">{ "All" }</Link>
            </div>
            <ul class="strip">
                { for rising.items.iter().take(CARDS).map(|one| html! {
                    <li key={one.cluster.id.to_string()} class="strip-item"><RisingTile rising={one.clone()} /></li>
                }) }
            </ul>
        </section>
    }
}

fn tags(tags: &Rc<Vec<TagHint>>) -> Html {
    if tags.is_empty() {
        return Html::default();
    }
    html! {
        <section class="explore-part" aria-labelledby="explore-tags">
            <div class="section-head"><h2 id="explore-tags">{ "Around a tag" }</h2></div>
            <div class="narrow-line is-wrapping">
                { for tags.iter().map(|tag| html! {
                    <Link key={tag.name.clone()} to={Route::around(&tag.name)} class="way">{ tag.name.clone() }<span class="tag-score">{ tag.count }</span></Link>
                }) }
            </div>
        </section>
    }
}

/// Grey shapes until everything is known.
#[component]
fn ToCome() -> Html {
    html! {
        <div class="explore is-waiting" role="status" aria-label="Loading">
            <span class="unseen">{ "Loading" }</span>
            <div class="strip" aria-hidden="true">{ for (0..6).map(|_| html! { <span class="strip-item tile-cover"></span> }) }</div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub struct BackProps {
    #[prop_or_default]
    pub to: Option<Route>,
    #[prop_or(AttrValue::Static("Explore"))]
    pub name: AttrValue,
}

/// The way up.
#[component]
pub fn Back(props: &BackProps) -> Html {
    let to = props.to.clone().unwrap_or(Route::Explore);
    html! {
        <Link {to} class="back"><Icon name={IconName::Left} size={18} />{ props.name.clone() }</Link>
    }
}

pub fn failed(why: &str, retry: Callback<()>) -> Html {
    html! {
        <Empty title="This didn't load" text={why.to_owned()} icon={IconName::Alert}>
            <button type="button" class="button is-primary" onclick={retry.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
        </Empty>
    }
}
