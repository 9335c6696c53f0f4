//! A whole page's list: loading, more, new ones, failure, emptiness, and the
//! place where somebody was before.

use gloo::events::EventListener;
use protocol::cluster::ClusterRef;
use web_sys::ScrollToOptions;
use yew::prelude::*;
use yew_router::Routable;

use super::Grid;
use crate::controls::{Empty, Icon, IconName};
use crate::nav::use_go;
use crate::search::Hints;
use crate::store::{
    List, ListKey, Mode, Phase, scroll, use_library, use_loader, use_reload_of_forgotten,
};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct FeedProps {
    pub list_key: ListKey,
    pub label: AttrValue,
    /// What to show when there is nothing.
    pub empty: Html,
    #[prop_or_default]
    pub reasons: bool,
    /// What waits on top of it; where nobody says, what has arrived counts.
    #[prop_or_default]
    pub news: Option<News>,
}

#[component]
pub fn Feed(props: &FeedProps) -> Html {
    let library = use_library();
    let loader = use_loader();
    let wanted = &props.list_key;
    let shown = use_shown(wanted);
    let list = library.list(&shown);

    use_effect_with(wanted.clone(), {
        let (loader, library) = (loader.clone(), library.clone());
        move |key| {
            let known = library.list(key);
            if !known.loaded || !scroll::came_back() {
                loader.list(key.clone(), Mode::Anew);
            }
        }
    });
    let news = props.news.clone().unwrap_or_else(|| News {
        count: list.waiting.len() as u32,
        because: Vec::new(),
    });
    // where there is nothing to look at, nothing can move under anybody's eyes
    let first = list.loaded && list.entries.is_empty() && news.count > 0;
    use_effect_with(first, {
        let (loader, key) = (loader.clone(), shown.clone());
        move |first| {
            if *first {
                loader.list(key, Mode::Anew);
            }
        }
    });
    use_reload_of_forgotten(wanted);
    use_place(&shown, list.loaded);

    let reload = {
        let (loader, key) = (loader.clone(), wanted.clone());
        Callback::from(move |()| loader.list(key.clone(), Mode::Anew))
    };
    let to_top = {
        let reload = reload.clone();
        Callback::from(move |()| {
            let top = ScrollToOptions::new();
            top.set_top(0.0);
            gloo::utils::window().scroll_to_with_scroll_to_options(&top);
            reload.emit(());
        })
    };
    let onend = {
        let (loader, list, key) = (loader.clone(), list.clone(), shown.clone());
        Callback::from(move |()| {
            if let (Phase::Idle, Some(next)) = (&list.phase, &list.next) {
                loader.list(key.clone(), Mode::More(next.clone()));
            }
        })
    };
    let more = {
        let (loader, list, key) = (loader, list.clone(), shown.clone());
        Callback::from(move |_: MouseEvent| {
            let mode = list.next.clone().map_or(Mode::Anew, Mode::More);
            loader.list(key.clone(), mode);
        })
    };

    let wanted_phase = library.list(wanted).phase.clone();
    let stale = *wanted != shown || list.phase == Phase::Loading;
    if !list.loaded {
        return match &wanted_phase {
            Phase::Failed(why) => failed(why, &reload),
            _ => html! { <Skeleton /> },
        };
    }
    let words = match &shown {
        ListKey::Search(words) => AttrValue::from(words.clone()),
        _ => AttrValue::default(),
    };
    let hints = html! { <Hints hints={list.hints.clone()} {words} /> };
    if list.entries.is_empty() && news.count == 0 && !stale {
        return html! { <>{ hints }{ props.empty.clone() }</> };
    }
    html! {
        <div class={classes!("feed", stale.then_some("is-stale"))}>
            <NewPill {news} onclick={to_top.clone()} />
            { hints }
            if let (Phase::Failed(why), true) = (&wanted_phase, *wanted != shown) {
                { failed(why, &reload) }
            }
            <Grid list_key={shown} list={list.clone()} label={props.label.clone()} reasons={props.reasons} {onend} />
            { end(&list, more, &to_top) }
        </div>
    }
}

/// While a new list loads, the one before stays: returns the list to show.
#[hook]
pub fn use_shown(wanted: &ListKey) -> ListKey {
    let library = use_library();
    let before = use_mut_ref(|| wanted.clone());
    if library.list(wanted).loaded {
        before.replace(wanted.clone());
    }
    let same_kind = std::mem::discriminant(&*before.borrow()) == std::mem::discriminant(wanted);
    if same_kind {
        before.borrow().clone()
    } else {
        wanted.clone()
    }
}

/// Finds the place again where somebody was, and keeps it while they scroll.
#[hook]
pub fn use_place(key: &ListKey, loaded: bool) {
    let path = use_go().here.route.to_path();
    use_effect_with((key.clone(), loaded), move |(key, loaded)| {
        let top = if scroll::came_back() {
            scroll::kept(&path, key)
        } else {
            0.0
        };
        if *loaded {
            gloo::utils::window().scroll_to_with_x_and_y(0.0, top);
        }
        let listener = loaded.then(|| {
            let key = key.clone();
            EventListener::new(&gloo::utils::window(), "scroll", move |_| {
                if let Ok(top) = gloo::utils::window().scroll_y() {
                    scroll::keep(&path, &key, top);
                }
            })
        });
        move || drop(listener)
    });
}

fn failed(why: &str, retry: &Callback<()>) -> Html {
    html! {
        <Empty title="This didn't load" text={why.to_owned()} icon={IconName::Alert}>
            <button type="button" class="button is-primary" onclick={retry.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
        </Empty>
    }
}

fn end(list: &List, retry: Callback<MouseEvent>, to_top: &Callback<()>) -> Html {
    match &list.phase {
        Phase::LoadingMore => html! { <p class="feed-end" role="status">{ "Loading more…" }</p> },
        // it was put together too long ago: more of it can't be had
        Phase::Expired => html! {
            <p class="feed-end" role="status">
                { "There is more, but this page is from a while ago." }
                <button type="button" class="button" onclick={to_top.reform(|_: MouseEvent| ())}>{ "Start again from the top" }</button>
            </p>
        },
        Phase::Failed(why) => html! {
            <p class="feed-end" role="status">
                { why.clone() }
                <button type="button" class="button" onclick={retry}>{ "Try again" }</button>
            </p>
        },
        _ => Html::default(),
    }
}

/// What waits on top of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct News {
    pub count: u32,
    /// The viewer's clusters that they fit, most first.
    pub because: Vec<ClusterRef>,
}

#[derive(Properties, PartialEq)]
struct NewPillProps {
    news: News,
    onclick: Callback<()>,
}

/// New ones wait here: nothing moves under somebody's eyes.
#[component]
fn NewPill(props: &NewPillProps) -> Html {
    let News { count, because } = &props.news;
    let onclick = props.onclick.reform(|_: MouseEvent| ());
    let names: Vec<_> = because.iter().map(|cluster| &cluster.name).collect();
    html! {
        <div class="new-pill" role="status">
            if *count > 0 {
                <button type="button" class="pill is-primary" {onclick}>
                    <Icon name={IconName::Up} size={16} />
                    if names.is_empty() {
                        { words::count((*count).into(), "new picture") }
                    } else {
                        <span>{ format!("{count} new for ") }<em>{ words::listed(&names) }</em></span>
                    }
                </button>
            }
        </div>
    }
}

/// Grey cards of a plausible shape, on the very first load only.
#[component]
fn Skeleton() -> Html {
    html! {
        <div class="skeleton" role="status" aria-label="Loading">
            { for (0..18).map(|i| html! { <span style={format!("aspect-ratio:{}", ["4/5", "1/1", "3/4", "4/3", "2/3"][i % 5])}></span> }) }
        </div>
    }
}
