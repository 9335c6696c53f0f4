//! What the account is told: new above earlier, and nothing moves while
//! somebody reads.

mod row;

use gloo::events::EventListener;
use protocol::notification::Notification;
use yew::prelude::*;

use self::row::Row;
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::nav::{Link, Route};
use crate::store::inbox::{Shown, is_paused, pause, resume};
use crate::store::{Phase, scroll, use_inbox};
use crate::words;

#[component]
pub fn NotificationsPage() -> Html {
    use_title("Notifications");
    let inbox = use_inbox();
    let ready = inbox.now().phase == Phase::Idle;
    use_effect_with(ready, {
        let inbox = inbox.clone();
        move |ready| {
            if *ready {
                // to open it is to read it
                if let Some(up_to) = inbox.edit(|state| state.open()) {
                    inbox.read(up_to, false);
                }
            }
        }
    });
    use_top(ready);
    let (phase, shown, waiting) = {
        let state = inbox.now();
        (state.phase.clone(), state.shown.clone(), state.waiting())
    };
    let body = match (shown, phase) {
        (Some(shown), _) if shown.items.is_empty() && waiting == 0 => html! { <Nothing /> },
        (Some(shown), _) => html! { <List {shown} {waiting} /> },
        (None, Phase::Failed(why)) => {
            let again = {
                let inbox = inbox.clone();
                Callback::from(move |_: MouseEvent| inbox.look())
            };
            html! {
                <Empty title="This didn't load" text={why} icon={IconName::Alert}>
                    <button type="button" class="button is-primary" onclick={again}>{ "Try again" }</button>
                </Empty>
            }
        }
        (None, _) => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
    };
    html! {
        <div class="page">
            <div class="page-head">
                <h1>{ "Notifications" }</h1>
                <Tools />
            </div>
            { body }
        </div>
    }
}

/// Says what comes here.
#[component]
fn Nothing() -> Html {
    html! {
        <Empty icon={IconName::Bell} title="Nothing has happened yet"
            text="When somebody likes or saves a picture of yours, follows or joins a cluster, adds to one that you follow, or when a picture is ready or a moderator decides, it appears here.">
            <Link to={Route::Explore} class="button is-primary">{ "Explore" }</Link>
        </Empty>
    }
}

#[component]
fn Tools() -> Html {
    let inbox = use_inbox();
    let update = use_force_update();
    let paused = is_paused();
    let toggle = Callback::from(move |_: MouseEvent| {
        if paused {
            resume()
        } else {
            pause()
        }
        update.force_update();
    });
    let (latest, beyond) = {
        let state = inbox.now();
        let boundary = state.shown.as_ref().map_or(0, |shown| shown.boundary);
        (state.read.latest, boundary < state.read.latest)
    };
    let read_all = {
        let inbox = inbox.clone();
        Callback::from(move |_: MouseEvent| {
            inbox.edit(|state| {
                state.show_new();
                state.all_read();
            });
            inbox.read(latest, true);
        })
    };
    let words = if paused {
        "Notices are paused"
    } else {
        "Pause notices for an hour"
    };
    let icon = if paused {
        IconName::BellOff
    } else {
        IconName::Bell
    };
    html! {
        <div class="notices-tools">
            <button type="button" class="button" onclick={read_all} disabled={!beyond}>
                <Icon name={IconName::Check} size={18} />{ "Mark all read" }
            </button>
            <button type="button" class="icon-button" aria-pressed={paused.to_string()} aria-label={words} title={words} onclick={toggle}>
                <Icon name={icon} />
            </button>
            <Link to={Route::Settings} class="icon-button" label="Settings of notifications"><Icon name={IconName::Sliders} /></Link>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ListProps {
    shown: Shown,
    waiting: usize,
}

#[component]
fn List(props: &ListProps) -> Html {
    let inbox = use_inbox();
    let shown = &props.shown;
    let unread = shown
        .items
        .partition_point(|item| item.seq > shown.boundary);
    let (new, earlier) = shown.items.split_at(unread);
    let show_new = {
        let inbox = inbox.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(up_to) = inbox.edit(|state| state.show_new()) {
                inbox.read(up_to, false);
            }
            gloo::utils::window().scroll_to_with_x_and_y(0.0, 0.0);
        })
    };
    let more = {
        let inbox = inbox.clone();
        Callback::from(move |_: MouseEvent| inbox.more())
    };
    let rows = |items: &[Notification], unread: bool| {
        let row = |item: &Notification| {
            html! { <Row key={item.id.clone()} item={item.clone()} {unread} /> }
        };
        html! { <ol class="notices">{ for items.iter().map(row) }</ol> }
    };
    html! {
        <>
            <div class="new-pill" role="status">
                if props.waiting > 0 {
                    <button type="button" class="pill is-primary" onclick={show_new}>
                        <Icon name={IconName::Up} size={16} />
                        { words::count(props.waiting as i64, "new notification") }
                    </button>
                }
            </div>
            if !new.is_empty() {
                <section aria-labelledby="notices-new">
                    <h2 id="notices-new" class="notices-head">{ "New" }</h2>
                    { rows(new, true) }
                </section>
            }
            if !earlier.is_empty() {
                <section aria-labelledby="notices-earlier">
                    <h2 id="notices-earlier" class="notices-head">{ "Earlier" }</h2>
                    { rows(earlier, false) }
                </section>
            }
            { end(shown, more) }
        </>
    }
}

fn end(shown: &Shown, more: Callback<MouseEvent>) -> Html {
    match (&shown.more, &shown.next) {
        (Phase::Loading, _) => {
            html! { <p class="feed-end" role="status">{ "Loading more…" }</p> }
        }
        (Phase::Failed(why), _) => html! {
            <p class="feed-end" role="status">
                { why.clone() }
                <button type="button" class="button" onclick={more}>{ "Try again" }</button>
            </p>
        },
        (_, Some(_)) => html! {
            <p class="feed-end"><button type="button" class="button" onclick={more}>{ "Show more" }</button></p>
        },
        (_, None) => Html::default(),
    }
}

/// Finds the place again after Back, and keeps it while somebody scrolls.
#[hook]
fn use_top(ready: bool) {
    let inbox = use_inbox();
    use_effect_with(ready, move |ready| {
        let kept = inbox.now().shown.as_ref().map_or(0.0, |shown| shown.top);
        let top = if scroll::came_back() { kept } else { 0.0 };
        if *ready {
            gloo::utils::window().scroll_to_with_x_and_y(0.0, top);
        }
        let listener = ready.then(|| {
            let inbox = inbox.clone();
            EventListener::new(&gloo::utils::window(), "scroll", move |_| {
                if let Ok(top) = gloo::utils::window().scroll_y() {
                    inbox.keep_top(top);
                }
            })
        });
        move || drop(listener)
    });
}
